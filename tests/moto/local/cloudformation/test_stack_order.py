"""In which order an operation makes, changes and removes."""

from __future__ import annotations

import base64
import hashlib

from deployer.local.cloudformation.resources.lambda_function import inline_zip

from .subject import StackSubject
from .templates import released, version, weights


def sha256(code: str) -> str:
    return base64.b64encode(hashlib.sha256(inline_zip("python3.12", code)).digest()).decode()


def test_a_resource_comes_after_those_it_refers_to(stack: StackSubject) -> None:
    stack.create(released())
    assert stack.status == "CREATE_COMPLETE"
    assert stack.writes() == ["CreateFunction", "PublishVersion", "CreateAlias"]
    assert stack.alias() == {"FunctionVersion": "1", "Description": ""}


def test_the_function_is_updated_before_its_next_version_is_published(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    stack.update(released("x = 2", "V2", DeletionPolicy="Retain"))
    assert stack.writes() == ["UpdateFunctionCode", "PublishVersion", "UpdateAlias", "DeleteFunction"]
    assert stack.configuration("2")["CodeSha256"] == sha256("x = 2")
    assert stack.alias() == {"FunctionVersion": "2", "Description": ""}


def test_what_left_the_template_is_removed_last(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    stack.update(released("x = 2", "V2"))
    assert stack.events() == [
        ("stack", "UPDATE_IN_PROGRESS"),
        ("Fn", "UPDATE_IN_PROGRESS"),
        ("Fn", "UPDATE_COMPLETE"),
        ("V2", "CREATE_IN_PROGRESS"),
        ("V2", "CREATE_IN_PROGRESS"),
        ("V2", "CREATE_COMPLETE"),
        ("Live", "UPDATE_IN_PROGRESS"),
        ("Live", "UPDATE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("V1", "DELETE_IN_PROGRESS"),
        ("V1", "DELETE_COMPLETE"),
        ("stack", "UPDATE_COMPLETE"),
    ]
    assert stack.versions() == ["2"]


def test_depends_on_orders_what_does_not_refer(plain: StackSubject) -> None:
    template = released()
    template["Resources"]["First"] = {"Type": "AWS::CDK::Metadata"}
    template["Resources"]["Fn"]["DependsOn"] = "First"
    plain.create(template)
    ended = [name for name, status in plain.events() if status == "CREATE_COMPLETE"]
    assert ended == ["First", "Fn", "V1", "Live", "stack"]


def test_a_deleted_stack_goes_from_the_users_to_the_used(plain: StackSubject) -> None:
    plain.create(released())
    stack_id = plain.described()["StackId"]
    plain.mark()
    plain("delete_stack")
    assert plain.writes() == ["DeleteAlias", "DeleteFunction", "DeleteFunction"]
    assert plain.refused("describe_stacks") == ("ValidationError", f"Stack with id {plain.name} does not exist")
    assert plain("describe_stacks", StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"


def test_a_version_that_still_takes_traffic_is_given_up_after_three_attempts(plain: StackSubject) -> None:
    """§13: it leaves the stack, which ends well and says so."""
    plain.create(released("x = 1", "V1"))
    plain.update(released("x = 2", "V2", weights(_1=0.75)))
    assert plain.events()[-7:] == [
        *[("V1", "DELETE_IN_PROGRESS"), ("V1", "DELETE_FAILED")] * 3,
        ("stack", "UPDATE_COMPLETE"),
    ]
    assert plain.reason == "One or more resources could not be deleted."
    assert (plain.versions(), sorted(plain.resources())) == (["1", "2"], ["Fn", "Live", "V2"])


def test_two_versions_of_one_state_cannot_both_be_new(stack: StackSubject) -> None:
    template = released()
    template["Resources"]["Twin"] = version(DependsOn="V1")
    stack.create(template)
    assert stack.status == "ROLLBACK_COMPLETE"
