"""What templates say: functions, conditions, short forms, and what is wrong with them."""

from __future__ import annotations

import base64
import json
from typing import Any

import boto3
import pytest

from deployer.local.cloudformation import markup, references, template
from deployer.local.cloudformation.intrinsics import ABSENT, Scope
from deployer.local.cloudformation.refusals import StackRefusal

from .subject import StackSubject
from .templates import released

PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}


class There:
    """A resource that others refer to."""

    def reference(self) -> str:
        return "physical"

    def attribute(self, name: str) -> str:
        return f"attribute {name}"


@pytest.fixture
def scope() -> Scope:
    return Scope(
        values={"Name": "value", "List": ["a", "b"], "AWS::Region": "eu-central-1"},
        mappings={"Sizes": {"eu-central-1": {"small": "1", "big": ["2", "3"]}}},
        conditions={
            "Yes": {"Fn::Equals": [{"Ref": "Name"}, "value"]},
            "No": {"Fn::Not": [{"Condition": "Yes"}]},
            "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
            "Either": {"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]},
        },
        resources={"There": There()},
        exports={"exported": "theirs"},
    )


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Name"}, "value"),
        ({"Ref": "There"}, "physical"),
        ({"Fn::GetAtt": ["There", "Arn"]}, "attribute Arn"),
        ({"Fn::GetAtt": "There.Nested.Arn"}, "attribute Nested.Arn"),
        ({"Fn::GetAtt": ["There", {"Ref": "Name"}]}, "attribute value"),
        ({"Fn::Sub": "${Name}/${There}/${There.Arn}/${AWS::Region}/${!Name}"},
         "value/physical/attribute Arn/eu-central-1/${Name}"),
        ({"Fn::Sub": ["${Own}-${Name}", {"Own": {"Ref": "There"}}]}, "physical-value"),
        ({"Fn::Join": ["-", [{"Ref": "Name"}, 1, True]]}, "value-1-true"),
        ({"Fn::Join": ["-", {"Ref": "List"}]}, "a-b"),
        ({"Fn::Split": ["-", {"Fn::Join": ["-", ["a", "b"]]}]}, ["a", "b"]),
        ({"Fn::Select": ["1", {"Ref": "List"}]}, "b"),
        ({"Fn::Base64": {"Ref": "Name"}}, base64.b64encode(b"value").decode()),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "big"]}, ["2", "3"]),
        ({"Fn::ImportValue": {"Fn::Join": ["", ["exp", "orted"]]}}, "theirs"),
        ({"Fn::GetAZs": ""}, ["eu-central-1a", "eu-central-1b", "eu-central-1c"]),
        ({"Fn::If": ["Yes", {"Ref": "Name"}, {"Ref": "Nobody"}]}, "value"),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Fn::Contains": [["1", "2"], 2]}, True),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"Condition": {"StringEquals": {"a": {"Ref": "Name"}}}}, {"Condition": {"StringEquals": {"a": "value"}}}),
        ({"Ref": "Name", "More": 1}, {"Ref": "Name", "More": 1}),
    ],
)  # fmt: skip
def test_functions_come_to_their_values(scope: Scope, node: Any, value: Any) -> None:
    assert scope.resolve(node) == value


def test_no_value_by_itself_is_nothing(scope: Scope) -> None:
    assert scope.resolve({"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}) is ABSENT


@pytest.mark.parametrize(
    ("node", "told"),
    [
        ({"Ref": "Nobody"}, "Unresolved resource dependencies [Nobody]"),
        ({"Fn::GetAtt": ["Nobody", "Arn"]}, "references undefined resource Nobody"),
        ({"Fn::Select": [2, ["a"]]}, "nonexistent value at index 2"),
        ({"Fn::FindInMap": ["Sizes", "x", "y"]}, "Unable to get mapping for Sizes::x::y"),
        ({"Fn::ImportValue": "mine"}, "No export named mine found."),
        ({"Fn::If": ["Perhaps", 1, 2]}, "unresolved condition dependency Perhaps"),
        ({"Fn::Cidr": ["10.0.0.0/16", 1]}, "does not know Fn::Cidr"),
        ({"Fn::Join": "abc"}, "Fn::Join cannot work with abc"),
        ({"Fn::Select": ["x", ["a"]]}, "Fn::Select cannot work with ['x', ['a']]"),
        ({"Ref": ["Name"]}, "Ref cannot work with ['Name']"),
        ("{{resolve:ssm:/a}}", "resolves no dynamic references: {{resolve:ssm:/a}}"),
    ],
)
def test_what_comes_to_nothing_is_refused(scope: Scope, node: Any, told: str) -> None:
    with pytest.raises(StackRefusal) as refused:
        scope.resolve(node)
    assert told in refused.value.message


def test_all_that_a_node_refers_to_is_found() -> None:
    node = {
        "a": [{"Ref": "One"}, {"Fn::GetAtt": ["Two", "Arn"]}, {"Fn::GetAtt": "Three.Arn"}],
        "b": {"Fn::Sub": ["${Four.Arn}${Own}${!Not}", {"Own": {"Ref": "Five"}}]},
        "c": {"Fn::If": ["Condition", {"Fn::Sub": "${Six}"}, 1]},
    }
    assert references.names(node) == {"One", "Two", "Three", "Four", "Five", "Six"}


def test_short_forms_of_yaml_are_the_long_ones() -> None:
    text = """
    Version: 2012-10-17
    A: !Ref Name
    B: !GetAtt There.Arn
    C: !Sub ["${a}", {a: !Ref Name}]
    D: !If [Yes, !Join ["-", [a, !Ref B]], !Ref AWS::NoValue]
    E: !FindInMap {a: b}
    F: !Condition Yes
    """
    assert markup.parsed(text) == {
        "Version": "2012-10-17",
        "A": {"Ref": "Name"},
        "B": {"Fn::GetAtt": "There.Arn"},
        "C": {"Fn::Sub": ["${a}", {"a": {"Ref": "Name"}}]},
        "D": {"Fn::If": [True, {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}, {"Ref": "AWS::NoValue"}]},
        "E": {"Fn::FindInMap": {"a": "b"}},
        "F": {"Condition": "Yes"},
    }


def resources(**given: Any) -> dict[str, Any]:
    return {"Resources": given}


CIRCLE = resources(
    A={**PARAMETER, "DependsOn": "B"}, B={**PARAMETER, "DependsOn": ["C"]}, C={**PARAMETER, "DependsOn": "A"}
)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{", "JSON or YAML not well-formed"),
        ("a: [", "JSON or YAML not well-formed"),
        ("just text", "unsupported structure"),
        ({}, "At least one Resources member must be defined."),
        (resources(A={"Properties": {}}), "[/Resources/A] Every Resources object must contain a Type member."),
        ({**resources(A=PARAMETER), "Transform": "AWS::Serverless"}, "runs no macros: Transform AWS::Serverless"),
        ({**resources(A=PARAMETER), "Other": {}}, "Invalid template property or properties [Other]"),
        (resources(A={**PARAMETER, "Other": 1}), "Invalid template resource property 'Other'"),
        (resources(A={**PARAMETER, "DependsOn": "B"}), "Unresolved resource dependencies [B] in the Resources block"),
        (resources(A={"Type": "T", "Properties": {"x": {"Ref": "B"}}}), "Unresolved resource dependencies [B]"),
        (resources(A={**PARAMETER, "Condition": "Yes"}), "Unresolved condition Yes of resource A"),
        ({**resources(A=PARAMETER), "Outputs": {"O": {"Value": {"Ref": "B"}}}}, "[B] in the Outputs block"),
        (resources(A={"Type": "T", "Properties": {"x": {"Fn::GetAtt": ["B"]}}}), "Template format error: "),
        (CIRCLE, "Circular dependency between resources: [A, B, C]"),
    ],
)
def test_what_is_wrong_with_a_template_is_told_before_anything_is_made(given: Any, told: str) -> None:
    with pytest.raises(StackRefusal) as refused:
        template.read(given if isinstance(given, str) else json.dumps(given))
    assert (refused.value.code, told in refused.value.message) == ("ValidationError", True), refused.value.message


def test_a_type_that_nobody_knows_is_refused_by_name(plain: StackSubject) -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
    held = json.dumps({"Resources": {**released()["Resources"], "Table": table}})
    for operation, more in (
        ("create_stack", {}),
        ("create_change_set", {"ChangeSetName": "n", "ChangeSetType": "CREATE"}),
    ):
        code, message = plain.refused(operation, TemplateBody=held, **more)
        assert code == "ValidationError"
        assert "Unrecognized resource types: [AWS::DynamoDB::Table (Table)]" in message
    assert plain.refused("describe_stacks")[0] == "ValidationError"


def test_a_type_that_nobody_knows_may_stand_under_a_condition_that_is_false(plain: StackSubject) -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Condition": "No"}
    held = {**released(), "Conditions": {"No": {"Fn::Equals": ["a", "b"]}}}
    held["Resources"]["Table"] = table
    plain.create(held)
    assert (plain.status, "Table" in plain.resources()) == ("CREATE_COMPLETE", False)


def test_a_condition_that_turns_false_removes_its_resource(plain: StackSubject) -> None:
    def conditional(value: str) -> dict[str, Any]:
        held = released()
        held["Resources"]["Live"]["Condition"] = "Wanted"
        outputs = {"Alias": {"Condition": "Wanted", "Value": {"Ref": "Live"}}}
        return {**held, "Conditions": {"Wanted": {"Fn::Equals": [value, "yes"]}}, "Outputs": outputs}

    plain.create(conditional("yes"))
    assert list(plain.outputs()) == ["Alias"]
    plain.update(conditional("no"))
    assert (plain.writes(), plain.outputs()) == (["DeleteAlias"], {})


def test_the_type_of_a_resource_cannot_change(plain: StackSubject) -> None:
    plain.create(resources(A=PARAMETER))
    other = json.dumps(resources(A={"Type": "AWS::CDK::Metadata"}))
    code, message = plain.refused("update_stack", TemplateBody=other)
    assert (code, "resource type of the following resources: [A]" in message) == ("ValidationError", True)


def test_stacks_import_what_others_export(plain: StackSubject) -> None:
    name = f"export-{plain.name}"
    exporting = {
        **resources(A=PARAMETER),
        "Outputs": {"Value": {"Value": {"Fn::GetAtt": ["A", "Value"]}, "Export": {"Name": name}}},
    }
    plain.create(exporting)
    user = f"{plain.name}-user"
    importing = resources(
        B={"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::ImportValue": name}}}
    )
    plain.client.create_stack(StackName=user, TemplateBody=json.dumps(importing))
    assert plain.client.list_imports(ExportName=name)["Imports"] == [user]
    exports = {one["Name"]: one["Value"] for one in plain.client.list_exports()["Exports"]}
    assert exports[name] == "v"
    assert plain.refused("delete_stack") == (
        "ValidationError",
        f"Export {name} cannot be deleted as it is in use by {user}",
    )
    plain.client.delete_stack(StackName=user)
    plain("delete_stack")
    assert plain.refused("describe_stacks")[0] == "ValidationError"


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-central-1.amazonaws.com/{bucket}/a/t.json",
        "https://{bucket}.s3.eu-central-1.amazonaws.com/a/t.json",
        "https://{bucket}.s3.amazonaws.com/a/t.json",
        "http://127.0.0.1:{port}/{bucket}/a/t.json",
        "http://localhost:{port}/{bucket}/a/t.json",
    ],
)
def test_a_template_may_be_an_object_of_s3(plain: StackSubject, url: str) -> None:
    s3: Any = boto3.client("s3", endpoint_url=plain.local.endpoint_url, region_name=plain.local.region)
    bucket = f"templates-{plain.name}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": plain.local.region})
    s3.put_object(Bucket=bucket, Key="a/t.json", Body=json.dumps(plain.named(released())))
    located = url.format(bucket=bucket, port=plain.local.endpoint_url.rpartition(":")[2])
    plain("create_stack", TemplateURL=located)
    assert plain.status == "CREATE_COMPLETE"
    code, message = plain.refused("update_stack", TemplateURL=f"{located}x")
    assert (code, "The specified key does not exist." in message) == ("ValidationError", True)


def test_a_request_without_a_template_is_refused(plain: StackSubject) -> None:
    assert plain.refused("create_stack") == (
        "ValidationError",
        "Either Template URL or Template Body must be specified.",
    )
