"""Who takes a release back, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from benchmarks.judge.traffic import Minute
from deployer.core.increments import CanaryIncrements
from deployer.core.watch.judge import judge
from deployer.core.watch.judgement import Judged
from deployer.core.watch.observation import PERIOD, Observation
from deployer.core.watch.policy import DurationGate, ErrorGate, Gates
from deployer.core.watch.slowness import percentiles

STEPS: Final = (25, 50, 75)
BAKE: Final = 10
"""Minutes."""

P95: Final = DurationGate(95, 1.0)
LOOSE: Final = DurationGate(95, 1.2)
GATES: Final = Gates(errors=ErrorGate(1.0), durations=(P95,), alpha=0.01)
"""The hardest setting to keep a promise with: equal versions lie on the very edge of what these gates allow."""

TESTS: Final = (len(CanaryIncrements.of(STEPS).shares) + 1) * GATES.statistical
"""As the tool reckons it: all bakes, the final one included, times gates."""

MEASURED: Final = percentiles(P95)
_MOST_SHARE: Final = 0.05
_WINDOW: Final = 5

Rule = Callable[[Sequence[Minute]], bool]
"""Whether it goes back after the last of the minutes, which are those of the present step so far."""

JUDGE: Final = "this judge, alpha 1 %"
ANY: Final = "any error of the new version in the first 60 s"
SHARE: Final = "alarm: over 5 % errors on the alias in a minute"
COUNT: Final = "alarm: more than 1 error on the alias in 5 minutes"


def judged_worse(minutes: Sequence[Minute], gates: Gates = GATES) -> bool:
    """As the tool does it."""
    observation = Observation(
        len(minutes) * PERIOD, tuple(minute.new for minute in minutes), tuple(minute.old for minute in minutes)
    )
    return judge(observation, gates, since=0, tests=TESTS, release_began=0).judged is Judged.FAIL


def any_error(minutes: Sequence[Minute]) -> bool:
    """A fixed look at the first minute, as scripts and functions do that take a step and check CloudWatch once."""
    return len(minutes) == 1 and minutes[0].new.errors > 0


def share_alarm(minutes: Sequence[Minute]) -> bool:
    """One period of a minute, one datapoint, on the alias: both versions together, as its dimension has it."""
    now = minutes[-1]
    return now.new.errors + now.old.errors > _MOST_SHARE * (now.new.invocations + now.old.invocations)


def count_alarm(minutes: Sequence[Minute]) -> bool:
    """The example in CDK's documentation of Alarm, for a deployment group: `alias.metric_errors()` (5 min) above 1."""
    return sum(minute.new.errors + minute.old.errors for minute in minutes[-_WINDOW:]) > 1


RULES: Final[Mapping[str, Rule]] = {JUDGE: judged_worse, ANY: any_error, SHARE: share_alarm, COUNT: count_alarm}
