"""How a rollout watches itself: settings of a person, not of one release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from deployer.core.errors import InvalidValue
from deployer.core.percent import Percent

ALL: Final = Percent(10_000)
_WHOLE: Final = 100
_MOST_RATIO: Final = 1000
_MOST_ALPHA: Final = 0.5


class Then(StrEnum):
    """What to do where the measurements do not say."""

    HOLD = "hold"
    GO_ON = "go_on"
    ROLL_BACK = "roll_back"


@dataclass(frozen=True, slots=True)
class Bake:
    """How long a step rests: at least `seconds`, and until the new version has been invoked `invocations` times.

    `longest` (seconds) bounds the wait for invocations; then `at_longest`. Both are None and HOLD where no
    invocations are asked for.
    """

    seconds: int
    invocations: int = 0
    longest: int | None = None
    at_longest: Then = Then.HOLD

    def __post_init__(self) -> None:
        if self.seconds < 0 or self.invocations < 0:
            raise InvalidValue(f"{self.seconds} s, {self.invocations} invocations", "a bake is not negative")
        if (self.longest is None) != (self.invocations == 0):
            raise InvalidValue(self.longest, "a longest time goes with invocations to wait for, and only with them")
        if self.longest is not None and self.longest < self.seconds:
            raise InvalidValue(self.longest, f"the longest time is no shorter than the bake of {self.seconds} s")


@dataclass(frozen=True, slots=True)
class ErrorGate:
    """The new version may fail on `ratio` times the old one's share of errors, and never on more than `ceiling`.

    `ratio` is at least 1; None compares with nothing. `ceiling` None is no ceiling.
    """

    ratio: float | None = 1.0
    ceiling: Percent | None = None

    def __post_init__(self) -> None:
        if self.ratio is None and self.ceiling is None:
            raise InvalidValue(None, "an error gate has a ratio, a ceiling, or both")
        if self.ratio is not None and not 1 <= self.ratio <= _MOST_RATIO:
            raise InvalidValue(self.ratio, "a ratio to the old version's errors is from 1 to 1000")
        if self.ceiling is not None and not Percent(0) < self.ceiling < ALL:
            raise InvalidValue(str(self.ceiling), "a ceiling of errors is above 0 and below 100 percent")


@dataclass(frozen=True, slots=True)
class DurationGate:
    """The new version's `percentile` of duration may be `ratio` times the old one's. 0 < percentile < 100."""

    percentile: float
    ratio: float

    def __post_init__(self) -> None:
        if not 0 < self.percentile < _WHOLE:
            raise InvalidValue(self.percentile, "a percentile is above 0 and below 100")
        if not 1 <= self.ratio <= _MOST_RATIO:
            raise InvalidValue(self.ratio, "a ratio to the old version's duration is from 1 to 1000")


@dataclass(frozen=True, slots=True)
class ThrottleGate:
    """The new version may be throttled on `ratio` times the old one's share of calls."""

    ratio: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.ratio <= _MOST_RATIO:
            raise InvalidValue(self.ratio, "a ratio to the old version's throttles is from 1 to 1000")


@dataclass(frozen=True, slots=True)
class AlarmGate:
    """Alarms of CloudWatch, metric or composite, by name or by tag (key and value); any one of them red fails.

    One that was red before the release began, and has been since, is passed over unless `mind_red_before`.
    """

    names: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    mind_red_before: bool = False

    def __post_init__(self) -> None:
        if not self.names and not self.tags:
            raise InvalidValue((), "an alarm gate names alarms, or tags of alarms")


@dataclass(frozen=True, slots=True)
class Gates:
    """What the new version has to pass at every step.

    `alpha` bounds the chance that a whole rollout of a version that is no worse is called bad by the statistical gates:
    it is shared out among steps and gates. `least_invocations` of each version compared are needed to say anything.
    """

    errors: ErrorGate | None = field(default_factory=ErrorGate)
    durations: tuple[DurationGate, ...] = ()
    throttles: ThrottleGate | None = None
    alarms: AlarmGate | None = None
    alpha: float = 0.01
    least_invocations: int = 100
    on_inconclusive: Then = Then.HOLD
    on_no_data: Then = Then.HOLD

    def __post_init__(self) -> None:
        if not 0 < self.alpha < _MOST_ALPHA:
            raise InvalidValue(self.alpha, "alpha is above 0 and below 0.5")
        if self.least_invocations < 1:
            raise InvalidValue(self.least_invocations, "at least one invocation is needed to say anything")
        percentiles = [gate.percentile for gate in self.durations]
        if len(set(percentiles)) < len(percentiles):
            raise InvalidValue(percentiles, "each percentile of duration has one gate")

    @property
    def measured(self) -> bool:
        """Whether any of them needs metrics."""
        return self.statistical > 0

    @property
    def statistical(self) -> int:
        """How many tests share alpha at one step."""
        errors = 0 if self.errors is None else (self.errors.ratio is not None) + (self.errors.ceiling is not None)
        return errors + len(self.durations) + (self.throttles is not None)


@dataclass(frozen=True, slots=True)
class Watch:
    """How a rollout goes by itself: a bake and gates for each share of the schedule.

    `bakes` has the shares whose bake differs from `bake`. `final` is how long the new version is watched once it has
    all traffic; 0 seconds ends the rollout there. `delay` is how late metrics may come, in seconds. `follow_up`: within
    how many seconds the hooks that follow a move are through, or whoever runs them is dead; None where there are none.
    """

    bake: Bake
    bakes: Mapping[Percent, Bake] = field(default_factory=dict, hash=False)
    final: Bake = field(default_factory=lambda: Bake(0))
    gates: Gates = field(default_factory=Gates)
    delay: int = 120
    follow_up: int | None = None

    def __post_init__(self) -> None:
        if self.follow_up is not None and self.follow_up < 0:
            raise InvalidValue(self.follow_up, "the time that hooks take is not negative")
        if self.delay < 0:
            raise InvalidValue(self.delay, "the delay of metrics is not negative")
        if ALL in self.bakes:
            raise InvalidValue("100", "the bake at 100 percent is the final one")

    @property
    def hooked(self) -> bool:
        """Whether hooks follow its moves."""
        return self.follow_up is not None

    def measured_at(self, share: Percent) -> bool:
        """Whether metrics are needed at that share: with all traffic there is nothing to compare with."""
        gates = self.gates
        ceiling = gates.errors is not None and gates.errors.ceiling is not None
        return (ceiling if share == ALL else gates.measured) or self.bake_at(share).invocations > 0

    def bake_at(self, share: Percent) -> Bake:
        """The bake while the new version has `share` of the traffic."""
        return self.final if share == ALL else self.bakes.get(share, self.bake)
