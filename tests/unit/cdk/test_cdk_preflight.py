"""What a template and a deployed stack tell before anything changes."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.cdk_adapter.preflight import (
    Release,
    StackResource,
    UnreadableStack,
    deployed_version,
    function_changed,
    releases,
    versions_in,
)
from deployer.cdk_adapter.strategy import read_strategy, strategy_data
from deployer.cdk_adapter.template import Template
from deployer.core import (
    BlueGreen,
    Canary,
    CanaryIncrements,
    Development,
    InvalidValue,
    OnNewer,
    Policy,
    Published,
    Strategy,
    Through,
)

CANARY = Canary(CanaryIncrements.of([12.5, 50]), OnNewer.RESTART)
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"


def metadata(**changes: object) -> dict[str, Any]:
    return {
        "format": 1,
        "function": "Fn1",
        "function_name": "orders",
        "alias": "LIVE",
        "version": "Fn1V1",
        "strategy": strategy_data(CANARY),
        "protected": True,
        **changes,
    }


def template(meta: object = None, *, alias_id: str = "Live", version: object = None, **function: Any) -> Template:
    """A template of one release: the function's properties differ as `function` says, its Version's as `version`."""
    properties = {"Code": {"S3Key": "a.zip"}, "Layers": [{"Ref": "Layer"}, "arn:…:layer:x:1"], **function}
    return {
        "Resources": {
            "Fn1": {"Type": "AWS::Lambda::Function", "Properties": properties},
            "Fn1V1": {"Type": "AWS::Lambda::Version", "Properties": version or {"FunctionName": {"Ref": "Fn1"}}},
            "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Key": "l.zip"}}},
            alias_id: {"Type": "AWS::Lambda::Alias", "Metadata": {"deployer": metadata() if meta is None else meta}},
            "Other": {"Type": "AWS::Lambda::Alias"},
            "Strange": {"Type": "AWS::S3::Bucket", "Metadata": {"deployer": "not ours to read"}},
        }
    }


RELEASE = Release("Fn1", "orders", "Live", "LIVE", "Fn1V1", Policy(CANARY, True, Through.STACK))


def test_a_template_tells_its_releases() -> None:
    assert releases(template()) == (RELEASE,)


def test_a_template_tells_the_environment_where_the_release_has_one() -> None:
    (release,) = releases(template(metadata(environment="prd")))
    assert (RELEASE.environment, release.environment) == (None, "prd")


# What else a template may hold: a resource without Properties or with none at all, a loop, an include of a transform.
FOREIGN: dict[str, Any] = {
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Empty": {"Type": "AWS::Lambda::Alias", "Properties": None, "Metadata": None},
    "Text": {"Type": "AWS::Lambda::Alias", "Metadata": "of somebody"},
    "Stray": {"Type": "AWS::Lambda::Version"},
    "Null": {"Type": "AWS::Lambda::Version", "Properties": None},
    "Fn::ForEach::Topics": ["Name", ["a", "b"], {"Topic${Name}": {"Type": "AWS::SNS::Topic"}}],
    "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://shared/topics.yaml"}},
    "Nothing": None,
}


def test_resources_of_all_kinds_are_left_to_their_owners() -> None:
    mixed = {"Resources": {**FOREIGN, **template()["Resources"]}}
    assert releases(mixed) == (RELEASE,)
    assert list(versions_in(RELEASE, mixed)) == ["Fn1V1"]
    assert not function_changed(RELEASE, mixed, template())


@pytest.mark.parametrize("strange", [{"Resources": FOREIGN}, {"Resources": None}, {"Resources": []}])
def test_a_stack_of_other_resources_alone_holds_nothing_of_a_release(strange: Template) -> None:
    assert releases(strange) == ()
    assert list(versions_in(RELEASE, strange)) == []
    assert function_changed(RELEASE, template(), strange)


@pytest.mark.parametrize("layers", [None, {"Fn::If": ["Traced", [{"Ref": "Layer"}], []]}, {"Ref": "Layers"}])
def test_layers_that_are_no_list_are_compared_as_they_stand(layers: object) -> None:
    same = template(Layers=layers)
    assert not function_changed(RELEASE, same, same)
    assert function_changed(RELEASE, same, template())


def test_releases_come_by_function_and_alias() -> None:
    first, second = template(), template(metadata(alias="BETA"), alias_id="Zeta")
    both = {"Resources": {**first["Resources"], **second["Resources"]}}
    assert [release.alias_id for release in releases(both)] == ["Zeta", "Live"]


@pytest.mark.parametrize("nothing", [{}, {"Resources": {}}])
def test_a_stack_without_releases_has_none(nothing: Template) -> None:
    assert releases(nothing) == ()


def test_one_alias_released_twice_is_refused() -> None:
    twice = {"Resources": {**template()["Resources"], **template(alias_id="Again")["Resources"]}}
    with pytest.raises(UnreadableStack, match="the alias Live: Again is the same alias of the same function"):
        releases(twice)


def test_a_template_without_a_version_says_so() -> None:
    without = metadata(strategy=strategy_data(Development()))
    del without["version"]
    (release,) = releases(template(without))
    assert (release.version_id, release.policy.strategy) == (None, Development())
    assert releases(template({**without, "version": None})) == (release,)


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ("LIVE", "is not as AliasRelease writes it, but 'LIVE'"),
        ({}, "is not as AliasRelease writes it"),
        (metadata(protected="yes"), "is not as AliasRelease writes it"),
        (metadata(environment=7), "is not as AliasRelease writes it"),
        (metadata(version=7), "is not as AliasRelease writes it"),
        (metadata(format=2), "is in format 2, this deployer knows 1"),
        (metadata(strategy={"strategy": "linear"}), "is no strategy that this deployer knows"),
    ],
)
def test_metadata_that_is_not_ours_is_refused(meta: object, problem: str) -> None:
    with pytest.raises(UnreadableStack, match=f"the alias Live: .*{problem}"):
        releases(template(meta))


@pytest.mark.parametrize(
    "strategy",
    [Development(), BlueGreen(), BlueGreen(refuse_newer=True), CANARY, Canary(CanaryIncrements.of(["0.01", 99.99]))],
)
def test_a_strategy_comes_back_from_its_data(strategy: Strategy) -> None:
    assert read_strategy(strategy_data(strategy)) == strategy


@pytest.mark.parametrize(
    "data",
    [
        "canary",
        {},
        {"strategy": "blue_green", "on_newer": "advance"},
        {**strategy_data(CANARY), "on_newer": "move"},
        {**strategy_data(CANARY), "canary_increments": []},
    ],
)
def test_data_of_no_strategy_is_refused(data: object) -> None:
    with pytest.raises(InvalidValue):
        read_strategy(data)


def resource(logical_id: str, physical_id: str, status: str = "CREATE_COMPLETE") -> StackResource:
    return {"LogicalResourceId": logical_id, "PhysicalResourceId": physical_id, "ResourceStatus": status}


def test_the_deployed_version_is_the_number_in_its_arn() -> None:
    resources = [resource("Fn1", "orders"), resource("Fn0V0", f"{ARN}:6"), resource("Fn1V1", f"{ARN}:7")]
    assert deployed_version(RELEASE.version_id, resources) == Published(7)


@pytest.mark.parametrize("resources", [[], [resource("Fn0V0", f"{ARN}:6")]])
def test_a_version_that_the_stack_lacks_has_no_number(resources: list[StackResource]) -> None:
    assert deployed_version(RELEASE.version_id, resources) is None


@pytest.mark.parametrize("status", ["CREATE_FAILED", "CREATE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_SKIPPED"])
def test_a_version_that_failed_or_left_the_stack_is_not_deployed(status: str) -> None:
    assert deployed_version(RELEASE.version_id, [resource("Fn1V1", f"{ARN}:7", status)]) is None


def test_a_version_without_a_number_is_an_error() -> None:
    with pytest.raises(UnreadableStack, match="the version Fn1V1: CloudFormation names it 'orders', which is no ARN"):
        deployed_version(RELEASE.version_id, [resource("Fn1V1", "orders")])


def test_the_same_function_has_not_changed() -> None:
    assert not function_changed(RELEASE, template(), template())


def test_a_function_that_is_new_has_changed() -> None:
    assert function_changed(RELEASE, template(), {})


@pytest.mark.parametrize("change", [{"Code": {"S3Key": "b.zip"}}, {"Timeout": 9}, {"Description": "release 8"}])
def test_other_code_or_settings_change_the_function(change: dict[str, Any]) -> None:
    assert function_changed(RELEASE, template(**change), template())


@pytest.mark.parametrize("name", ["CodeSigningConfigArn", "RecursiveLoop", "ReservedConcurrentExecutions", "Tags"])
def test_what_no_version_freezes_is_no_change(name: str) -> None:
    assert not function_changed(RELEASE, template(**{name: "other"}), template())


DEFAULTS: list[tuple[str, Any]] = [
    ("Architectures", ["x86_64"]),
    ("DeadLetterConfig", {"TargetArn": ""}),
    ("Description", ""),
    ("Environment", {}),
    ("Environment", {"Variables": {}}),
    ("EphemeralStorage", {"Size": 512}),
    ("FileSystemConfigs", []),
    ("ImageConfig", {}),
    ("KmsKeyArn", ""),
    ("LoggingConfig", {"LogFormat": "Text"}),
    ("MemorySize", 128),
    ("PackageType", "Zip"),
    ("RuntimeManagementConfig", {"UpdateRuntimeOn": "Auto"}),
    ("SnapStart", {"ApplyOn": "None"}),
    ("Timeout", 3),
    ("TracingConfig", {"Mode": "PassThrough"}),
    ("VpcConfig", {"SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": False}),
]


@pytest.mark.parametrize(("name", "value"), DEFAULTS, ids=str)
def test_a_default_that_is_said_is_no_change(name: str, value: object) -> None:
    """CDK counts it, so the Version is another one: Lambda would have nothing to publish."""
    said: dict[str, Any] = {name: value}
    assert not function_changed(RELEASE, template(**said), template())
    assert not function_changed(RELEASE, template(), template(**said))


def test_a_default_within_a_property_is_no_change() -> None:
    said = template(LoggingConfig={"LogGroup": "/orders", "LogFormat": "Text"})
    assert not function_changed(RELEASE, said, template(LoggingConfig={"LogGroup": "/orders"}))
    assert function_changed(RELEASE, said, template())


def test_no_layers_are_those_of_a_function_without() -> None:
    assert not function_changed(RELEASE, template(Layers=[]), template(Layers=None))


@pytest.mark.parametrize(
    "change",
    [{"MemorySize": 129}, {"Architectures": ["arm64"]}, {"Environment": {"Variables": {"A": ""}}}, {"Handler": ""}],
)
def test_what_is_no_default_is_a_change(change: dict[str, Any]) -> None:
    assert function_changed(RELEASE, template(**change), template())


def test_other_content_of_a_layer_in_the_template_changes_the_function() -> None:
    # Its properties are the same: `{"Ref": "Layer"}`. CloudFormation resolves that to another ARN.
    other = template()
    other["Resources"]["Layer"]["Properties"]["Content"]["S3Key"] = "m.zip"
    assert function_changed(RELEASE, other, template())


def test_a_layer_from_a_parameter_is_compared_by_name() -> None:
    same = template(Layers=[{"Ref": "LayerArn"}])
    assert not function_changed(RELEASE, same, same)
