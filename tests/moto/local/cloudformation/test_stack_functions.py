"""AWS::Lambda::Function: what is called for which change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from .subject import StackSubject
from .templates import Template, function, released

CODE, SETTINGS = "UpdateFunctionCode", "UpdateFunctionConfiguration"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:dead"


def only(**properties: Any) -> Template:
    """A stack of nothing but a function."""
    return {"Resources": {"Fn": function(**properties)}}


@pytest.mark.parametrize(
    ("changed", "calls"),
    [
        ({"code": "x = 2"}, [CODE]),
        ({"Architectures": ["arm64"]}, [CODE]),
        ({"Timeout": 9}, [SETTINGS]),
        ({"Description": "two", "MemorySize": 256}, [SETTINGS]),
        ({"code": "x = 2", "Handler": "index.other"}, [CODE, SETTINGS]),
        ({"Tags": [{"Key": "team", "Value": "one"}]}, ["TagResource"]),
        ({"ReservedConcurrentExecutions": 3}, ["PutFunctionConcurrency"]),
    ],
)
def test_only_what_changed_is_called_for(plain: StackSubject, changed: dict[str, Any], calls: list[str]) -> None:
    plain.create(only())
    plain.update(only(**changed))
    assert (plain.status, plain.writes()) == ("UPDATE_COMPLETE", calls)


@pytest.mark.parametrize("attribute", [{"Metadata": {"a": 1}}, {"DependsOn": "Other"}, {"DeletionPolicy": "Retain"}])
def test_what_is_no_property_calls_nothing(plain: StackSubject, attribute: dict[str, Any]) -> None:
    def template(**more: Any) -> Template:
        return {"Resources": {"Other": {"Type": "AWS::CDK::Metadata"}, "Fn": {**function(), **more}}}

    plain.create(template())
    more = {"Other": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "x"}}}
    plain.update({"Resources": {**template(**attribute)["Resources"], **more}})
    assert (plain.status, plain.writes()) == ("UPDATE_COMPLETE", [])


def test_properties_that_leave_the_template_go_back_to_their_defaults(plain: StackSubject) -> None:
    plain.create(only())
    bare = plain.configuration()
    given: dict[str, Any] = {
        "DeadLetterConfig": {"TargetArn": QUEUE},
        "Description": "two",
        "Environment": {"Variables": {"AA": "1"}},
        "EphemeralStorage": {"Size": 1024},
        "KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
        "LoggingConfig": {"LogFormat": "JSON"},
        "MemorySize": 256,
        "SnapStart": {"ApplyOn": "PublishedVersions"},
        "Timeout": 9,
        "TracingConfig": {"Mode": "Active"},
    }
    plain.update(only(**given))
    assert plain.status == "UPDATE_COMPLETE", plain.reasons("UPDATE_FAILED")
    held = plain.configuration()
    assert {name: held[name] for name in ("Description", "MemorySize", "Timeout", "DeadLetterConfig")} == {
        name: given[name] for name in ("Description", "MemorySize", "Timeout", "DeadLetterConfig")
    }
    plain.update(only())
    after = plain.configuration()
    passing = {"RevisionId", "LastModified", "ResponseMetadata", "Environment"}
    assert {k: v for k, v in after.items() if k not in passing} == {k: v for k, v in bare.items() if k not in passing}
    assert after["Environment"] == {"Variables": {}}


def test_numbers_and_truths_may_be_text(plain: StackSubject) -> None:
    plain.create(only(Timeout="9", Environment={"Variables": {"COUNT": 3, "YES": True}}))
    held = plain.configuration()
    assert (held["Timeout"], held["Environment"]["Variables"]) == (9, {"COUNT": "3", "YES": "true"})


def test_tags_of_the_template_and_of_the_stack_are_on_it(plain: StackSubject) -> None:
    plain.create(only(Tags=[{"Key": "team", "Value": "one"}, {"Key": "old", "Value": "x"}]))
    plain.update(only(Tags=[{"Key": "team", "Value": "two"}]))
    tags = plain.lambdas.get_function(FunctionName=plain.name)["Tags"]
    assert tags == {
        "team": "two",
        "aws:cloudformation:stack-name": plain.name,
        "aws:cloudformation:stack-id": plain.described()["StackId"],
        "aws:cloudformation:logical-id": "Fn",
    }


def test_reserved_concurrency_comes_and_goes(plain: StackSubject) -> None:
    plain.create(only(ReservedConcurrentExecutions="5"))
    asked = plain.lambdas.get_function_concurrency(FunctionName=plain.name)
    assert asked["ReservedConcurrentExecutions"] == 5
    plain.update(only())
    assert "ReservedConcurrentExecutions" not in plain.lambdas.get_function_concurrency(FunctionName=plain.name)


def test_code_may_come_from_s3(plain: StackSubject, zipped: Callable[..., bytes]) -> None:
    s3: Any = boto3.client("s3", endpoint_url=plain.local.endpoint_url, region_name=plain.local.region)
    bucket = f"assets-{plain.name}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": plain.local.region})
    for key in ("one.zip", "two.zip"):
        s3.put_object(Bucket=bucket, Key=key, Body=zipped(f"x = {key!r}"))
    plain.create(only(Code={"S3Bucket": bucket, "S3Key": "one.zip"}))
    first = plain.configuration()["CodeSha256"]
    plain.update(only(Code={"S3Bucket": bucket, "S3Key": "two.zip"}))
    assert plain.writes() == [CODE]
    assert plain.configuration()["CodeSha256"] != first
    plain.update(only(Code={"S3Bucket": bucket, "S3Key": "three.zip"}))
    assert plain.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "The specified key does not exist." in plain.reasons("UPDATE_FAILED")[0]


def test_an_image_function_takes_images(plain: StackSubject) -> None:
    uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/repo:{}"

    def template(tag: str) -> Template:
        held = only(Code={"ImageUri": uri.format(tag)}, PackageType="Image")
        for name in ("Handler", "Runtime"):
            del held["Resources"]["Fn"]["Properties"][name]
        return held

    plain.create(template("one"))
    plain.update(template("two"))
    assert (plain.status, plain.writes()) == ("UPDATE_COMPLETE", [CODE])
    code = plain.lambdas.get_function(FunctionName=plain.name)["Code"]
    assert code["ImageUri"] == uri.format("two")


def test_another_package_type_or_name_is_another_function(plain: StackSubject) -> None:
    plain.create(only(FunctionName=f"{plain.name}-a"))
    plain.update(only(FunctionName=f"{plain.name}-b"))
    assert plain.writes() == ["CreateFunction", "DeleteFunction"]


def test_a_function_without_a_name_gets_one(plain: StackSubject) -> None:
    plain.client.create_stack(StackName=plain.name, TemplateBody=json.dumps(only()))
    stack, logical_id, letters = plain.resources()["Fn"].rsplit("-", 2)
    assert (stack, logical_id, len(letters)) == (plain.name, "Fn", 12)


def test_a_name_that_would_be_too_long_is_cut(plain: StackSubject) -> None:
    logical_id = "F" * 80
    plain.create({"Resources": {logical_id: function()}})
    made = plain.resources()[logical_id]
    assert (plain.status, len(made) <= 64) == ("CREATE_COMPLETE", True)


def test_an_operation_waits_for_lambda(stack: StackSubject) -> None:
    stack.local.configure(pending_polls=3)
    stack.create(released("x = 1", "V1"))
    changed = released("x = 2", "V2")
    changed["Resources"]["Fn"]["Properties"]["Timeout"] = 9
    stack.update(changed)
    assert (stack.status, stack.configuration()["LastUpdateStatus"]) == ("UPDATE_COMPLETE", "Successful")


def test_a_role_that_is_too_fresh_is_tried_again(stack: StackSubject) -> None:
    """§9."""
    role = stack.local.role(f"fresh-{stack.name}")
    stack.local.configure(role_refusals=2)
    stack.create(only(Role=role))
    assert stack.status == "CREATE_COMPLETE"


def test_a_role_that_there_is_not_fails_the_create(plain: StackSubject) -> None:
    plain.create(only(Role="arn:aws:iam::123456789012:role/nobody"))
    (reason,) = plain.reasons("CREATE_FAILED")
    assert "cannot be assumed by Lambda" in reason


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"Colour": "red"},
            "The embedded CloudFormation does not know the property Colour of AWS::Lambda::Function (Fn)",
        ),
        ({"VpcConfig": {"Subnets": []}}, "extraneous key [Subnets] is not permitted"),
        ({"Timeout": "soon"}, "expected type integer, found soon"),
        ({"Timeout": {"a": 1}}, "expected type integer"),
        ({"Code": {"ZipFile": "x"}, "Runtime": "java21"}, "ZipFile can only be used when Runtime is"),
        ({"Tags": [{"Name": "a"}]}, "Model validation failed (KeyError('Key'))"),
        ({"Timeout": 1000}, "Member must have value less than or equal to 900"),
        ({"Role": {"Ref": "AWS::NoValue"}}, "required key [Role] not found"),
    ],
)
def test_properties_that_cannot_be_are_a_failure_with_a_reason(
    plain: StackSubject, given: dict[str, Any], told: str
) -> None:
    plain.create(only(**given))
    (reason,) = plain.reasons("CREATE_FAILED")
    assert (plain.status, told in reason) == ("ROLLBACK_COMPLETE", True), reason


def test_a_function_that_is_gone_is_deleted_without_a_word(plain: StackSubject) -> None:
    plain.create(released())
    stack_id = plain.described()["StackId"]
    plain.lambdas.delete_function(FunctionName=plain.name)
    plain("delete_stack")
    assert plain("describe_stacks", StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
