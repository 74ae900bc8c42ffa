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
    Operation,
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

NOW = 1_798_200_000  # 2026-12-25
OPEN = Policy(Canary(SCHEDULE))
FROZEN = replace(OPEN, freeze=Freeze((Dates(date(2026, 12, 24), date(2026, 12, 26), UTC, "holidays"),)))
STOPPED = replace(OPEN, stopped="incident 42")
FREEZE_TEXT = "nothing goes forward until 2026-12-27 00:00 UTC: holidays"
STOP_TEXT = "nothing goes forward in this environment: incident 42"


def decided(request: Request, policy: Policy, wanted: Content | None = None, *, stable: bool = False) -> Plan | Refusal:
    state: Stable | Transition = Stable(FOUR) if stable else UNDER_WAY
    head = FOUR if stable else FIVE
    memory = Memory(head, HOLDS[head].fingerprint, (THREE,), Record(state, 1, Operation(Verb.DEPLOY, "x")))
    contents: dict[Published | New, str | None] = {one: content.fingerprint for one, content in HOLDS.items()}
    seen = Situation(state, described(memory), HOLDS[head], contents, listed=True)
    return plan(seen, request, policy, wanted, now=NOW, operation_id="me")


FORWARD = [(Deploy(), HOLDS[FIVE], False), (Deploy(), NEWER, True), (Promote(), None, False)]


@pytest.mark.parametrize(("request_", "wanted", "stable"), FORWARD)
@pytest.mark.parametrize(
    ("policy", "reason", "text"), [(FROZEN, Reason.FROZEN, FREEZE_TEXT), (STOPPED, Reason.STOPPED, STOP_TEXT)]
)
def test_nothing_goes_forward(
    request_: Request, wanted: Content | None, *, stable: bool, policy: Policy, reason: Reason, text: str
) -> None:
    decision = decided(request_, policy, wanted, stable=stable)
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text) == (reason, text)
    assert "--override" in decision.way_out


@pytest.mark.parametrize(("request_", "wanted", "stable"), FORWARD)
@pytest.mark.parametrize(("policy", "text"), [(FROZEN, FREEZE_TEXT), (STOPPED, STOP_TEXT)])
def test_an_override_passes_and_its_reason_is_told(
    request_: Deploy | Promote, wanted: Content | None, stable: bool, policy: Policy, text: str
) -> None:
    decision = decided(replace(request_, override="hotfix"), policy, wanted, stable=stable)
    assert isinstance(decision, Plan)
    assert decision.actions == decided(request_, OPEN, wanted, stable=stable).actions
    notice = decision.notices[-1]
    assert (notice.topic, notice.text, notice.loud) == (Topic.OVERRIDDEN, f"{text}; overridden: hotfix", True)


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
