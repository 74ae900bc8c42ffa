"""Versions: what is published when, under which number, and which may be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .test_local_functions import PENDING

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

    from .subject import Subject


def test_publishing_again_with_nothing_in_between_answers_the_same_version(function: Subject) -> None:
    """Recorded: same number, same RevisionId, and the new Description is dropped without a word."""
    function.configure(Timeout=4)
    first = function("publish_version", Description="first")
    again = function("publish_version", Description="second")
    assert again == first
    assert (again["Version"], again["Description"]) == ("1", "first")


def test_a_publish_that_cuts_nothing_leaves_the_revision_of_latest(function: Subject) -> None:
    """Recorded (publish on create)."""
    function.publish()
    before = function.latest()["RevisionId"]
    function.publish()
    assert function.latest()["RevisionId"] == before


def test_cutting_a_version_changes_the_revision_of_latest(function: Subject) -> None:
    """Recorded (version lifecycle, permissions)."""
    before = function.latest()["RevisionId"]
    function.publish()
    assert function.latest()["RevisionId"] != before


def test_a_change_of_description_alone_is_a_change(function: Subject) -> None:
    """Recorded (version lifecycle)."""
    function.publish()
    function.configure(Description="other")
    published = function("publish_version")
    assert (published["Version"], published["Description"]) == ("2", "other")


@pytest.mark.parametrize("touch", ["code", "configuration"])
def test_the_same_content_sent_again_is_a_change_only_under_the_reading_by_touch(
    function: Subject, local: LocalLambda, touch: str
) -> None:
    """§1a: the sources disagree."""
    function.publish()
    if touch == "code":
        function("update_function_code", ZipFile=function.zipped())
    else:
        function.configure(Timeout=3)
    assert function.publish() == {"content": "1", "touch": "2"}[local.settings.dedupe]


def test_content_is_compared_with_the_version_last_published_alone(function: Subject) -> None:
    """§1a, "the last published version"."""
    published = []
    for timeout in (3, 4, 3):
        function.configure(Timeout=timeout)
        published.append(function.publish())
    assert published == ["1", "2", "3"]


def test_a_dry_run_of_code_is_no_change(function: Subject) -> None:
    """§3."""
    function.publish()
    before = function.latest()
    function("update_function_code", ZipFile=function.zipped("y = 2"), DryRun=True)
    assert function.latest() == before
    assert function.publish() == "1"


def test_a_code_hash_that_is_not_of_latest_is_refused(function: Subject) -> None:
    """Recorded; 400, not 412."""
    actual = function.latest()["CodeSha256"]
    assert function.refused("publish_version", CodeSha256="other") == (
        "InvalidParameterValueException",
        400,
        (
            f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({actual}). "
            "Please try again with the CodeSHA256 in $LATEST."
        ),
    )
    assert function.publish(CodeSha256=actual) == "1"


def test_a_version_stays_as_it_was_published(function: Subject) -> None:
    """§5."""
    version = function("publish_version", Description="one")
    function.configure(Timeout=9, Environment={"Variables": {"NEW": "1"}}, Description="other")
    function("update_function_code", ZipFile=function.zipped("z = 3"))
    function.publish()
    assert function("get_function_configuration", Qualifier="1") == version


def test_a_version_has_its_own_revision_and_arn(function: Subject) -> None:
    """Recorded."""
    version = function("publish_version")
    assert version["FunctionArn"] == f"{function.arn}:1"
    assert version["RevisionId"] != function.latest()["RevisionId"]
    assert (version["State"], version["LastUpdateStatus"]) == ("Active", "Successful")


def test_creating_with_publish_answers_version_1_pending_under_the_bare_arn(subject: Subject) -> None:
    """Recorded."""
    created = subject.create(Publish=True)
    assert (created["Version"], created["State"], created["FunctionArn"]) == ("1", "Pending", subject.arn)
    version = subject("get_function_configuration", Qualifier="1")
    assert (version["State"], version["FunctionArn"]) == ("Active", f"{subject.arn}:1")
    assert len({created["RevisionId"], version["RevisionId"], subject.latest()["RevisionId"]}) == 3


def test_updating_code_with_publish_answers_the_version_pending(function: Subject) -> None:
    """§1b."""
    answered = function("update_function_code", ZipFile=function.zipped("a = 4"), Publish=True)
    assert (answered["Version"], answered["State"], answered["FunctionArn"]) == ("1", "Pending", f"{function.arn}:1")
    assert "LastUpdateStatus" not in answered
    version = function("get_function_configuration", Qualifier="1")
    assert (version["State"], version["LastUpdateStatus"]) == ("Active", "Successful")
    assert version["CodeSha256"] == function.latest()["CodeSha256"]


def test_latest_is_in_progress_after_updating_code_with_publish(function: Subject, local: LocalLambda) -> None:
    """§1b."""
    function.latest()
    local.configure(pending_polls=1)
    function("update_function_code", ZipFile=function.zipped("b = 5"), Publish=True)
    assert function.latest()["LastUpdateStatus"] == "InProgress"


def test_numbers_are_never_used_again(subject: Subject) -> None:
    """§1c: neither after pruning, nor after the function was deleted and made anew."""
    subject.create()
    subject.versions(3)
    for number in ("2", "3"):
        subject("delete_function", Qualifier=number)
    subject.configure(Timeout=9)
    assert subject.publish() == "4"
    subject("delete_function")
    subject.create()
    assert subject.publish() == "5"


def test_a_version_may_be_pending_for_a_while(function: Subject, local: LocalLambda) -> None:
    """§1b."""
    local.configure(version_pending_polls=2)
    published = function("publish_version")
    assert (published["State"], published["StateReasonCode"]) == ("Pending", "Creating")
    assert function.refused("invoke", Qualifier="1") == PENDING
    states = [function("get_function", Qualifier="1")["Configuration"]["State"] for _ in range(3)]
    assert states == ["Pending", "Pending", "Active"]
    assert function("get_function_configuration", Qualifier="1")["RevisionId"] != published["RevisionId"]


def test_a_snapstart_version_is_optimized_once_it_is_active(function: Subject, local: LocalLambda) -> None:
    """§1b."""
    local.configure(version_pending_polls=1)
    function.configure(SnapStart={"ApplyOn": "PublishedVersions"})
    assert function("publish_version")["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    shown = [function("get_function_configuration", Qualifier="1")["SnapStart"]["OptimizationStatus"] for _ in range(2)]
    assert shown == ["Off", "On"]
    assert function.latest()["SnapStart"]["OptimizationStatus"] == "Off"


def test_latest_comes_first_and_a_page_has_at_most_50(function: Subject) -> None:
    """§1c."""
    function.versions(55)
    first = function("list_versions_by_function", MaxItems=1000)
    rest = function("list_versions_by_function", Marker=first["NextMarker"])
    assert [one["Version"] for one in first["Versions"]] == ["$LATEST", *map(str, range(1, 50))]
    assert [one["Version"] for one in rest["Versions"]] == [str(number) for number in range(50, 56)]
    assert "NextMarker" not in rest
    assert [one["Version"] for one in function("list_versions_by_function", MaxItems=2)["Versions"]] == ["$LATEST", "1"]


# Recorded (version lifecycle, publish on create): all that a list shows of a version, or of `$LATEST`.
LISTED = {
    "Architectures", "CodeSha256", "CodeSize", "Description", "EphemeralStorage", "FunctionArn", "FunctionName",
    "Handler", "LastModified", "LoggingConfig", "MemorySize", "PackageType", "RevisionId", "Role", "Runtime",
    "SnapStart", "Timeout", "TracingConfig", "Version",
}  # fmt: skip


@pytest.mark.parametrize("polls", [0, 9], ids=["at rest", "under way"])
def test_a_list_shows_each_version_as_a_look_at_it_does_but_for_states(
    function: Subject, local: LocalLambda, polls: int
) -> None:
    """Recorded: neither State nor LastUpdateStatus, nor their reasons, nor RuntimeVersionConfig."""
    local.configure(pending_polls=polls, version_pending_polls=polls)
    function.publish()
    function.configure(Timeout=9)
    listed = function("list_versions_by_function")["Versions"]
    assert [one["FunctionArn"] for one in listed] == [f"{function.arn}:$LATEST", f"{function.arn}:1"]
    for one in listed:
        looked_at = function("get_function_configuration", Qualifier=one["Version"])
        assert (looked_at["State"] == "Pending" or looked_at["LastUpdateStatus"] == "InProgress") == bool(polls)
        assert one == {name: looked_at[name] for name in LISTED}


def test_a_list_leaves_out_what_was_deleted(function: Subject) -> None:
    """Recorded (version lifecycle)."""
    function.versions(3)
    function("delete_function", Qualifier="2")
    assert [one["Version"] for one in function("list_versions_by_function")["Versions"]] == ["$LATEST", "1", "3"]


@pytest.mark.parametrize(
    ("version", "weights"), [("2", None), ("1", {"2": 0.1})], ids=["as the primary", "as the second"]
)
def test_a_version_on_an_alias_cannot_be_deleted(function: Subject, version: str, weights: Any) -> None:
    """§1c."""
    function.versions(2)
    function.alias(version, weights)
    function.alias(version, weights, Name="another")
    assert function.refused("delete_function", Qualifier="2") == (
        "ResourceConflictException",
        409,
        "Unable to delete version because the following aliases reference it: [another, live]",
    )
    assert function("get_function_configuration", Qualifier="2")["Version"] == "2"


def test_a_version_that_is_gone_is_deleted_without_a_word(function: Subject) -> None:
    """§1c; recorded for the absent function."""
    function.versions(2)
    function("delete_function", Qualifier="1")
    answer = function.client.delete_function(FunctionName=function.name, Qualifier="1")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert function.refused("get_function", Qualifier="1") == (
        "ResourceNotFoundException",
        404,
        f"Function not found: {function.arn}:1",
    )


@pytest.mark.parametrize(
    ("qualifier", "message"),
    [
        ("$LATEST", "$LATEST version cannot be deleted without deleting the function."),
        ("live", "Deletion of aliases is not currently supported."),
    ],
)
def test_neither_latest_nor_an_alias_is_deleted_as_a_version(function: Subject, qualifier: str, message: str) -> None:
    """§1c."""
    function.publish()
    function.alias()
    assert function.refused("delete_function", Qualifier=qualifier) == ("InvalidParameterValueException", 400, message)
    assert function.got()["FunctionVersion"] == "1"


def test_deleting_without_a_qualifier_takes_everything(function: Subject) -> None:
    """§1c."""
    function.publish()
    function.alias()
    function("delete_function")
    assert function.refused("get_function", Qualifier="1").status == 404
    assert function.refused("get_alias", Name="live").status == 404
