"""What CDK alone does, as `docs/cdk-pitfalls.md` tells it. A test that fails here says that CDK has changed.

Each shows the template. What CloudFormation makes of it is in the guide, with its source.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cdk_apps import LAYERS_COUNT, SETTINGS_COUNT, One, of_type, only, version_id

from deployer.cdk_adapter.template import Template

pytestmark = pytest.mark.cdk

GUIDE = Path(__file__).parents[3] / "docs" / "cdk-pitfalls.md"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"


def test_the_guide_names_every_test_here() -> None:
    told = re.findall(r"`(test_\w+)`", GUIDE.read_text(encoding="utf-8"))
    shown = [name for name in globals() if name.startswith("test_") and "guide" not in name]
    assert told == shown


def plain_version(code: str, **options: Any) -> Template:
    """A function with the plain Version construct."""
    from aws_cdk import aws_lambda

    one = One()
    aws_lambda.Version(one.stack, "Version", lambda_=one.function(code), **options)
    return one.template


def test_a_plain_version_publishes_no_new_code() -> None:
    before, after = plain_version("x = 1"), plain_version("x = 2")
    assert only(before, "Function") != only(after, "Function")
    assert of_type(before, "Version") == of_type(after, "Version")


def test_a_plain_version_that_does_publish_is_replaced_under_its_old_id() -> None:
    before, after = plain_version("x = 1", description="1"), plain_version("x = 2", description="2")
    assert version_id(before) == version_id(after)
    assert only(before, "Version")["Properties"] != only(after, "Version")["Properties"]
    # Replaced: what keeps the old one, then, is UpdateReplacePolicy.
    assert "UpdateReplacePolicy" not in only(after, "Version")


def test_a_deletion_policy_alone_does_not_keep_what_is_replaced() -> None:
    import aws_cdk
    from aws_cdk import aws_lambda

    one = One()
    version = aws_lambda.CfnVersion(one.stack, "Version", function_name="orders", description="2")
    version.cfn_options.deletion_policy = aws_cdk.CfnDeletionPolicy.RETAIN
    resource = only(one.template, "Version")
    assert resource["DeletionPolicy"] == "Retain"
    assert "UpdateReplacePolicy" not in resource


def current_version(code: str = "x = 1", context: dict[str, Any] | None = None, **props: Any) -> One:
    """A function with what CDK recommends."""
    one = One(context)
    one.function(code, **props).current_version  # noqa: B018  # looking at it makes it
    return one


def test_the_current_version_is_deleted_by_the_next_one() -> None:
    before, after = current_version("x = 1").template, current_version("x = 2").template
    assert version_id(before) not in after["Resources"]
    assert {"DeletionPolicy", "UpdateReplacePolicy"} & only(before, "Version").keys() == set()


def test_retain_keeps_a_version_whose_deployment_was_rolled_back() -> None:
    import aws_cdk

    def policies(policy: object) -> list[str]:
        one = One()
        one.function().current_version.apply_removal_policy(policy)
        version = only(one.template, "Version")
        return [version["DeletionPolicy"], version["UpdateReplacePolicy"]]

    assert policies(aws_cdk.RemovalPolicy.RETAIN) == ["Retain", "Retain"]
    assert policies(aws_cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE) == ["RetainExceptOnCreate", "Retain"]


def test_a_step_by_arn_drops_the_version_and_the_order() -> None:
    from aws_cdk import aws_lambda

    one = One()
    one.function()
    by_arn = aws_lambda.Version.from_version_arn(one.stack, "V5", f"{ARN}:5")
    aws_lambda.Alias(one.stack, "Live", alias_name="LIVE", version=by_arn)
    assert of_type(one.template, "Version") == {}
    assert only(one.template, "Alias")["Properties"]["FunctionName"] == "orders"


def test_an_id_may_move_while_the_function_stays() -> None:
    one, other = One(), One()
    one.function().current_version  # noqa: B018
    changed = other.function()
    changed.current_version  # noqa: B018
    changed.invalidate_version_based_on("release 8")
    assert version_id(one.template) != version_id(other.template)
    assert only(one.template, "Function") == only(other.template, "Function")


def test_a_setting_of_the_whole_function_moves_the_id() -> None:
    from aws_cdk import aws_lambda

    allowed = current_version(recursive_loop=aws_lambda.RecursiveLoop.ALLOW).template
    ended = current_version(recursive_loop=aws_lambda.RecursiveLoop.TERMINATE).template
    assert version_id(allowed) != version_id(ended)


def test_the_flags_of_cdk_json_are_missing_in_process() -> None:
    from_the_command_line = current_version(context={LAYERS_COUNT: True}).template
    in_a_test = current_version().template
    assert only(from_the_command_line, "Function") == only(in_a_test, "Function")
    assert version_id(from_the_command_line) != version_id(in_a_test)


def test_a_tag_publishes_when_settings_are_not_told_apart() -> None:
    import aws_cdk

    def tagged(team: str, flag: object) -> str:
        one = current_version(context={SETTINGS_COUNT: flag})
        aws_cdk.Tags.of(one.stack).add("team", team)
        return version_id(one.template)

    assert tagged("a", True) == tagged("b", True)
    assert tagged("a", False) != tagged("b", False)


def layered(folder: Path, contents: dict[str, str], ids: dict[str, str], *, count: object) -> Template:
    """A function with a layer for each of `contents`, each in a construct of its own and called by `ids` there."""
    from constructs import Construct

    one = One({LAYERS_COUNT: count}, assets=True)
    layers = [
        one.layer(content, folder / content, ids[name], Construct(one.stack, name))
        for name, content in contents.items()
    ]
    one.function(layers=layers).current_version  # noqa: B018
    return one.template


def test_new_content_of_a_layer_publishes_nothing(tmp_path: Path) -> None:
    def version(content: str, count: object) -> str:
        return version_id(layered(tmp_path, {"Deps": content}, {"Deps": "Layer"}, count=count))

    assert version("a", None) == version("b", None)
    assert version("a", True) != version("b", True)


def test_layers_with_one_construct_id_hide_each_other(tmp_path: Path) -> None:
    def version(first: str, ids: dict[str, str]) -> str:
        return version_id(layered(tmp_path, {"One": first, "Two": "c"}, ids, count=True))

    same, different = {"One": "Layer", "Two": "Layer"}, {"One": "First", "Two": "Second"}
    assert version("a", same) == version("b", same)
    assert version("a", different) != version("b", different)


def test_what_a_reference_stands_for_does_not_count() -> None:
    from aws_cdk import aws_s3

    def template(bucket: str) -> Template:
        one = One()
        made = aws_s3.Bucket(one.stack, "Bucket", bucket_name=bucket)
        one.function(environment={"BUCKET": made.bucket_name}).current_version  # noqa: B018
        return one.template

    before, after = template("orders-of-2025"), template("orders-of-2026")
    assert before != after
    assert of_type(before, "Version") == of_type(after, "Version")


def test_retry_settings_leave_the_old_version() -> None:
    from aws_cdk import aws_lambda

    options = aws_lambda.VersionOptions(retry_attempts=1)
    before = current_version("x = 1", current_version_options=options).template
    after = current_version("x = 2", current_version_options=options).template
    ((one_id, one),) = of_type(before, "EventInvokeConfig").items()
    ((other_id, other),) = of_type(after, "EventInvokeConfig").items()
    assert one_id == other_id
    assert one["Properties"]["Qualifier"] == {"Fn::GetAtt": [version_id(before), "Version"]}
    assert other["Properties"]["Qualifier"] == {"Fn::GetAtt": [version_id(after), "Version"]}


def test_cdk_takes_routings_that_lambda_refuses() -> None:
    from aws_cdk import aws_lambda

    def routed(first: str, *others: tuple[str, float]) -> Any:
        one = One()
        function = one.function()

        def version(number: str) -> Any:
            if number == "$LATEST":
                return function.latest_version
            return aws_lambda.Version.from_version_attributes(
                one.stack, f"V{len(one.stack.node.children)}", lambda_=function, version=number
            )

        weights = [aws_lambda.VersionWeight(version=version(number), weight=weight) for number, weight in others]
        aws_lambda.Alias(one.stack, "Live", alias_name="LIVE", version=version(first), additional_versions=weights)
        return only(one.template, "Alias")["Properties"]["RoutingConfig"]["AdditionalVersionWeights"]

    assert routed("$LATEST", ("4", 0.5)) == [{"FunctionVersion": "4", "FunctionWeight": 0.5}]
    assert routed("5", ("$LATEST", 0.5)) == [{"FunctionVersion": "$LATEST", "FunctionWeight": 0.5}]
    assert routed("4", ("4", 0.5)) == [{"FunctionVersion": "4", "FunctionWeight": 0.5}]
    assert [weight["FunctionVersion"] for weight in routed("5", ("4", 0.2), ("3", 0.2))] == ["4", "3"]
    assert [weight["FunctionWeight"] for weight in routed("5", ("4", 0), ("3", 1))] == [0, 1]
    assert [weight["FunctionWeight"] for weight in routed("5", ("4", 0.1 + 0.2))] == [0.30000000000000004]


def test_retaining_versions_does_not_keep_the_function() -> None:
    import aws_cdk

    one = One()
    one.function().current_version.apply_removal_policy(aws_cdk.RemovalPolicy.RETAIN)
    assert {"DeletionPolicy", "UpdateReplacePolicy"} & only(one.template, "Function").keys() == set()
