"""Which events belong together: the CDK CLI tells of the last deployment alone, and of the failures in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from .templates import function, released

if TYPE_CHECKING:
    from .subject import StackSubject

ALIAS = "AWS::Lambda::Alias"


def told(stack: StackSubject) -> list[dict[str, Any]]:
    """All events, the newest first."""
    found: list[dict[str, Any]] = stack("describe_stack_events")["StackEvents"]
    return found


def operations(stack: StackSubject) -> list[tuple[str, str]]:
    """The first and the last status of each operation, the oldest first."""
    groups = [list(group) for _, group in groupby(told(stack)[::-1], key=lambda event: event["OperationId"])]
    assert len({group[0]["OperationId"] for group in groups}) == len(groups)
    return [(group[0]["ResourceStatus"], group[-1]["ResourceStatus"]) for group in groups]


def last_attempt(stack: StackSubject) -> list[str]:
    """The reasons of what failed, read as the CDK CLI does: back over a rollback to the operation before it."""
    seen: list[str] = []
    failures = []
    for event in told(stack):
        if event["OperationId"] not in seen:
            if len(seen) == 2:
                break
            seen.append(event["OperationId"])
        if event["ResourceStatus"].endswith("_FAILED"):
            failures.append(event["ResourceStatusReason"])
    return failures


def test_every_operation_has_an_id_of_its_own_and_so_has_its_rollback(plain: StackSubject) -> None:
    plain.create(released())
    plain.local.fail_resource(ALIAS)
    plain.update(released("x = 2", "V2"))
    plain.update(released("x = 3", "V3"))
    plain.local.fail_resource(ALIAS)
    plain.update(released("x = 4", "V4"), DisableRollback=True)
    plain("rollback_stack")
    assert operations(plain) == [
        ("CREATE_IN_PROGRESS", "CREATE_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "UPDATE_FAILED"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "UPDATE_FAILED"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    ]


@pytest.mark.parametrize(
    ("on_failure", "undone"),
    [
        ("ROLLBACK", ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE")),
        ("DELETE", ("DELETE_IN_PROGRESS", "DELETE_COMPLETE")),
    ],
)
def test_what_undoes_a_creation_is_an_operation_too(
    plain: StackSubject, on_failure: str, undone: tuple[str, str]
) -> None:
    plain.local.fail_resource(ALIAS)
    answer = plain("create_stack", TemplateBody=json.dumps(plain.named(released())), OnFailure=on_failure)
    plain.name = answer["StackId"]
    assert operations(plain) == [("CREATE_IN_PROGRESS", "CREATE_FAILED"), undone]


def test_the_failures_of_an_earlier_update_are_not_those_of_the_last(plain: StackSubject) -> None:
    plain.create(released())
    plain.local.fail_resource(ALIAS)
    plain.update(released("x = 2", "V2"))
    plain.local.fail_resource("AWS::Lambda::Function")
    plain.update(released("x = 3", "V3"))
    (reason,) = last_attempt(plain)
    assert "AWS::Lambda::Function: a test wants this to fail" in reason


def test_what_happened_before_a_change_set_is_older_than_it_on_a_clock_that_stands_still(
    plain: StackSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CDK CLI tells of the events since the change set was made, to the millisecond."""
    now = datetime.now(UTC)
    monkeypatch.setattr(plain.local._cloudformation, "clock", lambda: now)
    plain.create(released())
    before = told(plain)
    template = json.dumps(plain.named({"Resources": {"Fn": function("x = 2")}}))
    plain("create_change_set", ChangeSetName="next", TemplateBody=template)
    made = plain("describe_change_set", ChangeSetName="next")["CreationTime"]
    plain("execute_change_set", ChangeSetName="next")
    since = [event for event in told(plain) if event["Timestamp"] >= made]
    assert len(since) == len(told(plain)) - len(before)
