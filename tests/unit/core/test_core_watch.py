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


COUNTS = "counts are not negative, and errors are of invocations"
ORDER = "periods come in order, each once, and are over by `through`"
NOT_NEGATIVE = "a bake is not negative"
LONGEST = "a longest time goes with invocations to wait for, and only with them"
ERRORS = "a ratio to the old version's errors is from 1 to 1000"
CEILING = "a ceiling of errors is above 0 and below 100 percent"
PERCENTILE = "a percentile is above 0 and below 100"
DURATION = "a ratio to the old version's duration is from 1 to 1000"
THROTTLES = "a ratio to the old version's throttles is from 1 to 1000"
ALPHA = "alpha is above 0 and below 0.5"
TWICE = (DurationGate(95, 1), DurationGate(50, 1), DurationGate(95, 2))
BY_DEPLOY = Operation(Verb.DEPLOY, "x")
NO_LATER = "a release begins no later than its steps, here at 5"


@pytest.mark.parametrize(
    ("make", "value", "reason"),
    [
        (lambda: Period(61, 1), 61, "a period begins at a multiple of 60 seconds"),
        (lambda: Period(0, 1, 2), "2 errors of 1 invocations, 0 throttled", COUNTS),
        (lambda: Period(0, 1, -1), "-1 errors of 1 invocations, 0 throttled", COUNTS),
        (lambda: Period(0, 1, 0, -1), "0 errors of 1 invocations, -1 throttled", COUNTS),
        (lambda: Observation(120, (Period(60, 1), Period(0, 1))), [60, 0], ORDER),
        (lambda: Observation(120, (Period(0, 1), Period(0, 1))), [0, 0], ORDER),
        (lambda: Observation(119, (), (Period(0, 1), Period(60, 1))), [0, 60], ORDER),
        (lambda: Bake(-1), "-1 s, 0 invocations", NOT_NEGATIVE),
        (lambda: Bake(1, -1), "1 s, -1 invocations", NOT_NEGATIVE),
        (lambda: Bake(1, 5), None, LONGEST),
        (lambda: Bake(1, 0, 5), 5, LONGEST),
        (lambda: Bake(10, 5, 9), 9, "the longest time is no shorter than the bake of 10 s"),
        (lambda: ErrorGate(None), None, "an error gate has a ratio, a ceiling, or both"),
        (lambda: ErrorGate(0.99), 0.99, ERRORS),
        (lambda: ErrorGate(1000.1), 1000.1, ERRORS),
        (lambda: ErrorGate(ceiling=Percent(0)), "0", CEILING),
        (lambda: ErrorGate(ceiling=ALL), "100", CEILING),
        (lambda: DurationGate(0, 1), 0, PERCENTILE),
        (lambda: DurationGate(100, 1), 100, PERCENTILE),
        (lambda: DurationGate(50, 0.99), 0.99, DURATION),
        (lambda: DurationGate(50, 1000.1), 1000.1, DURATION),
        (lambda: ThrottleGate(0.99), 0.99, THROTTLES),
        (lambda: ThrottleGate(1000.1), 1000.1, THROTTLES),
        (AlarmGate, (), "an alarm gate names alarms, or tags of alarms"),
        (lambda: Gates(alpha=0), 0, ALPHA),
        (lambda: Gates(alpha=0.5), 0.5, ALPHA),
        (lambda: Gates(least_invocations=0), 0, "at least one invocation is needed to say anything"),
        (lambda: Gates(durations=TWICE), [95, 50, 95], "each percentile of duration has one gate"),
        (lambda: Watch(Bake(1), delay=-1), -1, "the delay of metrics is not negative"),
        (lambda: Watch(Bake(1), follow_up=-1), -1, "the time that hooks take is not negative"),
        (lambda: Watch(Bake(1), {ALL: Bake(1)}), "100", "the bake at 100 percent is the final one"),
        (lambda: Record(Stable(FIVE), 5, BY_DEPLOY, began=6), 6, NO_LATER),
        (lambda: Record(Stable(FIVE), 5, BY_DEPLOY, began=-1), -1, NO_LATER),
    ],
)
def test_what_makes_no_sense_cannot_be_built(make: Callable[[], object], value: object, reason: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert (caught.value.value, caught.value.reason) == (value, reason)


def test_what_lies_on_the_edge_can() -> None:
    periods = (Period(0, 0), Period(PERIOD, 1, 1))
    assert Observation(2 * PERIOD, periods, periods).new == periods
    assert Bake(0, 1, 0).longest == 0
    assert Bake(10, 5, 10).longest == 10
    for ratio in (1, 1000):
        gates = (ErrorGate(ratio), DurationGate(50, ratio), ThrottleGate(ratio))
        assert [gate.ratio for gate in gates] == [ratio] * 3
    for ceiling in (Percent(1), Percent(9_999)):
        assert ErrorGate(ceiling=ceiling).ceiling == ceiling
    for percentile in (0.1, 99.9):
        assert DurationGate(percentile, 1).percentile == percentile
    assert Gates(alpha=0.49, least_invocations=1).least_invocations == 1
    watch = Watch(Bake(1), delay=0, follow_up=0)
    assert (watch.delay, watch.follow_up, watch.hooked) == (0, 0, True)
    assert Record(Stable(FIVE), 5, BY_DEPLOY, began=5).release_began == 5
    assert Record(Stable(FIVE), 5, BY_DEPLOY, began=0).release_began == 0


def test_the_tests_that_share_alpha_are_counted() -> None:
    assert Gates().statistical == 1
    assert (
        Gates(ErrorGate(1.0, Percent(500)), (DurationGate(50, 1), DurationGate(95, 1)), ThrottleGate()).statistical == 5
    )
    assert Gates(None).statistical == 0
    assert not Gates(None, alarms=AlarmGate(("a",))).measured


def test_from_latest_nothing_is_rolled_out() -> None:
    assert unwatchable(Situation(Stable(LATEST))) == Refusal(
        Reason.FOLLOWS_LATEST,
        "the alias follows $LATEST: code that is pushed has all its traffic before it can be tested",
        "`deploy` puts it on a version once; rollouts begin from there",
    )
    assert unwatchable(Situation(Stable(FOUR))) is None
