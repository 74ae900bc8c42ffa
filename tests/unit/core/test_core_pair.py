from dataclasses import replace
from typing import Any

import pytest

from deployer.core import (
    LATEST,
    NEW,
    Content,
    Description,
    Memory,
    New,
    Notice,
    Operation,
    Percent,
    Published,
    Reason,
    Record,
    Refusal,
    Routing,
    Shift,
    Stable,
    Topic,
    Transition,
    Verb,
    VersionFacts,
    unable,
    unroutable,
)
from deployer.core.pair import check

FIVE, FOUR = Published(5), Published(4)
ROLE = "arn:aws:iam::111111111111:role/r"


def facts(version: Published = FIVE, **changes: Any) -> VersionFacts:
    return VersionFacts(version, **{"role": ROLE, **changes})


def test_what_decides_is_read_from_lambdas_answer() -> None:
    answer = {
        "Role": ROLE,
        "DeadLetterConfig": {"TargetArn": "arn:queue"},
        "State": "Pending",
        "StateReason": "The function is being created.",
        "SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"},
    }
    assert VersionFacts.of(FIVE, answer) == VersionFacts(
        version=FIVE,
        role=ROLE,
        dead_letter="arn:queue",
        state="Pending",
        state_reason="The function is being created.",
        snap_start=True,
        snapshot_ready=False,
    )


@pytest.mark.parametrize(
    "snap_start", [{"ApplyOn": "PublishedVersions"}, {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}]
)
def test_a_snapshot_is_ready_unless_lambda_says_otherwise(snap_start: dict[str, str]) -> None:
    read = VersionFacts.of(FIVE, {"Role": ROLE, "SnapStart": snap_start})
    assert read == VersionFacts(FIVE, ROLE, snap_start=True, snapshot_ready=True)


def test_what_is_wanted_has_no_state_and_counts_as_able() -> None:
    assert VersionFacts.of(NEW, {"Role": ROLE, "DeadLetterConfig": None}) == VersionFacts(NEW, ROLE)
    assert VersionFacts.of(NEW, {}) == VersionFacts(NEW, "", "", "Active", "", snap_start=False, snapshot_ready=True)
    assert unable(VersionFacts.of(NEW, {})) is None


def test_a_version_to_come_has_its_snapshot_by_the_time_it_is_routed() -> None:
    settings = {"Role": ROLE, "SnapStart": {"ApplyOn": "PublishedVersions"}}
    to_come = VersionFacts.to_come(Content("code", settings))
    assert to_come == VersionFacts(NEW, ROLE, snap_start=True)
    assert unable(to_come) is None


@pytest.mark.parametrize(
    ("changes", "text", "way_out"),
    [
        (
            {"state": "Inactive"},
            "State of version 5 is Inactive, not Active",
            "it has been idle: invoke it once by its number, then run the command again",
        ),
        (
            {"state": "Pending", "state_reason": "Creating"},
            "State of version 5 is Pending (Creating), not Active",
            "wait until it is Active and run the command again",
        ),
        (
            {"state": "Failed"},
            "State of version 5 is Failed, not Active",
            "it cannot start; choose another version, or delete it",
        ),
        (
            {"state": "Deactivating"},
            "State of version 5 is Deactivating, not Active",
            "see its State in the Lambda console",
        ),
        (
            {"snap_start": True, "snapshot_ready": False},
            "SnapStart.OptimizationStatus of version 5 is Off: its snapshot is not ready",
            "wait a minute and run the command again",
        ),
    ],
)
def test_a_version_that_cannot_answer_is_told_with_a_way_out(changes: dict[str, Any], text: str, way_out: str) -> None:
    passes = facts(**changes).pending
    refusal = Refusal(Reason.PENDING if passes else Reason.NOT_ROUTABLE, text, way_out)
    assert unable(facts(**changes)) == refusal
    assert unroutable(facts(**changes), facts(FOUR), provisioned=False) == refusal
    assert unroutable(facts(FOUR), facts(**changes), provisioned=False) == refusal


@pytest.mark.parametrize(
    ("changes", "pending"),
    [
        ({}, False),
        ({"state": "Pending"}, True),
        ({"state": "Failed"}, False),
        ({"state": "Inactive"}, False),
        ({"snap_start": True}, False),
        ({"snapshot_ready": False}, False),
        ({"snap_start": True, "snapshot_ready": False}, True),
        ({"state": "Failed", "snap_start": True, "snapshot_ready": False}, False),
    ],
)
def test_what_becomes_ready_by_itself_is_pending(changes: dict[str, Any], pending: bool) -> None:
    assert facts(**changes).pending is pending


@pytest.mark.parametrize("changes", [{}, {"snapshot_ready": False}, {"snap_start": True}])
def test_versions_that_are_active_with_their_snapshot_are_able(changes: dict[str, Any]) -> None:
    assert unable(facts(**changes)) is None


def test_versions_that_lambda_lets_share_traffic_are_routable() -> None:
    queue = "arn:queue"
    assert unroutable(facts(dead_letter=queue), facts(FOUR, dead_letter=queue), provisioned=False) is None


def test_no_pair_goes_with_provisioned_concurrency_on_the_alias() -> None:
    assert unroutable(facts(), facts(FOUR), provisioned=True) == Refusal(
        Reason.NOT_ROUTABLE,
        "the alias has provisioned concurrency, and Lambda allows no weights with it",
        "release blue/green, or put provisioned concurrency on the versions instead",
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"role": "arn:other"},
            f"Role of version 5 is arn:other, of version 4 {ROLE}; Lambda lets them share no traffic",
        ),
        (
            {"dead_letter": "arn:queue"},
            "DeadLetterConfig of version 5 is arn:queue, of version 4 none; Lambda lets them share no traffic",
        ),
    ],
)
def test_a_pair_that_differs_is_refused_naming_the_field_and_both_values(changes: dict[str, Any], text: str) -> None:
    assert unroutable(facts(**changes), facts(FOUR), provisioned=False) == Refusal(
        Reason.NOT_ROUTABLE, text, "release this change blue/green, as it cannot be canaried"
    )


def test_none_is_a_value_on_either_side() -> None:
    turned = unroutable(facts(FOUR), facts(dead_letter="arn:queue"), provisioned=False)
    assert turned is not None
    text = "DeadLetterConfig of version 4 is none, of version 5 arn:queue; Lambda lets them share no traffic"
    assert turned.text == text


PAIR, FORMED = Stable(FOUR), Transition(FIVE, FOUR, Percent(7500))


def shift(before: Routing, after: Routing) -> Shift:
    memory = Memory(None, None, (), Record(after, 1, Operation(Verb.ROUTE, "x")))
    return Shift(before, after, memory, Description("", "", None))


def test_a_pair_that_is_formed_is_checked_whole() -> None:
    able: dict[Published | New, VersionFacts | None] = {FIVE: facts(), FOUR: facts(FOUR)}
    assert check(shift(PAIR, FORMED), able, provisioned=False) == ()
    assert check(shift(PAIR, FORMED), able, provisioned=True) == unroutable(facts(), facts(FOUR), provisioned=True)
    idle: dict[Published | New, VersionFacts | None] = {FIVE: facts(), FOUR: facts(FOUR, state="Inactive")}
    assert check(shift(PAIR, FORMED), idle, provisioned=False) == unable(facts(FOUR, state="Inactive"))
    failed: dict[Published | New, VersionFacts | None] = {FIVE: facts(state="Failed"), FOUR: facts(FOUR)}
    assert check(shift(PAIR, FORMED), failed, provisioned=False) == unable(facts(state="Failed"))


def test_a_version_that_does_not_exist_takes_no_traffic() -> None:
    refusal = Refusal(Reason.NO_VERSION, "version 4 does not exist", "see `history` for those that do")
    assert check(shift(PAIR, FORMED), {FIVE: facts(), FOUR: None}, provisioned=False) == refusal
    assert check(shift(Stable(FIVE), PAIR), {FOUR: None}, provisioned=False) == refusal


@pytest.mark.parametrize(
    ("trail", "way_out"),
    [
        ((), "see `history` for those that do"),
        (
            (Published(3), Published(2)),
            "`rollback --to 3` goes to what was stable before it; see `history` for those that do",
        ),
    ],
)
def test_a_rollback_to_what_is_gone_names_what_was_stable_before_it(trail: tuple[Published, ...], way_out: str) -> None:
    step = shift(Stable(FIVE), PAIR)
    record = replace(step.memory.record, operation=Operation(Verb.ROLLBACK, "x"))
    back = replace(step, memory=replace(step.memory, trail=trail, record=record))
    assert check(back, {FOUR: None}, provisioned=False) == Refusal(
        Reason.NO_VERSION, "version 4 does not exist", way_out
    )


def test_a_single_version_may_be_idle_but_not_broken() -> None:
    step = shift(PAIR, Stable(FIVE))
    assert check(step, {FIVE: facts()}, provisioned=True) == ()
    assert check(step, {FIVE: facts(state="Inactive")}, provisioned=False) == (
        Notice(
            Topic.INACTIVE,
            "version 5 has been idle and is Inactive: its first calls may fail while it wakes",
            loud=True,
        ),
    )
    assert check(step, {FIVE: facts(state="Failed")}, provisioned=False) == unable(facts(state="Failed"))


def test_what_is_on_the_alias_already_is_not_checked_again() -> None:
    assert check(shift(FORMED, Stable(FIVE)), {}, provisioned=False) == ()


def test_an_alias_with_provisioned_concurrency_does_not_go_to_latest() -> None:
    to_latest = shift(Stable(FIVE), Stable(LATEST))
    assert check(to_latest, {}, provisioned=True) == Refusal(
        Reason.NOT_ROUTABLE,
        "the alias has provisioned concurrency, and Lambda has none for $LATEST",
        "take it off the alias first, or put it on versions",
    )
    assert check(to_latest, {}, provisioned=False) == ()


@pytest.mark.parametrize(
    ("before", "after", "minds"),
    [
        (Stable(FIVE), Stable(LATEST), True),
        (Stable(LATEST), Stable(LATEST), False),
        (Stable(FIVE), Stable(FOUR), False),
        (Stable(FOUR), FORMED, True),
    ],
)
def test_what_provisioned_concurrency_is_asked_about_for(before: Routing, after: Routing, minds: bool) -> None:
    assert shift(before, after).minds_provisioned is minds
