"""Change sets, as the command line of the CDK uses them."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from .subject import StackSubject
from .templates import Template, alias, function, released, weights

UNCHANGED = "The submitted information didn't contain changes. Submit different information to create a change set."


def propose(stack: StackSubject, template: Template, name: str = "next", **more: Any) -> dict[str, Any]:
    """Create a change set and wait as the command line does; gives what it says."""
    stack("create_change_set", ChangeSetName=name, TemplateBody=json.dumps(stack.named(template)), **more)
    # A change set that failed is what some of these tests look at.
    with contextlib.suppress(WaiterError):
        stack.client.get_waiter("change_set_create_complete").wait(StackName=stack.name, ChangeSetName=name)
    return stack("describe_change_set", ChangeSetName=name)


def changes(described: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Action and Replacement by logical id."""
    listed = [one["ResourceChange"] for one in described["Changes"]]
    return {one["LogicalResourceId"]: (one["Action"], one.get("Replacement")) for one in listed}


def carry_out(stack: StackSubject, name: str = "next", **more: Any) -> None:
    stack.mark()
    stack("execute_change_set", ChangeSetName=name, **more)


def test_one_that_creates_makes_a_stack_to_be_reviewed_first(stack: StackSubject) -> None:
    described = propose(stack, released(), ChangeSetType="CREATE")
    assert (stack.status, described["Status"], described["ExecutionStatus"]) == (
        "REVIEW_IN_PROGRESS",
        "CREATE_COMPLETE",
        "AVAILABLE",
    )
    assert changes(described) == {"Fn": ("Add", None), "V1": ("Add", None), "Live": ("Add", None)}
    assert stack.resources() == {}
    carry_out(stack)
    stack.client.get_waiter("stack_create_complete").wait(StackName=stack.name)
    assert stack.alias()["FunctionVersion"] == "1"
    assert stack("describe_change_set", ChangeSetName="next")["ExecutionStatus"] == "EXECUTE_COMPLETE"


def test_one_that_updates_tells_what_it_will_add_change_and_remove(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    described = propose(stack, released("x = 2", "V2"))
    assert changes(described) == {
        "Fn": ("Modify", "False"),
        "V2": ("Add", None),
        "Live": ("Modify", "False"),
        "V1": ("Remove", None),
    }
    assert stack.versions() == ["1"]
    carry_out(stack)
    stack.client.get_waiter("stack_update_complete").wait(StackName=stack.name)
    assert (stack.versions(), stack.alias()["FunctionVersion"]) == (["2"], "2")


def test_update_is_what_one_without_a_type_does(plain: StackSubject) -> None:
    assert plain.refused("create_change_set", ChangeSetName="next", TemplateBody=json.dumps(released())) == (
        "ValidationError",
        f"Stack [{plain.name}] does not exist",
    )


def test_one_without_changes_is_there_and_has_failed(plain: StackSubject) -> None:
    plain.create(released())
    described = propose(plain, released())
    assert (described["Status"], described["ExecutionStatus"], described["StatusReason"], described["Changes"]) == (
        "FAILED",
        "UNAVAILABLE",
        UNCHANGED,
        [],
    )
    code, message = plain.refused("execute_change_set", ChangeSetName="next")
    assert (code, "current status of [FAILED]" in message) == ("InvalidChangeSetStatus", True)


def test_a_changed_output_is_a_change_without_resources(plain: StackSubject) -> None:
    plain.create(released())
    described = propose(plain, {**released(), "Outputs": {"Number": {"Value": {"Fn::GetAtt": ["V1", "Version"]}}}})
    assert (described["Status"], described["Changes"]) == ("CREATE_COMPLETE", [])
    carry_out(plain)
    assert (plain.status, plain.outputs(), plain.writes()) == ("UPDATE_COMPLETE", {"Number": "1"}, [])


def test_one_tells_which_property_changes_and_what_that_takes(plain: StackSubject) -> None:
    plain.create(released())
    template = released(routing=weights())
    template["Resources"]["Live"]["Properties"]["Name"] = "other"
    described = propose(plain, template)
    (change,) = [one["ResourceChange"] for one in described["Changes"]]
    assert (change["Replacement"], change["PolicyAction"], change["Scope"]) == (
        "True",
        "ReplaceAndDelete",
        ["Properties"],
    )
    assert [(one["Target"]["Name"], one["Target"]["RequiresRecreation"]) for one in change["Details"]] == [
        ("Name", "Always"),
        ("RoutingConfig", "Never"),
    ]


def test_what_hangs_on_something_new_is_told_as_conditional(plain: StackSubject) -> None:
    def named(letter: str) -> Template:
        live = alias("1", FunctionVersion="$LATEST")
        return {"Resources": {"Fn": function(FunctionName=f"{plain.name}-{letter}"), "Live": live}}

    plain.create(named("a"))
    described = propose(plain, named("b"))
    assert changes(described) == {"Fn": ("Modify", "True"), "Live": ("Modify", "Conditional")}


def test_metadata_alone_is_a_change_of_its_scope(plain: StackSubject) -> None:
    plain.create(released())
    template = released()
    template["Resources"]["Fn"]["Metadata"] = {"aws:cdk:path": "x"}
    (change,) = [one["ResourceChange"] for one in propose(plain, template)["Changes"]]
    assert (change["Scope"], change["Replacement"]) == (["Metadata"], "False")
    carry_out(plain)
    assert (plain.status, plain.writes()) == ("UPDATE_COMPLETE", [])
    detail = plain("describe_stack_resource", LogicalResourceId="Fn")["StackResourceDetail"]
    assert json.loads(detail["Metadata"]) == {"aws:cdk:path": "x"}


def test_others_are_obsolete_once_one_is_carried_out(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1"))
    propose(plain, released("x = 2", "V2"), "first")
    propose(plain, released("x = 3", "V3"), "second")
    carry_out(plain, "first")
    listed = plain("list_change_sets")["Summaries"]
    assert {one["ChangeSetName"]: one["ExecutionStatus"] for one in listed} == {
        "first": "EXECUTE_COMPLETE",
        "second": "OBSOLETE",
    }
    assert plain.refused("execute_change_set", ChangeSetName="second")[0] == "InvalidChangeSetStatus"


def test_one_can_be_deleted_whether_it_is_there_or_not(plain: StackSubject) -> None:
    """The command line deletes its change set before it makes it, by name, of a stack that is there."""
    plain.create(released())
    propose(plain, released("x = 2", "V2"))
    for _ in range(2):
        plain("delete_change_set", ChangeSetName="next")
    assert plain.refused("describe_change_set", ChangeSetName="next") == (
        "ChangeSetNotFound",
        "ChangeSet [next] does not exist",
    )
    with pytest.raises(ClientError, match="StackName must be specified"):
        plain.client.delete_change_set(ChangeSetName="next")


def test_one_can_be_named_by_its_arn(plain: StackSubject) -> None:
    plain.create(released())
    arn = propose(plain, released("x = 2", "V2"))["ChangeSetId"]
    assert plain.client.describe_change_set(ChangeSetName=arn)["ChangeSetName"] == "next"
    template = plain.client.get_template(ChangeSetName=arn)["TemplateBody"]
    assert template == plain.named(released("x = 2", "V2"))


def test_a_name_is_given_once(plain: StackSubject) -> None:
    plain.create(released())
    propose(plain, released("x = 2", "V2"))
    body = json.dumps(released())
    assert plain.refused("create_change_set", ChangeSetName="next", TemplateBody=body)[0] == "AlreadyExistsException"


def test_a_stack_that_is_there_is_not_created_again(plain: StackSubject) -> None:
    plain.create(released())
    given = {"ChangeSetName": "next", "TemplateBody": json.dumps(released()), "ChangeSetType": "CREATE"}
    assert plain.refused("create_change_set", **given) == (
        "ValidationError",
        f"Stack [{plain.name}] already exists and cannot be created again with the changeSet [next].",
    )


def test_a_failure_is_told_by_stack_and_change_set(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    propose(stack, released("x = 2", "V2", DeletionPolicy="Retain"))
    stack.local.fail_resource("AWS::Lambda::Alias")
    carry_out(stack, RetainExceptOnCreate=True)
    assert (stack.status, stack.versions()) == ("UPDATE_ROLLBACK_COMPLETE", ["1"])
    assert stack("describe_change_set", ChangeSetName="next")["ExecutionStatus"] == "EXECUTE_FAILED"


@pytest.mark.parametrize(
    ("proposed", "executed", "status"),
    [
        ({"OnStackFailure": "DO_NOTHING"}, {}, "CREATE_FAILED"),
        ({"OnStackFailure": "ROLLBACK"}, {}, "ROLLBACK_COMPLETE"),
        ({}, {"DisableRollback": True}, "CREATE_FAILED"),
    ],
)
def test_a_failure_ends_as_either_request_says(
    plain: StackSubject, proposed: dict[str, Any], executed: dict[str, Any], status: str
) -> None:
    propose(plain, released(), ChangeSetType="CREATE", **proposed)
    plain.local.fail_resource("AWS::Lambda::Alias")
    carry_out(plain, **executed)
    assert plain.status == status


def test_an_update_of_a_change_set_may_be_left_as_it_failed(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1"))
    propose(plain, released("x = 2", "V2"), OnStackFailure="DO_NOTHING")
    plain.local.fail_resource("AWS::Lambda::Alias")
    carry_out(plain)
    assert plain.status == "UPDATE_FAILED"


def test_a_stack_under_review_can_be_deleted(plain: StackSubject) -> None:
    propose(plain, released(), ChangeSetType="CREATE")
    plain("delete_stack")
    assert plain.refused("describe_stacks")[0] == "ValidationError"
