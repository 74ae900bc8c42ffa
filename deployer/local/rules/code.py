"""The code of a function: zip bytes, an S3 object or an image, and the limits that Lambda sets (§3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from deployer.local.rules.refusals import invalid, too_large
from deployer.local.rules.world import Call, Code, Neighbours, S3Missing

ZIPPED_LIMIT = 52_428_800
UNZIPPED_LIMIT = 262_144_000
REQUEST_LIMIT = 70_167_211


def refuse_oversized(call: Call) -> None:
    """413 for a request beyond the recorded size, before anything of it is looked at."""
    if len(call.raw) > REQUEST_LIMIT:
        raise too_large(f"Request must be smaller than {REQUEST_LIMIT} bytes for the {call.operation} operation")


def read(given: Mapping[str, Any], account: str, neighbours: Neighbours) -> Code:
    """The code that `ZipFile`, `S3Bucket` + `S3Key` (+ `S3ObjectVersion`) or `ImageUri` name."""
    if "ImageUri" in given:
        return _image(given["ImageUri"])
    if "ZipFile" in given:
        return _direct(given["ZipFile"])
    if "S3Bucket" in given and "S3Key" in given:
        return _from_s3(given, account, neighbours)
    raise invalid("Please provide a source for function code.")


def _direct(encoded: str) -> Code:
    try:
        zipped = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise _unreadable() from error
    if len(zipped) > ZIPPED_LIMIT:
        raise too_large(f"Zipped size must be smaller than {ZIPPED_LIMIT} bytes")
    return _unzipped(zipped)


def _from_s3(given: Mapping[str, Any], account: str, neighbours: Neighbours) -> Code:
    try:
        zipped = neighbours.s3_object(account, given["S3Bucket"], given["S3Key"], given.get("S3ObjectVersion"))
    except S3Missing as error:
        raise invalid(
            f"Error occurred while GetObject. S3 Error Code: {error.code}. S3 Error Message: {error.message}"
        ) from error
    return _unzipped(zipped)


def _unzipped(zipped: bytes) -> Code:
    """Zip bytes that can be opened and are not too large once opened; `CodeSha256` is of the zip itself."""
    if not zipped:
        raise invalid("Uploaded file must be a non-empty zip")
    try:
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            unzipped = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable() from error
    if unzipped >= UNZIPPED_LIMIT:
        raise invalid(f"Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes")
    return Code(base64.b64encode(hashlib.sha256(zipped).digest()).decode(), len(zipped), zipped)


def _unreadable() -> Exception:
    return invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")


def _image(uri: str) -> Code:
    """By digest CodeSha256 is that digest in hex; a tag stands for one digest, the same each time (§3)."""
    name, at, digest = uri.partition("@sha256:")
    resolved = digest if at else hashlib.sha256(name.encode()).hexdigest()
    return Code(resolved, 0, b"", uri)


def resolved_image(uri: str, sha256: str) -> str:
    """The image by digest, whatever way it was given."""
    repository = uri.partition("@")[0]
    head, slash, tail = repository.rpartition("/")
    return f"{head}{slash}{tail.partition(':')[0]}@sha256:{sha256}"
