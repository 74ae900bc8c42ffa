"""AWS::S3::BucketPolicy.

Statements that deny whatever does not come by TLS are left out: this server speaks plain HTTP, on loopback alone, and
the bootstrap of the CDK gives its bucket such a statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.documents import document
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site


def _create(site: Site, properties: Properties) -> Made:
    bucket = properties["Bucket"]
    _update(site, bucket, {}, properties)
    return Made(bucket, {})


def _update(site: Site, bucket: str, _before: Properties, after: Properties) -> Mapping[str, Any]:
    policy = json.loads(document(after["PolicyDocument"]))
    kept = [statement for statement in policy["Statement"] if not _demands_tls(statement)]
    if kept:
        site.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps({**policy, "Statement": kept}))
    else:
        _delete(site, bucket, after)
    return {}


def _demands_tls(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return statement["Effect"] == "Deny" and str(condition.get("aws:SecureTransport")).lower() == "false"


def _delete(site: Site, bucket: str, _properties: Properties) -> None:
    unless_gone(lambda: site.client("s3").delete_bucket_policy(Bucket=bucket))


KIND: Final = Kind(
    type_name="AWS::S3::BucketPolicy",
    properties=frozenset({"Bucket", "PolicyDocument"}),
    required=frozenset({"Bucket", "PolicyDocument"}),
    create_only=frozenset({"Bucket"}),
    create=_create,
    update=_update,
    delete=_delete,
)
