"""What stops every step forward: a stop, a freeze window, a hold; and what passes."""

from dataclasses import replace
from datetime import UTC, date

import pytest
from core_world import FIVE, FOUR, HOLDS, NEWER, SCHEDULE, THREE, UNDER_WAY, described

from deployer.core import (
    Canary,
    Content,
    Deploy,
    Freeze,
    Memory,
    New,
    Notice,
    Operation,
    Percent,
    Plan,
    Policy,
    Promote,
    Published,
    Reason,
    Record,
    Refusal,
    Request,
    Rollback,
    Route,
    Situation,
    Stable,
    Topic,
    Transition,
    Verb,
    plan,
)
from deployer.core.freeze import Dates
from deployer.core.recollection import recollect
from deployer.core.standstill import standstill

NOW = 1_798_200_000  # 2026-12-25
OPEN = Policy(Canary(SCHEDULE))
FROZEN = replace(OPEN, freeze=Freeze((Dates(date(2026, 12, 24), date(2026, 12, 26), UTC, "holidays"),)))
STOPPED = replace(OPEN, stopped="incident 42")
FREEZE_TEXT = "nothing goes forward until 2026-12-27 00:00 UTC: holidays"
STOP_TEXT = "nothing goes forward in this environment: incident 42"


def decided(
    request: Request,
    policy: Policy,
    wanted: Content | None = None,
    *,
    stable: bool = False,
    state: Transition | None = None,
) -> Plan | Refusal:
    """What is decided of a release under way, or of version 4 alone; `state`: what somebody has made of it since."""
    written: Stable | Transition = Stable(FOUR) if stable else UNDER_WAY
    head = FOUR if stable else FIVE
    memory = Memory(head, HOLDS[head].fingerprint, (THREE,), Record(written, 1, Operation(Verb.DEPLOY, "x")))
    contents: dict[Published | New, str | None] = {one: content.fingerprint for one, content in HOLDS.items()}
    seen = Situation(state or written, described(memory), HOLDS[head], contents, listed=True)
    return plan(seen, request, policy, wanted, now=NOW, operation_id="me")


FORWARD = [
    (Deploy(), HOLDS[FIVE], False),
    (Deploy(), NEWER, True),
    (Deploy(), NEWER, False),  # with a notice that it waits
    (Promote(), None, False),
]


OVERRIDE = "`{} --override REASON` goes forward nevertheless; `rollback` is always allowed"


@pytest.mark.parametrize(("request_", "wanted", "stable"), FORWARD)
@pytest.mark.parametrize(
    ("policy", "reason", "text", "way_out"),
    [
        (FROZEN, Reason.FROZEN, FREEZE_TEXT, f"wait, or {OVERRIDE}"),
        (STOPPED, Reason.STOPPED, STOP_TEXT, f"take `stop` out of the configuration, or {OVERRIDE}"),
    ],
)
def test_nothing_goes_forward(
    request_: Request,
    wanted: Content | None,
    *,
    stable: bool,
    policy: Policy,
    reason: Reason,
    text: str,
    way_out: str,
) -> None:
    verb = "promote" if isinstance(request_, Promote) else "deploy"
    allowed = decided(request_, OPEN, wanted, stable=stable)
    expected = Refusal(reason, text, way_out.format(verb), allowed.notices, allowed.verdict)
    assert decided(request_, policy, wanted, stable=stable) == expected


@pytest.mark.parametrize(("policy", "shut"), [(FROZEN, True), (STOPPED, False)])
def test_a_standstill_names_what_is_typed_and_the_window(policy: Policy, shut: bool) -> None:
    found = standstill(policy, recollect(UNDER_WAY, None), NOW, None, "rollout")
    assert found is not None
    assert found.way_out.endswith(OVERRIDE.format("rollout"))
    assert found.closed == (policy.freeze.closed(NOW) if shut else None)


def test_notices_of_a_step_that_is_refused_are_told() -> None:
    edited = replace(UNDER_WAY, weight=Percent(6700))
    for policy in (OPEN, STOPPED):
        decision = decided(Promote(), policy, state=edited)
        assert [notice.topic for notice in decision.notices] == [Topic.MEMORY_OTHER_ROUTING]


@pytest.mark.parametrize(("request_", "wanted", "stable"), FORWARD)
@pytest.mark.parametrize(("policy", "text"), [(FROZEN, FREEZE_TEXT), (STOPPED, STOP_TEXT)])
def test_an_override_passes_and_its_reason_is_told(
    request_: Deploy | Promote, wanted: Content | None, stable: bool, policy: Policy, text: str
) -> None:
    decision = decided(replace(request_, override="hotfix"), policy, wanted, stable=stable)
    allowed = decided(request_, OPEN, wanted, stable=stable)
    assert isinstance(allowed, Plan)
    told = Notice(Topic.OVERRIDDEN, f"{text}; overridden: hotfix", loud=True)
    assert decision == replace(allowed, notices=(*allowed.notices, told))


@pytest.mark.parametrize("policy", [FROZEN, STOPPED])
def test_going_back_and_what_a_person_routes_pass(policy: Policy) -> None:
    for request in (Rollback(), Rollback(to=FOUR), Route(Stable(FIVE))):
        assert decided(request, policy) == decided(request, OPEN)


@pytest.mark.parametrize("policy", [FROZEN, STOPPED])
def test_nothing_to_do_is_no_refusal(policy: Policy) -> None:
    assert decided(Deploy(), policy, HOLDS[FOUR], stable=True) == decided(Deploy(), OPEN, HOLDS[FOUR], stable=True)


def test_an_override_where_nothing_stops_says_nothing() -> None:
    with_override = decided(Deploy(override="just so"), OPEN, HOLDS[FIVE])
    assert with_override == decided(Deploy(), OPEN, HOLDS[FIVE])
