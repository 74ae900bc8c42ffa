"""Parameters: defaults, previous values, what is forbidden, what is not shown."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from .subject import StackSubject

NAME = {"Type": "String", "Default": "given"}


def template(parameters: dict[str, Any], value: Any, **sections: Any) -> str:
    stored = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
    outputs = {"Value": {"Value": {"Fn::GetAtt": ["Stored", "Value"]}}}
    return json.dumps({"Parameters": parameters, "Resources": {"Stored": stored}, "Outputs": outputs, **sections})


def given(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def test_a_value_is_given_or_stands_by_default(plain: StackSubject) -> None:
    body = template({"Name": NAME}, {"Ref": "Name"})
    plain("create_stack", TemplateBody=body)
    assert plain.outputs() == {"Value": "given"}
    plain("update_stack", UsePreviousTemplate=True, Parameters=given(Name="other"))
    assert (plain.outputs(), plain.described()["Parameters"]) == ({"Value": "other"}, given(Name="other"))


def test_a_previous_value_may_be_kept(plain: StackSubject) -> None:
    body = template({"Name": NAME, "Other": NAME}, {"Fn::Sub": "${Name}-${Other}"})
    plain("create_stack", TemplateBody=body, Parameters=given(Name="mine"))
    kept = [{"ParameterKey": "Name", "UsePreviousValue": True}]
    plain("update_stack", UsePreviousTemplate=True, Parameters=[*kept, *given(Other="new")])
    assert plain.outputs() == {"Value": "mine-new"}
    code, message = plain.refused("create_change_set", ChangeSetName="n", TemplateBody=template({"New": NAME}, "x"),
                                  Parameters=[{"ParameterKey": "New", "UsePreviousValue": True}])  # fmt: skip
    assert (code, "Invalid input for parameter key New" in message) == ("ValidationError", True)


def test_lists_are_lists(plain: StackSubject) -> None:
    body = template({"Names": {"Type": "CommaDelimitedList", "Default": "a, b"}}, {"Fn::Join": ["+", {"Ref": "Names"}]})
    plain("create_stack", TemplateBody=body)
    assert plain.outputs() == {"Value": "a+b"}


def test_a_secret_is_not_shown(plain: StackSubject) -> None:
    body = template({"Secret": {"Type": "String", "NoEcho": True}}, "x")
    plain("create_stack", TemplateBody=body, Parameters=given(Secret="hush"))
    plain("create_change_set", ChangeSetName="n", UsePreviousTemplate=True, Parameters=given(Secret="other"))
    shown = [plain.described()["Parameters"], plain("describe_change_set", ChangeSetName="n")["Parameters"]]
    assert shown == [given(Secret="****")] * 2
    assert plain("get_template_summary")["Parameters"][0]["NoEcho"] is True


def test_a_value_may_be_in_the_parameter_store(plain: StackSubject) -> None:
    store: Any = boto3.client("ssm", endpoint_url=plain.local.endpoint_url, region_name=plain.local.region)
    key = f"/{plain.name}"
    body = template(
        {"There": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": key}}, {"Fn::Sub": "<${There}>"}
    )
    assert plain.refused("create_stack", TemplateBody=body) == (
        "ValidationError",
        f"Unable to fetch parameters [{key}] from parameter store for this account.",
    )
    store.put_parameter(Name=key, Value="held", Type="String")
    plain("create_stack", TemplateBody=body)
    assert plain.outputs() == {"Value": "<held>"}
    assert plain.described()["Parameters"] == [
        {"ParameterKey": "There", "ParameterValue": key, "ResolvedValue": "held"}
    ]


@pytest.mark.parametrize(
    ("declared", "value", "told"),
    [
        ({"AllowedValues": ["a", 1]}, "b", "must be one of AllowedValues [a, 1]"),
        ({"AllowedPattern": "[a-c]+"}, "ad", "must match pattern [a-c]+"),
        ({"AllowedPattern": "a", "ConstraintDescription": "is an a"}, "b", "is an a"),
        ({"MinLength": 2}, "a", "must have MinLength 2"),
        ({"MaxLength": "2"}, "abc", "must have MaxLength 2"),
        ({"Type": "Number"}, "many", "must be a number."),
        ({"Type": "Number", "MinValue": 2}, "1", "must have MinValue 2"),
        ({"Type": "Number", "MaxValue": 2}, "3.5", "must have MaxValue 2"),
    ],
)
def test_what_a_template_forbids_is_refused(
    plain: StackSubject, declared: dict[str, Any], value: str, told: str
) -> None:
    body = template({"Name": {"Type": "String", **declared}}, "x")
    code, message = plain.refused("create_stack", TemplateBody=body, Parameters=given(Name=value))
    assert (code, message) == ("ValidationError", f"Parameter 'Name' {told}")


@pytest.mark.parametrize(
    ("declared", "values", "told"),
    [
        ({"Name": {"Type": "String"}}, {}, "Parameters: [Name] must have values"),
        ({}, {"Name": "x"}, "Parameters: [Name] do not exist in the template"),
        ({"Name": {"Type": "AWS::EC2::VPC::Id"}}, {"Name": "x"}, "has no parameters of type AWS::EC2::VPC::Id"),
    ],
)
def test_values_and_parameters_must_match(
    plain: StackSubject, declared: dict[str, Any], values: dict[str, str], told: str
) -> None:
    code, message = plain.refused("create_stack", TemplateBody=template(declared, "x"), Parameters=given(**values))
    assert (code, told in message) == ("ValidationError", True), message


def test_a_rule_that_does_not_hold_is_refused_as_the_bootstrap_version_is(plain: StackSubject) -> None:
    old = {"Fn::Contains": [["1", "2", "3"], {"Ref": "Version"}]}
    rule = {
        "Assertions": [{"Assert": {"Fn::Not": [old]}, "AssertDescription": "CDK bootstrap stack version 4 required."}]
    }
    body = template({"Version": {"Type": "String"}}, "x", Rules={"CheckBootstrapVersion": rule})
    code, message = plain.refused("create_stack", TemplateBody=body, Parameters=given(Version="3"))
    assert (code, "CDK bootstrap stack version 4 required." in message) == ("ValidationError", True)
    plain("create_stack", TemplateBody=body, Parameters=given(Version="33"))
    assert plain.status == "CREATE_COMPLETE"


def test_a_rule_holds_only_under_its_condition(plain: StackSubject) -> None:
    rule = {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Name"}, "checked"]},
        "Assertions": [{"Assert": {"Fn::Equals": [1, 2]}}],
    }
    body = template({"Name": NAME}, "x", Rules={"Never": rule})
    assert plain.refused("create_stack", TemplateBody=body, Parameters=given(Name="checked"))[0] == "ValidationError"
    plain("create_stack", TemplateBody=body)
    assert plain.status == "CREATE_COMPLETE"
