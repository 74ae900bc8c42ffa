"""What is kept: DeletionPolicy and UpdateReplacePolicy, outside rollbacks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .subject import StackSubject
from .templates import function, released

KEPT = [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", True)]


def there(stack: StackSubject, name: str) -> bool:
    try:
        stack.lambdas.get_function(FunctionName=name)
    except ClientError:
        return False
    return True


@pytest.mark.parametrize(("policy", "kept"), KEPT)
def test_a_version_that_leaves_its_template_is_kept_by_its_deletion_policy(
    stack: StackSubject, policy: str, kept: bool
) -> None:
    stack.create(released("x = 1", "V1", DeletionPolicy=policy))
    stack.update(released("x = 2", "V2"))
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.versions() == (["1", "2"] if kept else ["2"])
    assert (("V1", "DELETE_SKIPPED") in stack.events()) is kept


@pytest.mark.parametrize(("policy", "kept"), KEPT)
def test_a_function_outlives_its_stack_by_its_deletion_policy(plain: StackSubject, policy: str, kept: bool) -> None:
    plain.create({"Resources": {"Fn": {**function(), "DeletionPolicy": policy}}})
    plain("delete_stack")
    assert there(plain, plain.name) is kept


def test_only_the_policy_that_was_deployed_counts(plain: StackSubject) -> None:
    """A template that no longer has the resource has no policy for it either."""
    plain.create(released("x = 1", "V1"))
    plain.update(released("x = 2", "V2", DeletionPolicy="Retain"))
    assert plain.versions() == ["2"]


@pytest.mark.parametrize(("policies", "kept"), [({}, False), ({"UpdateReplacePolicy": "Retain"}, True)])
def test_a_replaced_function_is_kept_by_its_update_replace_policy_alone(
    plain: StackSubject, policies: dict[str, Any], kept: bool
) -> None:
    """§13: DeletionPolicy has no say in it."""
    first = {**function(FunctionName=f"{plain.name}-a"), **policies, "DeletionPolicy": "Retain"}
    second = {**function(FunctionName=f"{plain.name}-b"), **policies, "DeletionPolicy": "Retain"}
    plain.create({"Resources": {"Fn": first}})
    plain.update({"Resources": {"Fn": second}})
    assert plain.resources() == {"Fn": f"{plain.name}-b"}
    assert (there(plain, f"{plain.name}-a"), there(plain, f"{plain.name}-b")) == (kept, True)
    assert plain.events()[-2:] == [
        ("Fn", "DELETE_SKIPPED" if kept else "DELETE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE"),
    ]


def test_a_policy_that_there_is_not_is_refused(plain: StackSubject) -> None:
    template = {"Resources": {"Fn": {**function(), "DeletionPolicy": "Keep"}}}
    assert plain.refused("create_stack", TemplateBody=str(template).replace("'", '"')) == (
        "ValidationError",
        "Template error: DeletionPolicy of resource Fn is one of Delete, Retain, RetainExceptOnCreate, not Keep",
    )


def test_resources_are_retained_by_request_only_after_a_failed_deletion(plain: StackSubject) -> None:
    plain.create(released())
    plain.lambdas.create_alias(FunctionName=plain.name, Name="other", FunctionVersion="1")
    code, message = plain.refused("delete_stack", RetainResources=["V1"])
    assert (code, "DELETE_FAILED" in message) == ("ValidationError", True)
    plain("delete_stack")
    assert (plain.status, plain.reason) == ("DELETE_FAILED", "The following resource(s) failed to delete: [Fn, V1].")
    assert there(plain, plain.name), "what the version needs is not removed before it"
    stack_id = plain.described()["StackId"]
    plain("delete_stack", RetainResources=["V1", "Fn"])
    assert plain("describe_stacks", StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    assert there(plain, plain.name)
