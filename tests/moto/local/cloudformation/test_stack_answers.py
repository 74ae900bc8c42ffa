"""What can be asked of stacks, and what is answered to requests that mean nothing."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import deployer.local
from deployer.local.cloudformation import service
from deployer.local.cloudformation.resources import KINDS, Made

from .subject import StackSubject
from .templates import function, released

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=me/20260101/eu-central-1/cloudformation/aws4_request, SignedHeaders=a, Signature=0"
)


def test_a_stack_is_described_by_name_and_by_id(plain: StackSubject) -> None:
    template = {**released(), "Description": "a stack"}
    plain.create(template, Tags=[{"Key": "team", "Value": "one"}], EnableTerminationProtection=True)
    described = plain.described()
    assert described == plain("describe_stacks", StackName=described["StackId"])["Stacks"][0]
    assert described["StackId"].startswith(f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{plain.name}/")
    told = {"Description": "a stack", "StackStatus": "CREATE_COMPLETE", "EnableTerminationProtection": True}
    assert told.items() <= described.items()
    assert described["Tags"] == [{"Key": "team", "Value": "one"}]


def test_events_are_told_newest_first_with_the_token_of_the_request(plain: StackSubject) -> None:
    plain.create(released(), ClientRequestToken="mine")
    events = plain("describe_stack_events")["StackEvents"]
    times = [one["Timestamp"] for one in events]
    assert times == sorted(times, reverse=True)
    assert len({round(time.timestamp() * 1000) for time in times}) == len(times), "clients sort by milliseconds"
    assert {one["ClientRequestToken"] for one in events} == {"mine"}
    made = next(one for one in events if one["LogicalResourceId"] == "Fn")
    assert json.loads(made["ResourceProperties"])["FunctionName"] == plain.name
    assert (made["ResourceType"], made["PhysicalResourceId"]) == ("AWS::Lambda::Function", plain.name)


def test_long_histories_come_in_pages(plain: StackSubject) -> None:
    parameters = {f"P{index}": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "x"}} for index in range(40)}
    plain.create({"Resources": parameters})
    first = plain("describe_stack_events")
    assert (len(first["StackEvents"]), first["NextToken"]) == (100, "100")
    assert len(plain.events()) == 40 * 3 + 2
    assert plain.refused("describe_stack_events", NextToken="x")[0] == "ValidationError"


def test_resources_are_told_in_three_ways(plain: StackSubject) -> None:
    plain.create(released())
    listed = plain("list_stack_resources")["StackResourceSummaries"]
    assert [(one["LogicalResourceId"], one["ResourceStatus"]) for one in listed] == [
        ("Fn", "CREATE_COMPLETE"),
        ("Live", "CREATE_COMPLETE"),
        ("V1", "CREATE_COMPLETE"),
    ]
    one = plain("describe_stack_resource", LogicalResourceId="V1")["StackResourceDetail"]
    assert (one["ResourceType"], one["PhysicalResourceId"].endswith(":1")) == ("AWS::Lambda::Version", True)
    (found,) = plain("describe_stack_resources", LogicalResourceId="Fn")["StackResources"]
    assert found["PhysicalResourceId"] == plain.name
    owned = plain.client.describe_stack_resources(PhysicalResourceId=plain.name)["StackResources"]
    assert {one["StackName"] for one in owned} == {plain.name}


def test_what_is_not_there_is_told_by_name(plain: StackSubject) -> None:
    gone = ("ValidationError", f"Stack with id {plain.name} does not exist")
    for operation in ("describe_stacks", "describe_stack_events", "list_stack_resources", "get_template"):
        assert plain.refused(operation) == gone
    plain.create(released())
    missing = ("ValidationError", f"Resource Nobody does not exist for stack {plain.name}")
    assert plain.refused("describe_stack_resource", LogicalResourceId="Nobody") == missing
    assert plain.refused("describe_stack_resources", LogicalResourceId="Nobody") == missing
    with pytest.raises(ClientError, match="Stack for nothing does not exist"):
        plain.client.describe_stack_resources(PhysicalResourceId="nothing")
    with pytest.raises(ClientError, match="is not imported by any stack"):
        plain.client.list_imports(ExportName="nothing")
    with pytest.raises(ClientError, match="does not exist"):
        plain.client.get_template(ChangeSetName="arn:nothing-of-that-name")


def test_stacks_are_listed_with_deleted_ones(plain: StackSubject) -> None:
    plain.create(released())
    plain("delete_stack")
    plain.create(released())

    def listed(**given: Any) -> list[str]:
        pages = plain.client.get_paginator("list_stacks").paginate(**given)
        found = [one for page in pages for one in page["StackSummaries"]]
        return [one["StackStatus"] for one in found if one["StackName"] == plain.name]

    assert listed() == ["CREATE_COMPLETE", "DELETE_COMPLETE"]
    assert listed(StackStatusFilter=["DELETE_COMPLETE"]) == ["DELETE_COMPLETE"]
    pages = plain.client.get_paginator("describe_stacks").paginate()
    described = [one["StackName"] for page in pages for one in page["Stacks"]]
    assert described.count(plain.name) == 1


def test_a_template_is_told_as_it_was_given(plain: StackSubject) -> None:
    text = "# mine\nResources: {A: {Type: 'AWS::CDK::Metadata'}}\n"
    plain("create_stack", TemplateBody=text)
    for stage in ("Original", "Processed"):
        told = plain("get_template", TemplateStage=stage)
        assert (told["TemplateBody"], told["StagesAvailable"]) == (text, ["Original", "Processed"])


def test_a_template_is_summed_up_and_validated(plain: StackSubject) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "d",
        "Metadata": {"a": 1},
        "Parameters": {"Size": {"Type": "Number", "Default": 1, "AllowedValues": [1, 2], "Description": "size"}},
        "Resources": {"Role": role, "Fn": function()},
    }
    body = json.dumps(template)
    summary = plain.client.get_template_summary(TemplateBody=body)
    assert summary["ResourceTypes"] == ["AWS::IAM::Role", "AWS::Lambda::Function"]
    assert (summary["Capabilities"], json.loads(summary["Metadata"])) == (["CAPABILITY_IAM"], {"a": 1})
    declared = {"ParameterKey": "Size", "DefaultValue": "1", "NoEcho": False, "Description": "size"}
    more = {"ParameterType": "Number", "ParameterConstraints": {"AllowedValues": ["1", "2"]}}
    assert summary["Parameters"] == [{**declared, **more}]
    validated = plain.client.validate_template(TemplateBody=body)
    assert (validated["Parameters"], validated["Description"]) == ([declared], "d")
    with pytest.raises(ClientError, match="not well-formed"):
        plain.client.validate_template(TemplateBody="{")


@pytest.mark.parametrize(
    ("named", "granted", "told"),
    [
        ({}, [], "Requires capabilities : [CAPABILITY_IAM]"),
        ({"RoleName": "r"}, ["CAPABILITY_IAM"], "Requires capabilities : [CAPABILITY_NAMED_IAM]"),
    ],
)
def test_roles_need_a_capability(plain: StackSubject, named: dict[str, str], granted: list[str], told: str) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, **named}}
    body = json.dumps({"Resources": {"Role": role}})
    assert plain.refused("create_stack", TemplateBody=body, Capabilities=granted) == (
        "InsufficientCapabilitiesException",
        told,
    )


def test_a_stack_is_created_once(plain: StackSubject) -> None:
    plain.create(released())
    body = json.dumps(released())
    assert plain.refused("create_stack", TemplateBody=body) == (
        "AlreadyExistsException",
        f"Stack [{plain.name}] already exists",
    )


def test_nothing_to_update_is_refused(stack: StackSubject) -> None:
    stack.create(released())
    stack.mark()
    body = json.dumps(stack.named(released()))
    nothing = ("ValidationError", "No updates are to be performed.")
    assert stack.refused("update_stack", TemplateBody=body) == nothing
    assert stack.refused("update_stack", UsePreviousTemplate=True) == nothing
    assert stack.refused("update_stack", TemplateBody=body.replace('"Description"', '"Description" ')) == nothing
    assert (stack.writes(), stack.events()) == ([], [])


def test_other_tags_are_an_update(plain: StackSubject) -> None:
    plain.create(released())
    plain("update_stack", UsePreviousTemplate=True, Tags=[{"Key": "a", "Value": "b"}])
    assert (plain.status, plain.described()["Tags"]) == ("UPDATE_COMPLETE", [{"Key": "a", "Value": "b"}])


def test_a_protected_stack_is_not_deleted(plain: StackSubject) -> None:
    plain.create(released(), EnableTerminationProtection=True)
    assert plain.refused("delete_stack") == (
        "ValidationError",
        f"Stack [{plain.name}] cannot be deleted while TerminationProtection is enabled",
    )
    plain("update_termination_protection", EnableTerminationProtection=False)
    plain("delete_stack")
    assert plain.refused("describe_stacks")[0] == "ValidationError"


def test_deleting_what_is_not_there_is_no_error(plain: StackSubject) -> None:
    plain("delete_stack")


def test_on_failure_and_disable_rollback_exclude_each_other(plain: StackSubject) -> None:
    body = json.dumps(released())
    told = plain.refused("create_stack", TemplateBody=body, OnFailure="DELETE", DisableRollback=True)
    assert told == ("ValidationError", "You may only specify either OnFailure or DisableRollback, not both")
    assert plain.refused("describe_stacks")[0] == "ValidationError"


def test_an_operation_that_is_not_known_is_an_error(plain: StackSubject) -> None:
    assert plain.refused("detect_stack_drift") == (
        "NotImplementedException",
        "The embedded CloudFormation does not know DetectStackDrift.",
    )


def test_every_operation_is_in_the_model(plain: StackSubject) -> None:
    known = set(plain.client.meta.service_model.operation_names)
    assert service.OPERATIONS.keys() <= known


def sent(plain: StackSubject, body: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection(plain.local.endpoint_url.removeprefix("http://"))) as connection:
        connection.request("POST", "/", body, {"Authorization": SIGNED})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "InvalidAction"),
        ("Action=Nothing", "InvalidAction"),
        ("Action=CreateStack", "Value null at &apos;stackName&apos;"),
        ("Action=DescribeChangeSet&StackName=%3Cx%3E&ChangeSetName=y", "Stack with id &lt;x&gt; does not exist"),
    ],
)
def test_a_request_that_means_nothing_is_refused_in_xml(plain: StackSubject, body: str, told: str) -> None:
    status, answer = sent(plain, body)
    assert (status, answer.startswith("<ErrorResponse")) == (400, True)
    assert told in answer.replace("'", "&apos;")


def test_calls_are_in_the_journal_of_the_server(plain: StackSubject) -> None:
    plain.create(released())
    seen = [(one.service, one.operation, one.error) for one in plain.local.calls[plain.marked[1] :]]
    assert seen[-1] == ("cloudformation", "CreateStack", None)
    assert ("lambda", "CreateAlias", None) in seen
    plain.refused("update_stack", UsePreviousTemplate=True)
    assert plain.local.calls[-1].error == "ValidationError"


def test_regions_and_servers_know_nothing_of_each_other(plain: StackSubject) -> None:
    plain.create(released())
    elsewhere: Any = boto3.client("cloudformation", endpoint_url=plain.local.endpoint_url, region_name="us-east-1")
    with pytest.raises(ClientError, match="does not exist"):
        elsewhere.describe_stacks(StackName=plain.name)


def test_a_reset_forgets_stacks_and_faults() -> None:
    with deployer.local.start() as local:
        stack = StackSubject(local, "forgotten")
        stack.create(released())
        local.fail_resource("AWS::Lambda::Alias")
        local.reset()
        assert stack.refused("describe_stacks")[0] == "ValidationError"
        stack.create(released())
        assert stack.status == "CREATE_COMPLETE"


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Making a metadata resource begins, and goes on, when these say so."""
    begun, go_on = threading.Event(), threading.Event()
    kind = KINDS["AWS::CDK::Metadata"]

    def slow(_site: Any, _properties: Mapping[str, Any]) -> Made:
        begun.set()
        assert go_on.wait(10)
        return Made("slow", {})

    monkeypatch.setitem(KINDS, kind.type_name, replace(kind, create=slow))
    return begun, go_on


def test_one_operation_at_a_time(plain: StackSubject, held_up: tuple[threading.Event, threading.Event]) -> None:
    begun, go_on = held_up
    plain.create(released())
    longer = released()
    longer["Resources"]["Slow"] = {"Type": "AWS::CDK::Metadata", "DependsOn": "Live"}
    updating = in_background(lambda: plain.update(longer))
    assert begun.wait(10)
    stack_id = plain.described()["StackId"]
    assert plain.status == "UPDATE_IN_PROGRESS"
    assert plain.refused("update_stack", UsePreviousTemplate=True) == (
        "ValidationError",
        f"Stack:{stack_id} is in UPDATE_IN_PROGRESS state and can not be updated.",
    )
    assert plain.refused("delete_stack") == (
        "ValidationError",
        f"Stack [{plain.name}] cannot be deleted while in status UPDATE_IN_PROGRESS",
    )
    assert plain.events()[-1] == ("Slow", "CREATE_IN_PROGRESS")
    go_on.set()
    updating.join()
    assert plain.status == "UPDATE_COMPLETE"


def in_background(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run)
    thread.start()
    return thread
