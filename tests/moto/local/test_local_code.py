"""Code: zip bytes, S3 objects, images, and their limits."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from deployer.local.rules import code

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

    from .subject import Subject

DIGEST = "sha256:" + "ab" * 32
IMAGE = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/app@{DIGEST}"


def invalid(message: str) -> tuple[str, int, str]:
    return ("InvalidParameterValueException", 400, message)


def test_the_hash_is_of_the_zip_itself(function: Subject) -> None:
    """§3."""
    zipped = function.zipped("changed = 1")
    updated = function("update_function_code", ZipFile=zipped)
    assert updated["CodeSha256"] == base64.b64encode(hashlib.sha256(zipped).digest()).decode()
    assert updated["CodeSize"] == len(zipped)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"no zip", "Could not unzip uploaded file. Please check your file, then try to upload again."),
        (b"", "Uploaded file must be a non-empty zip"),
    ],
)
def test_what_is_no_zip_is_refused(function: Subject, sent: bytes, message: str) -> None:
    before = function.latest()
    assert function.refused("update_function_code", ZipFile=sent) == invalid(message)
    assert function.latest() == before


def test_a_zip_beyond_50_mb_is_refused_when_sent_directly(function: Subject) -> None:
    """§3; 413 in no service model."""
    refused = function.refused("update_function_code", ZipFile=bytes(code.ZIPPED_LIMIT + 1))
    message = "Zipped size must be smaller than 52428800 bytes"
    assert refused == ("RequestEntityTooLargeException", 413, message)


def test_a_request_beyond_its_limit_is_refused_unread(function: Subject) -> None:
    """§3."""
    refused = function.refused("update_function_code", ZipFile=bytes(code.REQUEST_LIMIT * 3 // 4 + 10))
    message = "Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation"
    assert refused == ("RequestEntityTooLargeException", 413, message)


def test_code_beyond_250_mb_unzipped_is_refused(function: Subject) -> None:
    """§3."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("big", bytes(code.UNZIPPED_LIMIT))
    refused = function.refused("update_function_code", ZipFile=held.getvalue())
    assert refused == invalid("Unzipped size must be smaller than 262144000 bytes")


@pytest.fixture
def bucket(local: LocalLambda, function: Subject) -> Any:
    """A versioned bucket under the function's name."""
    s3: Any = boto3.client("s3", endpoint_url=local.endpoint_url)
    s3.create_bucket(Bucket=function.name, CreateBucketConfiguration={"LocationConstraint": local.region})
    s3.put_bucket_versioning(Bucket=function.name, VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_code_comes_from_an_s3_object_by_key_and_by_version(function: Subject, bucket: Any) -> None:
    """§3."""
    zips = [function.zipped(f"x = {number}") for number in range(2)]
    stored = [bucket.put_object(Bucket=function.name, Key="a/code.zip", Body=zipped)["VersionId"] for zipped in zips]
    source = {"S3Bucket": function.name, "S3Key": "a/code.zip"}
    newest = function("update_function_code", **source)["CodeSha256"]
    older = function("update_function_code", **source, S3ObjectVersion=stored[0])["CodeSha256"]
    hashes = [base64.b64encode(hashlib.sha256(zipped).digest()).decode() for zipped in zips]
    assert [older, newest] == hashes


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"S3Key": "none"}, "NoSuchKey. S3 Error Message: The specified key does not exist."),
        (
            {"S3Bucket": "none-of-mine", "S3Key": "k"},
            "NoSuchBucket. S3 Error Message: The specified bucket does not exist",
        ),
        (
            {"S3Key": "k", "S3ObjectVersion": "none"},
            "NoSuchVersion. S3 Error Message: The specified version does not exist.",
        ),
    ],
)
def test_what_s3_does_not_have_is_told_in_lambdas_words(
    function: Subject, bucket: Any, more: dict[str, Any], told: str
) -> None:
    bucket.put_object(Bucket=function.name, Key="k", Body=function.zipped())
    refused = function.refused("update_function_code", **{"S3Bucket": function.name, **more})
    assert refused == invalid(f"Error occurred while GetObject. S3 Error Code: {told}")


def image(subject: Subject, **more: Any) -> dict[str, Any]:
    return subject(
        "create_function", Role=subject.role, **{"PackageType": "Image", "Code": {"ImageUri": IMAGE}, **more}
    )


def test_an_image_by_digest_has_that_digest_in_hex_as_its_hash(subject: Subject) -> None:
    """§3."""
    created = image(subject)
    assert (created["CodeSha256"], created["PackageType"]) == ("ab" * 32, "Image")
    assert {"Runtime", "Handler", "RuntimeVersionConfig"} & created.keys() == set()
    where = subject("get_function")["Code"]
    assert where == {"RepositoryType": "ECR", "ImageUri": IMAGE, "ResolvedImageUri": IMAGE}


def test_a_tag_is_resolved_to_a_digest(subject: Subject) -> None:
    """§3."""
    tagged = IMAGE.partition("@")[0] + ":1.2"
    image(subject, Code={"ImageUri": tagged})
    got = subject("get_function")
    resolved = f"{IMAGE.partition('@')[0]}@sha256:{got['Configuration']['CodeSha256']}"
    assert got["Code"] == {"RepositoryType": "ECR", "ImageUri": tagged, "ResolvedImageUri": resolved}


def test_image_config_is_shown_under_its_own_name(subject: Subject) -> None:
    """§1."""
    image(subject, ImageConfig={"Command": ["app.handler"]})
    assert subject.latest()["ImageConfigResponse"] == {"ImageConfig": {"Command": ["app.handler"]}}


def test_the_kind_of_package_never_changes(function: Subject) -> None:
    """§3."""
    assert function.refused("update_function_code", ImageUri=IMAGE) == invalid(
        "Please don't provide ImageUri when updating a function with packageType Zip."
    )


def test_an_image_function_takes_no_zip(subject: Subject) -> None:
    """§3."""
    image(subject)
    assert subject.refused("update_function_code", ZipFile=subject.zipped()) == invalid(
        "Please provide ImageUri when updating a function with packageType Image."
    )


def test_images_are_not_run_here(subject: Subject) -> None:
    image(subject)
    refused = subject.refused("invoke")
    assert (refused.code, refused.status) == ("InvalidRuntimeException", 502)


def test_code_that_is_named_nowhere_is_refused(function: Subject) -> None:
    assert function.refused("update_function_code") == invalid("Please provide a source for function code.")
