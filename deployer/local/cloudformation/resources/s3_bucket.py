"""AWS::S3::Bucket: versioning, encryption and public access as the bootstrap of the CDK sets them.

Lifecycle rules are checked by nobody here: nothing expires while a test runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.refusals import handled
from deployer.local.cloudformation.resources.documents import removed, tags
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site, finished

_ELSEWHERE: Final = "us-east-1"


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("BucketName") or site.name(63).lower()
    place = {} if site.region == _ELSEWHERE else {"CreateBucketConfiguration": {"LocationConstraint": site.region}}
    site.client("s3").create_bucket(Bucket=name, **place)
    return finished(Made(name, _attributes(site, name)), lambda: _configure(site.client("s3"), name, {}, properties))


def _update(site: Site, name: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    _configure(site.client("s3"), name, before, after)
    return _attributes(site, name)


def _configure(s3: Any, name: str, before: Properties, after: Properties) -> None:
    if after.get("AccessControl", "Private") != "Private":
        raise handled(f"Buckets here are private, not {after['AccessControl']}", "InvalidRequest")
    status = after.get("VersioningConfiguration", {}).get("Status")
    if status is not None or "VersioningConfiguration" in before:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status or "Suspended"})
    if "BucketEncryption" in after:
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=_encryption(after["BucketEncryption"]))
    elif "BucketEncryption" in before:
        s3.delete_bucket_encryption(Bucket=name)
    if "PublicAccessBlockConfiguration" in after:
        blocked = {key: str(value).lower() == "true" for key, value in after["PublicAccessBlockConfiguration"].items()}
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocked)
    elif "PublicAccessBlockConfiguration" in before:
        s3.delete_public_access_block(Bucket=name)
    if tags(after):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": after["Tags"]})
    elif removed(tags(before), {}):
        s3.delete_bucket_tagging(Bucket=name)


def _encryption(given: Properties) -> dict[str, Any]:
    """Rules under the names of the API."""
    rules = [
        {"ApplyServerSideEncryptionByDefault": one["ServerSideEncryptionByDefault"]}
        for one in given["ServerSideEncryptionConfiguration"]
    ]
    return {"Rules": rules}


def _delete(site: Site, name: str, _properties: Properties) -> None:
    unless_gone(lambda: site.client("s3").delete_bucket(Bucket=name))


def _attributes(site: Site, name: str) -> dict[str, str]:
    return {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{site.region}.amazonaws.com",
    }


KIND: Final = Kind(
    type_name="AWS::S3::Bucket",
    properties=frozenset(
        {
            "AccessControl", "BucketEncryption", "BucketName", "LifecycleConfiguration",
            "PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration",
        }
    ),
    required=frozenset(),
    create_only=frozenset({"BucketName"}),
    create=_create,
    update=_update,
    delete=_delete,
)  # fmt: skip
