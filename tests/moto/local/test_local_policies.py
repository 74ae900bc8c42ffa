"""Resource policies: one each for function, version and alias."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .subject import Subject

ALLOW = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}


def permit(function: Subject, sid: str = "s3", **more: Any) -> dict[str, Any]:
    statement: dict[str, Any] = json.loads(function("add_permission", **ALLOW, StatementId=sid, **more)["Statement"])
    return statement


def sids(function: Subject, **more: Any) -> list[str]:
    return [one["Sid"] for one in json.loads(function("get_policy", **more)["Policy"])["Statement"]]


@pytest.fixture
def aliased(function: Subject) -> Subject:
    function.publish()
    function.alias("1")
    return function


def test_a_statement_names_exactly_what_it_is_for(aliased: Subject) -> None:
    """Recorded."""
    source = {"SourceArn": "arn:aws:s3:::bucket", "SourceAccount": "111111111111"}
    assert permit(aliased, Qualifier="live", **source) == {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{aliased.arn}:live",
        "Condition": {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
            "StringEquals": {"AWS:SourceAccount": "111111111111"},
        },
    }


def test_function_version_and_alias_have_policies_of_their_own(aliased: Subject) -> None:
    """§5, recorded."""
    permit(aliased, "function")
    permit(aliased, "version", Qualifier="1")
    permit(aliased, "alias", Qualifier="live")
    assert [sids(aliased), sids(aliased, Qualifier="1"), sids(aliased, Qualifier="live")] == [
        ["function"],
        ["version"],
        ["alias"],
    ]


def test_a_new_version_begins_without_a_policy(function: Subject) -> None:
    """Recorded."""
    permit(function)
    function.publish()
    assert function.refused("get_policy", Qualifier="1") == (
        "ResourceNotFoundException",
        404,
        "The resource you requested does not exist.",
    )


def test_a_permission_changes_the_revision_of_its_owner_which_is_the_policys_then(aliased: Subject) -> None:
    """§3."""
    before = [aliased.latest()["RevisionId"], aliased.got()["RevisionId"]]
    permit(aliased)
    permit(aliased, Qualifier="live")
    after = [aliased.latest()["RevisionId"], aliased.got()["RevisionId"]]
    policies = [aliased("get_policy")["RevisionId"], aliased("get_policy", Qualifier="live")["RevisionId"]]
    assert after == policies
    assert set(before) & set(after) == set()


def test_a_stale_revision_is_refused(aliased: Subject) -> None:
    """Recorded."""
    for operation, given in (("add_permission", ALLOW), ("remove_permission", {})):
        refused = aliased.refused(operation, Qualifier="live", StatementId="s3", RevisionId="stale", **given)
        assert refused == (
            "PreconditionFailedException",
            412,
            (
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetPolicy API to retrieve the latest Revision Id"
            ),
        )


def test_a_statement_is_there_once_and_removed_once(function: Subject) -> None:
    permit(function)
    refused = function.refused("add_permission", **ALLOW, StatementId="s3")
    assert (refused.code, refused.status) == ("ResourceConflictException", 409)
    function("remove_permission", StatementId="s3")
    assert function.refused("remove_permission", StatementId="s3") == (
        "ResourceNotFoundException",
        404,
        "Statement s3 is not found in resource policy.",
    )


def test_latest_by_name_takes_no_policy(function: Subject) -> None:
    """§5."""
    refused = function.refused("add_permission", **ALLOW, StatementId="s3", Qualifier="$LATEST")
    assert (refused.code, refused.status) == ("InvalidParameterValueException", 400)
