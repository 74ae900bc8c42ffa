"""What can be asked of stacks: Describe*, List*, GetTemplate, GetTemplateSummary, ValidateTemplate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from deployer.local.cloudformation import deployment, imports, template
from deployer.local.cloudformation.desk import Desk
from deployer.local.cloudformation.intrinsics import text
from deployer.local.cloudformation.refusals import invalid, no_stack
from deployer.local.cloudformation.stack import NOTHING, Event, Resource, Stack

Members = Mapping[str, Any]

_PAGE: Final = 100


def describe_stacks(desk: Desk, members: Members) -> Members:
    """One stack, also a deleted one by its id; without a name all that are not deleted."""
    if "StackName" in members:
        return {"Stacks": [_stack(desk.realm.stack(members["StackName"]))]}
    return _page(members, [_stack(stack) for stack in reversed(desk.realm.living())], "Stacks")


def _stack(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set_id,
        "Description": stack.deployed.template.description,
        "Parameters": [one.shown() for one in stack.deployed.parameters.values()],
        "CreationTime": stack.created,
        "DeletionTime": stack.deleted,
        "LastUpdatedTime": stack.changed,
        "RollbackConfiguration": {},
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "DisableRollback": stack.rollback_disabled,
        "NotificationARNs": list(stack.deployed.notifications),
        "Capabilities": list(stack.deployed.capabilities),
        "Outputs": [
            {
                "OutputKey": one.key,
                "OutputValue": one.value,
                "Description": one.description or None,
                "ExportName": one.export or None,
            }
            for one in stack.outputs
        ],
        "RoleARN": stack.deployed.role,
        "Tags": [{"Key": key, "Value": value} for key, value in stack.deployed.tags.items()],
        "EnableTerminationProtection": stack.protected,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def list_stacks(desk: Desk, members: Members) -> Members:
    """All stacks, deleted ones too, by status if the request says so."""
    statuses = set(members.get("StackStatusFilter", ()))
    summaries = [
        {
            "StackId": stack.stack_id,
            "StackName": stack.name,
            "TemplateDescription": stack.deployed.template.description,
            "CreationTime": stack.created,
            "LastUpdatedTime": stack.changed,
            "DeletionTime": stack.deleted,
            "StackStatus": stack.status,
            "StackStatusReason": stack.reason or None,
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        }
        for stack in reversed(list(desk.realm.stacks.values()))
        if not statuses or stack.status in statuses
    ]
    return _page(members, summaries, "StackSummaries")


def describe_stack_events(desk: Desk, members: Members) -> Members:
    """The newest first."""
    stack = desk.realm.stack(members["StackName"])
    return _page(members, [_event(stack, one) for one in reversed(tuple(stack.events))], "StackEvents")


def _event(stack: Stack, one: Event) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "EventId": one.event_id,
        "StackName": stack.name,
        "OperationId": one.operation_id,
        "LogicalResourceId": one.logical_id,
        "PhysicalResourceId": one.physical_id,
        "ResourceType": one.type_name,
        "Timestamp": one.time,
        "ResourceStatus": one.status,
        "ResourceStatusReason": one.reason or None,
        "ResourceProperties": None if one.properties is None else json.dumps(one.properties),
        "ClientRequestToken": one.token or None,
    }


def describe_stack_resources(desk: Desk, members: Members) -> Members:
    """All resources of a stack, or the one that is named, or those of the stack that has a physical resource."""
    physical_id, wanted = members.get("PhysicalResourceId"), members.get("LogicalResourceId")
    stack = _owner(desk, physical_id) if physical_id else desk.realm.stack(members.get("StackName", ""))
    shown = [
        {**_resource(one, "Timestamp"), "StackName": stack.name, "StackId": stack.stack_id}
        for one in _resources(stack)
        if wanted in {None, one.logical_id}
    ]
    if wanted is not None and not shown:
        raise _no_resource(stack, wanted)
    return {"StackResources": shown}


def describe_stack_resource(desk: Desk, members: Members) -> Members:
    """One resource with its metadata."""
    stack = desk.realm.stack(members["StackName"])
    name = members["LogicalResourceId"]
    if name not in stack.resources:
        raise _no_resource(stack, name)
    one = stack.resources[name]
    metadata = {"Metadata": json.dumps(one.declared.metadata or {})}
    named = {"StackName": stack.name, "StackId": stack.stack_id}
    return {"StackResourceDetail": {**_resource(one, "LastUpdatedTimestamp"), **metadata, **named}}


def list_stack_resources(desk: Desk, members: Members) -> Members:
    """All resources of a stack in short."""
    stack = desk.realm.stack(members["StackName"])
    shown = [_resource(one, "LastUpdatedTimestamp") for one in _resources(stack)]
    return _page(members, shown, "StackResourceSummaries")


def _resources(stack: Stack) -> Sequence[Resource]:
    return [one for _, one in sorted(dict(stack.resources).items())]


def _resource(one: Resource, changed: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": one.logical_id,
        "PhysicalResourceId": one.physical_id or None,
        "ResourceType": one.declared.type_name,
        changed: one.changed,
        "ResourceStatus": one.status,
        "ResourceStatusReason": one.reason or None,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def _owner(desk: Desk, physical_id: str) -> Stack:
    for stack in desk.realm.living():
        if any(one.physical_id == physical_id for one in list(stack.resources.values())):
            return stack
    raise invalid(f"Stack for {physical_id} does not exist")


def _no_resource(stack: Stack, name: str) -> Exception:
    return invalid(f"Resource {name} does not exist for stack {stack.name}")


def get_template(desk: Desk, members: Members) -> Members:
    """The template, of a stack or of a change set; without macros the processed one is the original."""
    stages = {"StagesAvailable": ["Original", "Processed"]}
    name = members.get("ChangeSetName")
    stack = desk.realm.stack(members["StackName"]) if "StackName" in members else None
    if name is None and stack is not None:
        return {"TemplateBody": stack.deployed.template.text, **stages}
    for holder in [stack] if stack is not None else desk.realm.living():
        for one in list(holder.change_sets.values()):
            if name in {one.arn, one.name}:
                return {"TemplateBody": one.deployment.template.text, **stages}
    raise no_stack(str(name))


def get_template_summary(desk: Desk, members: Members) -> Members:
    """Parameters, types and capabilities of a template, given or deployed."""
    read = _template(desk, members)
    types = sorted({one.type_name for one in read.resources.values()})
    metadata = read.sections.get("Metadata")
    return {
        **_capabilities(read),
        "Parameters": [_declaration(name, given) for name, given in read.section("Parameters").items()],
        "Description": read.description,
        "ResourceTypes": types,
        "Version": read.sections.get("AWSTemplateFormatVersion"),
        "Metadata": None if metadata is None else json.dumps(metadata),
        "DeclaredTransforms": [],
        "ResourceIdentifierSummaries": imports.summaries(read),
    }


def validate_template(desk: Desk, members: Members) -> Members:
    """The template's parameters, when nothing is wrong with it."""
    read = _template(desk, members)
    return {
        **_capabilities(read),
        "Description": read.description,
        "DeclaredTransforms": [],
        "Parameters": [_validated(name, given) for name, given in read.section("Parameters").items()],
    }


def _template(desk: Desk, members: Members) -> template.Template:
    if "StackName" in members:
        return desk.realm.stack(members["StackName"]).deployed.template
    return template.read(deployment.template_text(desk, members, NOTHING))


def _capabilities(read: template.Template) -> dict[str, Any]:
    needed = deployment.capability(read)
    if needed is None:
        return {"Capabilities": []}
    types = sorted({one.type_name for one in read.resources.values() if one.type_name.startswith("AWS::IAM::")})
    reason = f"The following resource(s) require capabilities: [{', '.join(types)}]"
    return {"Capabilities": [needed], "CapabilitiesReason": reason}


def _declaration(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = [text(value) for value in given.get("AllowedValues", ())]
    constraints = {"ParameterConstraints": {"AllowedValues": allowed}} if allowed else {}
    return {"ParameterType": given.get("Type"), **_validated(name, given), **constraints}


def _validated(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    default = given.get("Default")
    return {
        "ParameterKey": name,
        "DefaultValue": None if default is None else text(default),
        "NoEcho": text(given.get("NoEcho", False)) == "true",
        "Description": given.get("Description"),
    }


def list_exports(desk: Desk, members: Members) -> Members:
    """What the stacks of the region export."""
    exports = [
        {"ExportingStackId": stack.stack_id, "Name": one.export, "Value": one.value}
        for stack in desk.realm.living()
        for one in stack.outputs
        if one.export
    ]
    return _page(members, sorted(exports, key=lambda one: one["Name"]), "Exports")


def list_imports(desk: Desk, members: Members) -> Members:
    """The stacks that import an export."""
    name = members["ExportName"]
    users = [stack.name for stack in desk.realm.living() if name in stack.imported]
    if not users:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    return {"Imports": sorted(users)}


def _page(members: Members, entries: Sequence[Any], key: str) -> Members:
    """A hundred entries from NextToken on."""
    token = members.get("NextToken", "0")
    if not token.isdigit():
        raise invalid(f"Invalid NextToken: {token}")
    start = int(token)
    more = {"NextToken": str(start + _PAGE)} if start + _PAGE < len(entries) else {}
    return {key: list(entries[start : start + _PAGE]), **more}
