"""CreateChangeSet, DescribeChangeSet, ExecuteChangeSet, DeleteChangeSet, ListChangeSets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation import deployment, imports, preview, stack_operations
from deployer.local.cloudformation.desk import Desk
from deployer.local.cloudformation.imports import ImportFailed
from deployer.local.cloudformation.refusals import StackRefusal, exists, invalid, no_change_set
from deployer.local.cloudformation.stack import NOTHING, ChangeSet, Deployment, Imports, Stack

Members = Mapping[str, Any]

_UNCHANGED: Final = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


def create_change_set(desk: Desk, members: Members) -> Members:
    """What deploying would do, put down; one that would do nothing is there too, as FAILED."""
    kind = members.get("ChangeSetType", "UPDATE")
    if kind not in {"CREATE", "UPDATE", "IMPORT"}:
        raise invalid(f"The embedded CloudFormation does not make change sets of type {kind}")
    with desk.realm.lock:
        stack, fresh = _subject(desk, members["StackName"], members["ChangeSetName"], kind)
        if any(one.name == members["ChangeSetName"] for one in stack.change_sets.values()):
            raise exists(f"ChangeSet {members['ChangeSetName']} already exists")
        made = _made(desk, stack, members, kind)
        if fresh:
            desk.realm.stacks[stack.stack_id] = stack
            desk.chronicle(stack).operation_begins("REVIEW_IN_PROGRESS", "User Initiated")
        stack.change_sets[made.arn] = made
    return {"Id": made.arn, "StackId": stack.stack_id}


def _subject(desk: Desk, name: str, change_set: str, kind: str) -> tuple[Stack, bool]:
    """The stack that it is for, and whether that is only now opened."""
    found = desk.realm.find(name)
    if kind == "UPDATE" or (kind == "IMPORT" and found is not None and found.status != "REVIEW_IN_PROGRESS"):
        if found is None or found.deleted is not None:
            raise invalid(f"Stack [{name}] does not exist")
        stack_operations.refuse_unless_updatable(found)
        return found, False
    if found is None:
        return stack_operations.opened(desk, name), True
    if found.status != "REVIEW_IN_PROGRESS":
        raise invalid(f"Stack [{name}] already exists and cannot be created again with the changeSet [{change_set}].")
    return found, False


def _made(desk: Desk, stack: Stack, members: Members, kind: str) -> ChangeSet:
    previous = NOTHING if kind == "CREATE" else stack.deployed
    asked = deployment.requested(desk, members, previous, stack.name, stack.stack_id)
    wished = imports.requested(desk, stack, asked, members) if kind == "IMPORT" else {}
    changes, failure = _foreseen(desk, stack, asked, wished)
    realm = desk.realm
    arn = f"arn:aws:cloudformation:{realm.region}:{realm.account}:changeSet/{members['ChangeSetName']}/{uuid.uuid4()}"
    return ChangeSet(
        name=members["ChangeSetName"],
        arn=arn,
        kind=kind,
        deployment=asked,
        created=desk.chronicle(stack).now(),
        status="FAILED" if failure else "CREATE_COMPLETE",
        reason=failure,
        execution="UNAVAILABLE" if failure else "AVAILABLE",
        changes=changes,
        description=members.get("Description", ""),
        on_failure=members.get("OnStackFailure"),
        imports=wished,
    )


def _foreseen(
    desk: Desk, stack: Stack, asked: Deployment, wished: Imports
) -> tuple[tuple[Mapping[str, Any], ...], str]:
    """The changes, and why there can be none."""
    if wished:
        try:
            return imports.found(desk, stack, asked, wished), ""
        except ImportFailed as error:
            return (), error.reason
    foreseen = preview.changes(desk, stack, asked)
    return foreseen.resources, "" if foreseen.any else _UNCHANGED


def describe_change_set(desk: Desk, members: Members) -> Members:
    """The change set with all its changes."""
    stack, found = _found(desk, members)
    return {
        **_summary(stack, found),
        "Parameters": [one.shown() for one in found.deployment.parameters.values()],
        "NotificationARNs": list(found.deployment.notifications),
        "Capabilities": list(found.deployment.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in found.deployment.tags.items()],
        "Changes": list(found.changes),
        "OnStackFailure": found.on_failure,
    }


def list_change_sets(desk: Desk, members: Members) -> Members:
    """The change sets of a stack."""
    stack = desk.realm.stack(members["StackName"])
    return {"Summaries": [_summary(stack, one) for one in list(stack.change_sets.values())]}


def _summary(stack: Stack, one: ChangeSet) -> dict[str, Any]:
    return {
        "ChangeSetName": one.name,
        "ChangeSetId": one.arn,
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "Description": one.description or None,
        "CreationTime": one.created,
        "ExecutionStatus": one.execution,
        "Status": one.status,
        "StatusReason": one.reason or None,
        "IncludeNestedStacks": False,
    }


def delete_change_set(desk: Desk, members: Members) -> Members:
    """Forget it; that it is not there is no error, unless its stack is not."""
    if members["ChangeSetName"].startswith("arn:") or "StackName" in members:
        try:
            stack, found = _found(desk, members)
        except StackRefusal as refusal:
            if refusal.code != "ChangeSetNotFound":
                raise
            return {}
        del stack.change_sets[found.arn]
        return {}
    raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")


def execute_change_set(desk: Desk, members: Members) -> Members:
    """Carry it out; the other change sets of the stack are obsolete then."""
    with desk.realm.lock:
        stack, found = _found(desk, members)
        if found.execution != "AVAILABLE":
            raise StackRefusal(
                "InvalidChangeSetStatus",
                f"ChangeSet [{found.arn}] cannot be executed in its current status of [{found.status}]",
            )
        verb = _verb(stack, found)
        for other in stack.change_sets.values():
            other.execution = "OBSOLETE"
        found.execution = "EXECUTE_IN_PROGRESS"
        stack.change_set_id = found.arn
        stack_operations.begin(desk, stack, f"{verb}_IN_PROGRESS", members)
    _carry_out(desk, stack, found, members, verb)
    found.execution = "EXECUTE_COMPLETE" if stack.status == f"{verb}_COMPLETE" else "EXECUTE_FAILED"
    return {}


def _verb(stack: Stack, found: ChangeSet) -> str:
    """What is done to the stack, as its statuses say it. Raises StackRefusal for a stack that it cannot be done to."""
    if stack.status != "REVIEW_IN_PROGRESS":
        stack_operations.refuse_unless_updatable(stack)
        return "IMPORT" if found.kind == "IMPORT" else "UPDATE"
    return "IMPORT" if found.kind == "IMPORT" else "CREATE"


def _carry_out(desk: Desk, stack: Stack, found: ChangeSet, members: Members, verb: str) -> None:
    match verb:
        case "IMPORT":
            stack_operations.take_over(desk, stack, found.deployment, found.imports)
        case "CREATE":
            stack.deployed = found.deployment
            wished = stack_operations.wish(members, found.on_failure)
            stack_operations.operation(desk, stack, wished).create()
        case _:
            stays = {"DisableRollback": True} if found.on_failure == "DO_NOTHING" else {}
            stack_operations.update(desk, stack, found.deployment, stack_operations.wish({**members, **stays}, None))


def _found(desk: Desk, members: Members) -> tuple[Stack, ChangeSet]:
    """By ARN, or by name within a stack."""
    name = members["ChangeSetName"]
    stacks = [desk.realm.stack(members["StackName"])] if "StackName" in members else list(desk.realm.stacks.values())
    for stack in stacks:
        for one in list(stack.change_sets.values()):
            if name in {one.arn, one.name}:
                return stack, one
    raise no_change_set(name)
