"""AWS::Lambda::EventInvokeConfig and Permission, as they go with versions and aliases."""

from __future__ import annotations

import json
from typing import Any

import boto3

from .subject import StackSubject
from .templates import Template, released


def retried(qualifier: Any, **more: Any) -> dict[str, Any]:
    given = {"FunctionName": {"Ref": "Fn"}, "Qualifier": qualifier, "MaximumRetryAttempts": 1, **more}
    return {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": given}


def configured(stack: StackSubject) -> dict[str, int]:
    listed = stack.lambdas.list_function_event_invoke_configs(FunctionName=stack.name)["FunctionEventInvokeConfigs"]
    return {one["FunctionArn"].rpartition(":")[2]: one["MaximumRetryAttempts"] for one in listed}


def template(code: str, name: str, qualifier: Any, **more: Any) -> Template:
    held = released(code, name, DeletionPolicy="Retain")
    held["Resources"]["Retries"] = retried(qualifier, **more)
    return held


def test_one_on_a_version_moves_with_it_and_leaves_the_old_one(stack: StackSubject) -> None:
    """The qualifier is create-only: the old version is without it while it may still take traffic."""
    stack.create(template("x = 1", "V1", {"Fn::GetAtt": ["V1", "Version"]}))
    assert configured(stack) == {"1": 1}
    stack.update(template("x = 2", "V2", {"Fn::GetAtt": ["V2", "Version"]}))
    assert configured(stack) == {"2": 1}
    assert stack.writes()[-2:] == ["PutFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig"]


def test_one_on_an_alias_stays(plain: StackSubject) -> None:
    of_alias = {"Fn::Select": [7, {"Fn::Split": [":", {"Ref": "Live"}]}]}
    plain.create(template("x = 1", "V1", of_alias))
    plain.update(template("x = 2", "V2", of_alias))
    assert (plain.status, configured(plain)) == ("UPDATE_COMPLETE", {"live": 1})
    assert "PutFunctionEventInvokeConfig" not in plain.writes()
    plain.update(template("x = 2", "V2", of_alias, MaximumRetryAttempts=0))
    assert (plain.writes(), configured(plain)) == (["PutFunctionEventInvokeConfig"], {"live": 0})


def test_permissions_are_of_what_they_name(plain: StackSubject) -> None:
    held = released()
    given = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "FunctionName": {"Ref": "Live"}}
    held["Resources"]["Permit"] = {"Type": "AWS::Lambda::Permission", "Properties": given}
    plain.create(held)
    policy = json.loads(plain.lambdas.get_policy(FunctionName=plain.name, Qualifier="live")["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Sid"] == plain.resources()["Permit"]
    plain.update(released())
    assert plain.writes() == ["RemovePermission"]


def test_a_layer_is_published_and_used(plain: StackSubject, zipped: Any) -> None:
    s3: Any = boto3.client("s3", endpoint_url=plain.local.endpoint_url, region_name=plain.local.region)
    bucket = f"layers-{plain.name}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": plain.local.region})
    s3.put_object(Bucket=bucket, Key="layer.zip", Body=zipped())
    layer = {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": {"S3Bucket": bucket, "S3Key": "layer.zip"}, "LayerName": f"layer-{plain.name}"},
    }
    held = released()
    held["Resources"]["Fn"]["Properties"]["Layers"] = [{"Ref": "Layer"}]
    plain.create({"Resources": {**held["Resources"], "Layer": layer}})
    arn = plain.resources()["Layer"]
    assert (plain.status, [one["Arn"] for one in plain.configuration()["Layers"]]) == ("CREATE_COMPLETE", [arn])
    plain.update({"Resources": {**released()["Resources"]}})
    assert (plain.status, "Layers" in plain.configuration()) == ("UPDATE_COMPLETE", False)
