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
    Percent,
    Policy,
    Published,
    Stable,
    Strategy,
    Transition,
)
from deployer.core.watch.length import least_seconds, rests
from deployer.core.watch.policy import Bake, Gates, Watch

CANARY = Canary(CanaryIncrements.of([25, 50, 75]))
ONE, TWO = Published(1), Published(2)
WATCH = Watch(Bake(600), {Percent.of(50): Bake(60)}, final=Bake(30), delay=120)


@pytest.mark.parametrize(
    ("strategy", "state", "shares"),
    [
        (CANARY, Stable(ONE), ["25", "50", "75"]),
        (CANARY, Transition(TWO, ONE, Percent.of(50)), ["50", "75"]),
        (CANARY, Transition(TWO, ONE, Percent.of(40)), ["60", "75"]),
        (CANARY, Transition(TWO, ONE, Percent.of(10)), ["90"]),
        (BlueGreen(), Stable(ONE), []),
        (Development(), Absent(), []),
    ],
)
def test_a_release_rests_at_the_shares_that_are_still_to_come(
    strategy: Strategy, state: AliasState, shares: list[str]
) -> None:
    assert [str(share) for share in rests(state, Policy(strategy))] == shares


@pytest.mark.parametrize(
    ("watch", "seconds"),
    [
        (WATCH, 3 * 120 + 600 + 60 + 600 + 30 + 120),
        (Watch(Bake(600), gates=Gates(errors=None), delay=120), 1800),
        (Watch(Bake(600), final=Bake(0), delay=120), 3 * 720),
    ],
)
def test_metrics_come_late_at_every_bake_that_needs_them(watch: Watch, seconds: int) -> None:
    assert least_seconds(Stable(ONE), Policy(CANARY), watch) == seconds


@pytest.mark.parametrize(
    ("strategy", "state", "seconds"),
    [
        (CANARY, Transition(TWO, ONE, Percent.of(50)), 60 + 600 + 30 + 3 * 120),
        (BlueGreen(), Stable(ONE), 30 + 120),
    ],
)
def test_only_the_bakes_that_are_to_come_take_time(strategy: Strategy, state: AliasState, seconds: int) -> None:
    assert least_seconds(state, Policy(strategy), WATCH) == seconds
