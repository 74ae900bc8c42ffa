"""How long a rollout takes at least: its bakes, and what metrics lag behind."""

from __future__ import annotations

import pytest

from deployer.core import (
    Absent,
    AliasState,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Development,
    Memory,
    Operation,
    Percent,
    Plan,
    Policy,
    Published,
    Reason,
    Record,
    Refusal,
    Routing,
    Stable,
    Strategy,
    Transition,
    Verb,
)
from deployer.core.action import write
from deployer.core.token import Description
from deployer.core.watch.length import ahead, lasts, least_seconds
from deployer.core.watch.policy import ALL, Bake, ErrorGate, Gates, Watch

CANARY = Canary(CanaryIncrements.of([25, 50, 75]))
ONE, TWO, THREE = Published(1), Published(2), Published(3)
WATCH = Watch(Bake(600), {Percent.of(50): Bake(60)}, final=Bake(30), delay=120)
NOTHING = Plan(())
CEILING = Gates(ErrorGate(1.0, Percent.of(5)))


def going(before: AliasState, after: Routing) -> Plan:
    memory = Memory(None, None, (), Record(after, 1, Operation(Verb.DEPLOY, "x")))
    return Plan((write(before, after, memory, Description("", "", None)),))


@pytest.mark.parametrize(
    ("strategy", "state", "decision", "shares"),
    [
        # A release under way rests where it is, whatever its next step.
        (CANARY, Transition(TWO, ONE, Percent.of(50)), NOTHING, ["50", "75", "100"]),
        (CANARY, Transition(TWO, ONE, Percent.of(40)), NOTHING, ["60", "75", "100"]),
        (CANARY, Transition(TWO, ONE, Percent.of(10)), NOTHING, ["90", "100"]),
        (
            CANARY,
            Transition(TWO, ONE, Percent.of(75)),
            going(Transition(TWO, ONE, Percent.of(75)), Transition(TWO, ONE, Percent.of(50))),
            ["25", "50", "75", "100"],
        ),
        (CANARY, Transition(TWO, ONE, Percent.of(50)), Refusal(Reason.FROZEN, "shut", "wait"), ["50", "75", "100"]),
        # Another one begins where it is put.
        (CANARY, Stable(ONE), going(Stable(ONE), Transition(TWO, ONE, Percent.of(75))), ["25", "50", "75", "100"]),
        (
            CANARY,
            Transition(TWO, ONE, Percent.of(50)),
            going(Transition(TWO, ONE, Percent.of(50)), Transition(THREE, ONE, Percent.of(75))),
            ["25", "50", "75", "100"],
        ),
        (CANARY, Absent(), going(Absent(), Stable(ONE)), ["100"]),
        (BlueGreen(), Stable(ONE), going(Stable(ONE), Stable(TWO)), ["100"]),
        # Nothing is decided yet.
        (CANARY, Stable(ONE), NOTHING, ["25", "50", "75", "100"]),
        (BlueGreen(), Stable(ONE), NOTHING, ["100"]),
        (Development(), Absent(), NOTHING, ["100"]),
    ],
)
def test_a_rollout_rests_at_the_shares_that_are_still_to_come(
    strategy: Strategy, state: AliasState, decision: Plan | Refusal, shares: list[str]
) -> None:
    assert [str(share) for share in ahead(state, decision, Policy(strategy))] == shares


@pytest.mark.parametrize(
    ("watch", "share", "seconds"),
    [
        (WATCH, Percent.of(25), 720),
        (WATCH, Percent.of(50), 180),
        (Watch(Bake(600), gates=Gates(errors=None), delay=120), Percent.of(25), 600),
        (Watch(Bake(600, 10, 700), gates=Gates(errors=None), delay=120), Percent.of(25), 720),
        # With all traffic there is nothing to compare with: what is not measured is not late.
        (WATCH, ALL, 30),
        (Watch(Bake(600), final=Bake(30), gates=CEILING, delay=120), ALL, 150),
        (Watch(Bake(600), final=Bake(0), gates=CEILING, delay=120), ALL, 0),
    ],
)
def test_metrics_come_late_at_every_bake_that_needs_them(watch: Watch, share: Percent, seconds: int) -> None:
    assert lasts(share, watch) == seconds


def test_the_bakes_that_are_to_come_take_time() -> None:
    assert least_seconds((Percent.of(50), Percent.of(75), ALL), WATCH) == 180 + 720 + 30
    assert least_seconds((), WATCH) == 0
