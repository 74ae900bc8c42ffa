"""A release without any guard: python plain_release.py FUNCTION ALIAS DIRECTORY."""

import io
import sys
import zipfile
from pathlib import Path

import boto3

function, alias, directory = sys.argv[1:]
client = boto3.client("lambda")
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(Path(directory).rglob("*.py")):
        archive.write(path, path.relative_to(directory))
client.update_function_code(FunctionName=function, ZipFile=packed.getvalue())
client.get_waiter("function_updated_v2").wait(FunctionName=function)
version = client.publish_version(FunctionName=function)["Version"]
client.update_alias(FunctionName=function, Name=alias, FunctionVersion=version)
print(f"{alias} is at {version}")
