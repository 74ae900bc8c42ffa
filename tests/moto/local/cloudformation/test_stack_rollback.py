"""What a failed create or update leaves behind: nothing new, and everything that was there as it was."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .subject import StackSubject
from .templates import Template, function, released, weights

ALIAS = "AWS::Lambda::Alias"
FUNCTION = "AWS::Lambda::Function"
INJECTED = (
    'Resource handler returned message: "AWS::Lambda::Alias: a test wants this to fail" '
    "(HandlerErrorCode: InternalFailure)"
)
# By DeletionPolicy: whether the rollback of the operation that made the resource keeps it.
KEPT = [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", False)]


def there(stack: StackSubject) -> bool:
    try:
        stack.lambdas.get_function(FunctionName=stack.name)
    except ClientError:
        return False
    return True


def with_policy(policy: str) -> Template:
    """Everything under one policy."""
    template = released(DeletionPolicy=policy)
    template["Resources"]["Fn"]["DeletionPolicy"] = policy
    return template


def fallen_back(stack: StackSubject, template: Template, **more: Any) -> None:
    """An update whose alias fails."""
    stack.local.fail_resource(ALIAS)
    stack.update(template, **more)


def test_a_failed_create_removes_what_it_made_and_says_why(plain: StackSubject) -> None:
    plain.local.fail_resource(ALIAS)
    plain.create(released())
    assert (plain.status, plain.reasons("CREATE_FAILED")) == ("ROLLBACK_COMPLETE", [INJECTED])
    assert plain.reasons("ROLLBACK_IN_PROGRESS") == [
        "The following resource(s) failed to create: [Live]. Rollback requested by user."
    ]
    assert plain.events()[-7:] == [
        ("Live", "CREATE_FAILED"),
        ("stack", "ROLLBACK_IN_PROGRESS"),
        ("V1", "DELETE_IN_PROGRESS"),
        ("V1", "DELETE_COMPLETE"),
        ("Fn", "DELETE_IN_PROGRESS"),
        ("Fn", "DELETE_COMPLETE"),
        ("stack", "ROLLBACK_COMPLETE"),
    ]
    assert not there(plain)


@pytest.mark.parametrize(("policy", "kept"), KEPT)
def test_a_failed_create_keeps_what_retain_says(plain: StackSubject, policy: str, kept: bool) -> None:
    plain.local.fail_resource(ALIAS)
    plain.create(with_policy(policy))
    assert (plain.status, there(plain)) == ("ROLLBACK_COMPLETE", kept)


def test_the_request_may_override_retain_of_what_is_new(plain: StackSubject) -> None:
    plain.local.fail_resource(ALIAS)
    plain.create(with_policy("Retain"), RetainExceptOnCreate=True)
    assert (plain.status, there(plain)) == ("ROLLBACK_COMPLETE", False)


@pytest.mark.parametrize(
    ("given", "status", "kept"),
    [
        ({"OnFailure": "ROLLBACK"}, "ROLLBACK_COMPLETE", False),
        ({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED", True),
        ({"OnFailure": "DELETE"}, "DELETE_COMPLETE", False),
        ({"DisableRollback": True}, "CREATE_FAILED", True),
    ],
)
def test_a_failed_create_ends_as_the_request_says(
    plain: StackSubject, given: dict[str, Any], status: str, kept: bool
) -> None:
    plain.local.fail_resource(ALIAS)
    plain.create(released(), **given)
    shown = {one["StackName"]: one["StackStatus"] for one in plain.client.list_stacks()["StackSummaries"]}
    assert (shown[plain.name], there(plain)) == (status, kept)


def test_a_stack_that_was_rolled_back_can_only_be_deleted(plain: StackSubject) -> None:
    plain.local.fail_resource(ALIAS)
    plain.create(released())
    stack_id = plain.described()["StackId"]
    assert plain.refused("update_stack", TemplateBody="{}") == (
        "ValidationError",
        f"Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated.",
    )
    plain("delete_stack")
    plain.create(released())
    assert plain.status == "CREATE_COMPLETE"


def test_a_failed_update_brings_back_code_settings_and_alias(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    before = (stack.configuration()["CodeSha256"], stack.alias())
    after = released("x = 2", "V2")
    after["Resources"]["Fn"]["Properties"]["Timeout"] = 30
    after["Resources"]["Fn"]["Properties"]["Description"] = "two"
    fallen_back(stack, after)
    assert (stack.status, stack.reasons("UPDATE_FAILED")) == ("UPDATE_ROLLBACK_COMPLETE", [INJECTED])
    assert (stack.configuration()["CodeSha256"], stack.alias()) == before
    settings = stack.configuration()
    assert (settings["Timeout"], settings["Description"]) == (3, "")
    assert stack.events()[-10:] == [
        ("Live", "UPDATE_FAILED"),
        ("stack", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Fn", "UPDATE_IN_PROGRESS"),
        ("Fn", "UPDATE_COMPLETE"),
        ("Live", "UPDATE_IN_PROGRESS"),
        ("Live", "UPDATE_COMPLETE"),
        ("stack", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("V2", "DELETE_IN_PROGRESS"),
        ("V2", "DELETE_COMPLETE"),
        ("stack", "UPDATE_ROLLBACK_COMPLETE"),
    ]


@pytest.mark.parametrize(("policy", "kept"), KEPT)
def test_a_version_of_a_failed_update_is_kept_by_retain_alone(stack: StackSubject, policy: str, kept: bool) -> None:
    stack.create(released("x = 1", "V1", DeletionPolicy=policy))
    fallen_back(stack, released("x = 2", "V2", DeletionPolicy=policy))
    assert stack.versions() == (["1", "2"] if kept else ["1"])
    assert sorted(stack.resources()) == ["Fn", "Live", "V1"]


def test_the_request_of_an_update_may_override_retain_too(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1", DeletionPolicy="Retain"))
    fallen_back(plain, released("x = 2", "V2", DeletionPolicy="Retain"), RetainExceptOnCreate=True)
    assert plain.versions() == ["1"]


def test_a_failed_update_can_be_tried_again(stack: StackSubject) -> None:
    policy: dict[str, Any] = {"DeletionPolicy": "RetainExceptOnCreate"}
    stack.create(released("x = 1", "V1", **policy))
    fallen_back(stack, released("x = 2", "V2", **policy))
    stack.update(released("x = 2", "V2", **policy))
    assert stack.status == "UPDATE_COMPLETE"
    assert (stack.alias()["FunctionVersion"], stack.versions()) == ("3", ["1", "3"])


def test_a_version_that_retain_left_behind_is_in_the_way_if_lambda_compares_content(stack: StackSubject) -> None:
    policy: dict[str, Any] = {"DeletionPolicy": "Retain"}
    stack.create(released("x = 1", "V1", **policy))
    fallen_back(stack, released("x = 2", "V2", **policy))
    stack.update(released("x = 2", "V2", **policy))
    by_content = stack.local.settings.dedupe == "content"
    assert stack.status == ("UPDATE_ROLLBACK_COMPLETE" if by_content else "UPDATE_COMPLETE")
    assert stack.versions() == (["1", "2"] if by_content else ["1", "2", "3"])


def test_a_failed_update_says_the_template_that_is_deployed(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1"))
    before = plain("get_template")["TemplateBody"]
    fallen_back(plain, released("x = 2", "V2"))
    assert plain("get_template")["TemplateBody"] == before
    assert plain.refused("update_stack", UsePreviousTemplate=True)[1] == "No updates are to be performed."


def test_a_replacement_that_is_rolled_back_leaves_the_first(plain: StackSubject) -> None:
    first, second = released(), released()
    second["Resources"]["Live"]["Properties"]["Name"] = "other"
    second["Resources"]["Last"] = {**function(FunctionName=f"{plain.name}-last"), "DependsOn": "Live"}
    plain.create(first)
    plain.local.fail_resource(FUNCTION)
    plain.update(second)
    assert plain.status == "UPDATE_ROLLBACK_COMPLETE"
    listed = plain.lambdas.list_aliases(FunctionName=plain.name)["Aliases"]
    assert ([one["Name"] for one in listed], plain.resources()["Live"]) == (["live"], listed[0]["AliasArn"])


def test_a_replacement_that_fails_leaves_the_first(plain: StackSubject) -> None:
    plain.create(released())
    arn = plain.resources()["Live"]
    second = released()
    second["Resources"]["Live"]["Properties"]["Name"] = "other"
    fallen_back(plain, second)
    assert (plain.status, plain.resources()["Live"]) == ("UPDATE_ROLLBACK_COMPLETE", arn)


def test_a_failed_update_may_be_left_as_it_is_and_mended(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1"))
    after = released("x = 2", "V2", weights(_1=0.5))
    fallen_back(plain, after, DisableRollback=True)
    assert (plain.status, plain.versions()) == ("UPDATE_FAILED", ["1", "2"])
    assert plain.alias()["FunctionVersion"] == "1"
    plain.update(after)
    assert (plain.status, plain.writes()[:1]) == ("UPDATE_COMPLETE", ["UpdateAlias"])
    assert plain.alias()["RoutingConfig"] == {"AdditionalVersionWeights": {"1": 0.5}}


def test_a_failed_update_that_was_left_as_it_is_can_be_rolled_back(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1"))
    fallen_back(plain, released("x = 2", "V2"), DisableRollback=True)
    plain("rollback_stack")
    assert (plain.status, plain.versions()) == ("UPDATE_ROLLBACK_COMPLETE", ["1"])


def test_a_failed_create_that_was_left_as_it_is_can_be_rolled_back(plain: StackSubject) -> None:
    plain.local.fail_resource(ALIAS)
    plain.create(released(), DisableRollback=True)
    plain("rollback_stack")
    assert (plain.status, there(plain)) == ("ROLLBACK_COMPLETE", False)
    assert plain.refused("rollback_stack")[0] == "ValidationError"


@pytest.mark.parametrize("skipped", [[], ["Fn"]])
def test_a_rollback_that_fails_goes_on_when_told_to(plain: StackSubject, skipped: list[str]) -> None:
    plain.create(released("x = 1", "V1"))
    first = plain.configuration()["CodeSha256"]
    plain.local.fail_resource(FUNCTION, nth=2)
    fallen_back(plain, released("x = 2", "V2"))
    assert (plain.status, plain.reason) == (
        "UPDATE_ROLLBACK_FAILED",
        "The following resource(s) failed to update: [Fn, Live].",
    )
    assert plain.refused("update_stack", UsePreviousTemplate=True)[0] == "ValidationError"
    plain("continue_update_rollback", ResourcesToSkip=skipped)
    assert (plain.status, plain.versions(), plain.alias()["FunctionVersion"]) == (
        "UPDATE_ROLLBACK_COMPLETE",
        ["1"],
        "1",
    )
    assert (plain.configuration()["CodeSha256"] == first) is not bool(skipped)
    assert plain.refused("continue_update_rollback")[0] == "ValidationError"


def test_what_is_half_made_is_removed_too(plain: StackSubject) -> None:
    """The function is there when its reserved concurrency is refused."""
    plain.create({"Resources": {"Fn": function(ReservedConcurrentExecutions=-1)}})
    assert (plain.status, there(plain)) == ("ROLLBACK_COMPLETE", False)
    assert ("Fn", "DELETE_COMPLETE") in plain.events()


def test_a_fault_happens_once_and_at_the_time_that_was_asked_for(plain: StackSubject) -> None:
    plain.create(released("x = 1", "V1"))
    plain.local.fail_resource(ALIAS, nth=2)
    plain.update(released("x = 2", "V2"))
    assert plain.status == "UPDATE_COMPLETE"
    plain.update(released("x = 3", "V3"))
    assert plain.status == "UPDATE_ROLLBACK_COMPLETE"
    plain.update(released("x = 3", "V3"))
    assert plain.status == "UPDATE_COMPLETE"
