"""What was seen of a release at one look: metrics of both versions, period by period, and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from deployer.core.errors import InvalidValue

PERIOD: Final = 60
"""Seconds of one period: Lambda's metrics have no finer ones."""


@dataclass(frozen=True, slots=True)
class Period:
    """What one version did in one period. `start`: Unix seconds, a multiple of PERIOD.

    `durations` maps percentiles (0 to 100) to milliseconds; one that is not there was not measured.
    """

    start: int
    invocations: int
    errors: int = 0
    throttles: int = 0
    durations: Mapping[float, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.start % PERIOD:
            raise InvalidValue(self.start, f"a period begins at a multiple of {PERIOD} seconds")
        if not 0 <= self.errors <= self.invocations or self.throttles < 0:
            shown = f"{self.errors} errors of {self.invocations} invocations, {self.throttles} throttled"
            raise InvalidValue(shown, "counts are not negative, and errors are of invocations")


class AlarmState(StrEnum):
    """As CloudWatch says (DescribeAlarms, `StateValue`), or that there is no such alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm; `since` is when it came into its state, in Unix seconds, None where nobody says."""

    name: str
    state: AlarmState
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One look. All periods that end at or before `through` (Unix seconds, exclusive) are in, as far as anything was
    measured in them; later ones may still grow, and are left out. `old` is empty where one version has all traffic.
    """

    through: int
    new: tuple[Period, ...] = ()
    old: tuple[Period, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    def __post_init__(self) -> None:
        for periods in (self.new, self.old):
            starts = [period.start for period in periods]
            if starts != sorted(set(starts)) or any(start + PERIOD > self.through for start in starts):
                raise InvalidValue(starts, "periods come in order, each once, and are over by `through`")
