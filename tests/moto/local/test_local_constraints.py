"""The service model as the source of the constraints that every request must keep."""

from __future__ import annotations

import re

from deployer.local.rules import api, constraints, routes


def test_every_operation_with_a_rule_is_in_the_model() -> None:
    known = set(constraints.lambda_model()["operations"])
    assert set(api.RULES) | api.INVOCATIONS | api.LAYERS <= known


def test_every_pattern_of_the_model_can_be_checked_but_those_of_tags() -> None:
    shapes = constraints.lambda_model()["shapes"]
    unchecked = {
        name for name, shape in shapes.items() if "pattern" in shape and not constraints.checkable(shape["pattern"])
    }
    for shape in shapes.values():
        if "pattern" in shape and constraints.checkable(shape["pattern"]):
            re.compile(shape["pattern"])
    assert {name for name in unchecked if "Tag" not in name} == set()


def test_a_request_means_one_operation() -> None:
    wanted = {
        ("GET", "/2015-03-31/functions/f/aliases/live"): "GetAlias",
        ("PUT", "/2015-03-31/functions/f/aliases/live"): "UpdateAlias",
        ("DELETE", "/2015-03-31/functions/f?Qualifier=1"): "DeleteFunction",
        ("POST", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aa%3A1%3Afunction%3Af/invocations"): "Invoke",
        ("GET", "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=1"): "GetProvisionedConcurrencyConfig",
        ("GET", "/2019-09-30/functions/f/provisioned-concurrency?List=ALL"): "ListProvisionedConcurrencyConfigs",
        ("GET", "/2015-03-31/functions/"): "ListFunctions",
    }  # fmt: skip
    found = {asked: routes.match("lambda", *asked, {}) for asked in wanted}
    assert {asked: match[0] if match else None for asked, match in found.items()} == wanted


def test_operations_of_other_services_are_named_as_botocore_names_them() -> None:
    def named(service: str, method: str, target: str, body: bytes = b"", **headers: str) -> str:
        return routes.operation_name(
            service, method, target, {k.replace("_", "-"): v for k, v in headers.items()}, body
        )

    assert named("s3", "PUT", "/bucket/a/key") == "PutObject"
    assert named("s3", "PUT", "/bucket/a/key", X_Amz_Copy_Source="b/k") == "CopyObject"
    assert named("s3", "PUT", "/bucket/a/key?partNumber=1&uploadId=x") == "UploadPart"
    assert named("s3", "POST", "/bucket/a/key?uploads") == "CreateMultipartUpload"
    assert named("s3", "HEAD", "/bucket") == "HeadBucket"
    assert named("sts", "POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15") == "GetCallerIdentity"
    target = "GraniteServiceVersion20100801.GetMetricData"
    assert named("cloudwatch", "POST", "/", b"{}", X_Amz_Target=target) == "GetMetricData"
    assert named("nothing", "GET", "/x?y") == "GET /x"
