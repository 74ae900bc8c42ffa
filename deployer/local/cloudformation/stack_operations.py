"""CreateStack, UpdateStack, DeleteStack, RollbackStack, ContinueUpdateRollback, UpdateTerminationProtection.

An operation is done when its request is answered. A second one meanwhile is refused by the stack's state, as are those
that CloudFormation takes in some states only.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation import deployment, preview
from deployer.local.cloudformation.desk import Desk
from deployer.local.cloudformation.operation import Operation, Wish
from deployer.local.cloudformation.refusals import exists, invalid
from deployer.local.cloudformation.stack import NOTHING, Deployment, Imports, OnFailure, Stack

Members = Mapping[str, Any]

_UPDATABLE: Final = frozenset(
    {
        "CREATE_COMPLETE", "CREATE_FAILED", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE",
        "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE",
    }
)  # fmt: skip


def create_stack(desk: Desk, members: Members) -> Members:
    """A new stack, as it is after the attempt to make it."""
    name = members["StackName"]
    wished = wish(members, members.get("OnFailure"))
    with desk.realm.lock:
        if desk.realm.find(name) is not None:
            raise exists(f"Stack [{name}] already exists")
        stack = opened(desk, name)
        stack.deployed = deployment.requested(desk, members, NOTHING, name, stack.stack_id)
        stack.protected = members.get("EnableTerminationProtection", False)
        begin(desk, stack, "CREATE_IN_PROGRESS", members)
        desk.realm.stacks[stack.stack_id] = stack
    operation(desk, stack, wished).create()
    return {"StackId": stack.stack_id}


def update_stack(desk: Desk, members: Members) -> Members:
    """The stack by another template or other parameters; refused when that would change nothing."""
    with desk.realm.lock:
        stack = desk.realm.stack(members["StackName"])
        refuse_unless_updatable(stack)
        asked = deployment.requested(desk, members, stack.deployed, stack.name, stack.stack_id)
        if not preview.changes(desk, stack, asked).any:
            raise invalid("No updates are to be performed.")
        begin(desk, stack, "UPDATE_IN_PROGRESS", members)
    update(desk, stack, asked, wish(members, None))
    return {"StackId": stack.stack_id}


def delete_stack(desk: Desk, members: Members) -> Members:
    """Nothing more of the stack but what policies keep; a stack that is not there is no error."""
    with desk.realm.lock:
        stack = desk.realm.find(members["StackName"])
        if stack is None or stack.deleted is not None:
            return {}
        retained = frozenset(members.get("RetainResources", ()))
        _refuse_deletion(desk, stack, retained)
        begin(desk, stack, "DELETE_IN_PROGRESS", members)
    operation(desk, stack, Wish()).delete(retained)
    return {}


def rollback_stack(desk: Desk, members: Members) -> Members:
    """After a failure that was left as it was: back to what there was before."""
    with desk.realm.lock:
        stack = desk.realm.stack(members["StackName"])
        if stack.status not in {"CREATE_FAILED", "UPDATE_FAILED"}:
            raise invalid(f"Stack {stack.name} is in {stack.status} state and can not be rolled back.")
        creating = stack.status == "CREATE_FAILED"
        stack.token = members.get("ClientRequestToken", "")
        stack.status = "ROLLBACK_IN_PROGRESS" if creating else "UPDATE_ROLLBACK_IN_PROGRESS"
    going_back = operation(desk, stack, wish(members, None))
    if creating:
        going_back.undo_creation()
    else:
        going_back.roll_back("User Initiated")
    return {"StackId": stack.stack_id}


def continue_update_rollback(desk: Desk, members: Members) -> Members:
    """A rollback that failed, again; resources may be left as they are."""
    with desk.realm.lock:
        stack = desk.realm.stack(members["StackName"])
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise invalid(f"Stack {stack.name} is in {stack.status} state and can not continue a rollback.")
        stack.token = members.get("ClientRequestToken", "")
        stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    operation(desk, stack, Wish()).roll_back("User Initiated", frozenset(members.get("ResourcesToSkip", ())))
    return {}


def update_termination_protection(desk: Desk, members: Members) -> Members:
    """Whether DeleteStack is refused."""
    stack = desk.realm.stack(members["StackName"])
    stack.protected = members["EnableTerminationProtection"]
    return {"StackId": stack.stack_id}


def opened(desk: Desk, name: str) -> Stack:
    """A stack that nothing has happened to yet, and that the realm does not have yet."""
    realm = desk.realm
    stack_id = f"arn:aws:cloudformation:{realm.region}:{realm.account}:stack/{name}/{uuid.uuid4()}"
    return Stack(name, stack_id, realm.account, realm.region, desk.clock(), "REVIEW_IN_PROGRESS")


def begin(desk: Desk, stack: Stack, status: str, members: Members) -> None:
    """From here on no other operation is let in."""
    stack.token = members.get("ClientRequestToken", "")
    desk.chronicle(stack).operation_begins(status, "User Initiated")


def update(desk: Desk, stack: Stack, asked: Deployment, wished: Wish) -> None:
    """The update that `begin` has announced."""
    before = stack.snapshot()
    stack.deployed, stack.changed = asked, desk.clock()
    operation(desk, stack, wished).update(before)


def take_over(desk: Desk, stack: Stack, asked: Deployment, imports: Imports) -> None:
    """The import that `begin` has announced."""
    before = stack.snapshot()
    stack.deployed, stack.changed = asked, desk.clock()
    operation(desk, stack, Wish()).take_over(before, imports)


def operation(desk: Desk, stack: Stack, wished: Wish) -> Operation:
    """An operation on the stack as it is to be."""
    scope = deployment.scope(desk, stack.deployed, stack.name, stack.stack_id)
    stack.rollback_disabled = wished.on_failure == "DO_NOTHING"
    return Operation(stack, desk.handling(stack), desk.chronicle(stack), scope, wished)


def wish(members: Members, on_failure: OnFailure | None) -> Wish:
    """What the request says of failures."""
    disabled = members.get("DisableRollback", False)
    if disabled and on_failure is not None:
        raise invalid("You may only specify either OnFailure or DisableRollback, not both")
    default: OnFailure = "DO_NOTHING" if disabled else "ROLLBACK"
    return Wish(on_failure or default, members.get("RetainExceptOnCreate", False))


def refuse_unless_updatable(stack: Stack) -> None:
    """An update begins in few states."""
    if stack.status not in _UPDATABLE:
        raise invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def _refuse_deletion(desk: Desk, stack: Stack, retained: frozenset[str]) -> None:
    if stack.protected:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.busy:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
    if retained and stack.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{stack.stack_id}]. Resources can be retained only when the stack is in "
            "DELETE_FAILED state"
        )
    exported = {one.export for one in stack.outputs if one.export}
    for other in desk.realm.living():
        used = sorted(exported & other.imported) if other is not stack else []
        if used:
            raise invalid(f"Export {used[0]} cannot be deleted as it is in use by {other.name}")
