"""AWS::Lambda::Version: publishing, its number, and what Lambda calls nothing new."""

from __future__ import annotations

from typing import Any

import pytest

from .subject import StackSubject
from .templates import Template, alias, function, released, version


def nothing_new(number: str) -> str:
    """How CloudFormation words it."""
    return (
        f'Resource handler returned message: "A version for this Lambda function exists ( {number} ). '
        'Modify the function to create a new version." (HandlerErrorCode: AlreadyExists)'
    )


def routed(number: str) -> Template:
    """The alias by number, with no version in the template."""
    return {"Resources": {"Fn": function("x = 2"), "Live": alias(number)}}


def test_its_number_and_arn_can_be_referred_to(stack: StackSubject) -> None:
    template = released()
    template["Outputs"] = {
        "Number": {"Value": {"Fn::GetAtt": ["V1", "Version"]}},
        "Dotted": {"Value": {"Fn::GetAtt": "V1.Version"}},
        "Arn": {"Value": {"Ref": "V1"}},
        "AliasArn": {"Value": {"Ref": "Live"}},
    }
    stack.create(template)
    arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{stack.name}"
    assert stack.outputs() == {"Number": "1", "Dotted": "1", "Arn": f"{arn}:1", "AliasArn": f"{arn}:live"}
    assert stack.resources()["V1"] == f"{arn}:1"


def test_a_version_that_left_its_template_cannot_come_back_while_the_function_is_the_same(stack: StackSubject) -> None:
    """Its number was retained, so that Lambda has nothing new to publish; both readings say so."""
    kept = released("x = 2", "V2", DeletionPolicy="Retain")
    stack.create(released("x = 1", "V1"))
    stack.update(kept)
    stack.update(routed("2"))
    stack.update(kept)
    assert (stack.status, stack.reasons("CREATE_FAILED")) == ("UPDATE_ROLLBACK_COMPLETE", [nothing_new("2")])
    assert (stack.versions(), stack.alias()["FunctionVersion"]) == (["2"], "2")


def test_what_was_only_touched_is_new_by_one_reading_alone(stack: StackSubject) -> None:
    """§1a: sources disagree."""
    stack.create(released("x = 1", "V1", DeletionPolicy="Retain"))
    stack.lambdas.update_function_configuration(FunctionName=stack.name, Timeout=3)
    stack.update(released("x = 1", "V2"))
    by_touch = stack.local.settings.dedupe == "touch"
    assert stack.status == ("UPDATE_COMPLETE" if by_touch else "UPDATE_ROLLBACK_COMPLETE")
    assert stack.reasons("CREATE_FAILED") == ([] if by_touch else [nothing_new("1")])


def test_what_somebody_else_published_first_is_in_the_way(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    stack.lambdas.update_function_configuration(FunctionName=stack.name, Timeout=9)
    stack.lambdas.publish_version(FunctionName=stack.name)
    template = released("x = 1", "V2")
    stack.update(template)
    assert (stack.status, stack.reasons("CREATE_FAILED")) == ("UPDATE_ROLLBACK_COMPLETE", [nothing_new("2")])


def test_a_change_of_the_description_alone_makes_a_new_version(stack: StackSubject) -> None:
    stack.create(released("x = 1", "V1"))
    template = released("x = 1", "V2")
    template["Resources"]["Fn"]["Properties"]["Description"] = "release 2"
    stack.update(template)
    assert (stack.status, stack.configuration("2")["Description"]) == ("UPDATE_COMPLETE", "release 2")


def test_its_own_description_is_the_versions(plain: StackSubject) -> None:
    template = released()
    template["Resources"]["V1"]["Properties"]["Description"] = "first"
    plain.create(template)
    assert (plain.configuration("1")["Description"], plain.configuration()["Description"]) == ("first", "")


@pytest.mark.parametrize("changed", [{"Description": "other"}, {"CodeSha256": "="}])
def test_each_of_its_properties_replaces_it(plain: StackSubject, changed: dict[str, str]) -> None:
    plain.create(released())
    template = released()
    given = {"CodeSha256": plain.configuration()["CodeSha256"]} if "CodeSha256" in changed else changed
    template["Resources"]["V1"]["Properties"].update(given)
    template["Resources"]["Fn"]["Properties"]["Timeout"] = 9
    plain.update(template)
    assert plain.writes() == ["UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias", "DeleteFunction"]
    assert (plain.versions(), plain.alias()["FunctionVersion"]) == (["2"], "2")


def test_another_code_than_it_was_made_for_is_refused_by_lambda(plain: StackSubject) -> None:
    template = released()
    template["Resources"]["V1"]["Properties"]["CodeSha256"] = "other"
    plain.create(template)
    (reason,) = plain.reasons("CREATE_FAILED")
    assert "CodeSHA256 (other) is different from current CodeSHA256 in $LATEST" in reason


def test_it_may_hold_provisioned_concurrency(plain: StackSubject) -> None:
    template = released()
    template["Resources"]["V1"]["Properties"]["ProvisionedConcurrencyConfig"] = {"ProvisionedConcurrentExecutions": "2"}
    plain.create(template)
    held = plain.lambdas.get_provisioned_concurrency_config(FunctionName=plain.name, Qualifier="1")
    assert (plain.status, held["Status"], held["RequestedProvisionedConcurrentExecutions"]) == (
        "CREATE_COMPLETE",
        "READY",
        2,
    )


def test_a_version_is_awaited(stack: StackSubject) -> None:
    stack.local.configure(version_pending_polls=3)
    stack.create(released())
    assert (stack.status, stack.configuration("1")["State"]) == ("CREATE_COMPLETE", "Active")


def test_a_version_of_no_function_is_a_failure_of_the_operation(plain: StackSubject) -> None:
    orphan: dict[str, Any] = version()
    orphan["Properties"]["FunctionName"] = "nobody"
    plain.create({"Resources": {"V1": orphan}})
    (reason,) = plain.reasons("CREATE_FAILED")
    assert reason == (
        'Resource handler returned message: "Function not found: '
        'arn:aws:lambda:eu-central-1:123456789012:function:nobody (Service: Lambda, Status Code: 404)" '
        "(HandlerErrorCode: NotFound)"
    )
