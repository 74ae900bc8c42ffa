"""What a rollout is told and sees: settings and observations that make no sense cannot be built."""

from collections.abc import Callable

import pytest

from deployer.core import (
    LATEST,
    InvalidValue,
    Operation,
    Percent,
    Published,
    Reason,
    Record,
    Refusal,
    Situation,
    Stable,
    Verb,
)
from deployer.core.watch.observation import PERIOD, Observation, Period
from deployer.core.watch.policy import ALL, AlarmGate, Bake, DurationGate, ErrorGate, Gates, ThrottleGate, Watch
from deployer.core.watch.sight import unwatchable

FOUR, FIVE = Published(4), Published(5)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Period(61, 1), "a multiple of 60 seconds"),
        (lambda: Period(0, 1, 2), "errors are of invocations"),
        (lambda: Period(0, 1, -1), "not negative"),
        (lambda: Period(0, 1, 0, -1), "not negative"),
        (lambda: Observation(120, (Period(60, 1), Period(0, 1))), "in order"),
        (lambda: Observation(120, (Period(0, 1), Period(0, 1))), "each once"),
        (lambda: Observation(119, (), (Period(60, 1),)), "over by"),
        (lambda: Bake(-1), "not negative"),
        (lambda: Bake(1, -1), "not negative"),
        (lambda: Bake(1, 5), "a longest time goes with invocations"),
        (lambda: Bake(1, 0, 5), "a longest time goes with invocations"),
        (lambda: Bake(10, 5, 9), "no shorter than the bake of 10 s"),
        (lambda: ErrorGate(None), "a ratio, a ceiling, or both"),
        (lambda: ErrorGate(0.99), "from 1 to 1000"),
        (lambda: ErrorGate(1001), "from 1 to 1000"),
        (lambda: ErrorGate(ceiling=Percent(0)), "above 0 and below 100 percent"),
        (lambda: ErrorGate(ceiling=ALL), "above 0 and below 100 percent"),
        (lambda: DurationGate(0, 1), "above 0 and below 100"),
        (lambda: DurationGate(100, 1), "above 0 and below 100"),
        (lambda: DurationGate(50, 0.5), "from 1 to 1000"),
        (lambda: ThrottleGate(0.5), "from 1 to 1000"),
        (AlarmGate, "names alarms, or tags"),
        (lambda: Gates(alpha=0), "above 0 and below 0.5"),
        (lambda: Gates(alpha=0.5), "above 0 and below 0.5"),
        (lambda: Gates(least_invocations=0), "at least one invocation"),
        (
            lambda: Gates(durations=(DurationGate(95, 1), DurationGate(95, 2))),
            "each percentile of duration has one gate",
        ),
        (lambda: Watch(Bake(1), delay=-1), "not negative"),
        (lambda: Watch(Bake(1), {ALL: Bake(1)}), "the final one"),
        (lambda: Record(Stable(FIVE), 5, Operation(Verb.DEPLOY, "x"), began=6), "no later than its steps, here at 5"),
        (lambda: Record(Stable(FIVE), 5, Operation(Verb.DEPLOY, "x"), began=-1), "no later than its steps"),
    ],
)
def test_what_makes_no_sense_cannot_be_built(make: Callable[[], object], reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason):
        make()


def test_what_lies_on_the_edge_can() -> None:
    period = Period(0, 1, 1)
    assert Observation(PERIOD, (period,)).new == (period,)
    assert Bake(10, 5, 10).longest == 10
    assert ErrorGate(1000).ratio == 1000
    assert Record(Stable(FIVE), 5, Operation(Verb.DEPLOY, "x"), began=5).release_began == 5


def test_the_tests_that_share_alpha_are_counted() -> None:
    assert Gates().statistical == 1
    assert (
        Gates(ErrorGate(1.0, Percent(500)), (DurationGate(50, 1), DurationGate(95, 1)), ThrottleGate()).statistical == 5
    )
    assert Gates(None).statistical == 0
    assert not Gates(None, alarms=AlarmGate(("a",))).measured


def test_from_latest_nothing_is_rolled_out() -> None:
    found = unwatchable(Situation(Stable(LATEST)))
    assert isinstance(found, Refusal)
    assert found.reason is Reason.FOLLOWS_LATEST
    assert unwatchable(Situation(Stable(FOUR))) is None
