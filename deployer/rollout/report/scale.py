"""Where a time and a value stand in a chart, and which of them are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from deployer.rollout.report.figures import clock, day, hour

WIDE: Final = 10_000
"""Drawn lines count their way across in ten thousandths, whatever the width of the page."""

_DAY: Final = 86_400
_STEPS: Final = (1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY)
_MOST_TICKS: Final = 10
_FEW_TICKS: Final = 5
_NICE: Final = (1, 2, 2.5, 5, 10)
_RUNGS: Final = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis, `x` percent of the way. One that is `fine` is left out on a narrow screen."""

    x: float
    text: str
    fine: bool


@dataclass(frozen=True, slots=True)
class Times:
    """The axis of time, from `begin` to `end` (Unix seconds)."""

    begin: float
    end: float

    def x(self, at: float) -> float:
        """How far across, in percent."""
        return 100 * (at - self.begin) / (self.end - self.begin)

    def across(self, at: float) -> int:
        """How far across, in whole parts of WIDE."""
        return round(WIDE * (at - self.begin) / (self.end - self.begin))

    def ticks(self) -> Iterator[Tick]:
        """Round times, few enough to be read."""
        span = self.end - self.begin
        step = next(
            (step for step in _STEPS if span / step <= _MOST_TICKS), _DAY * math.ceil(span / _MOST_TICKS / _DAY)
        )
        coarse = next(times for times in range(1, _MOST_TICKS + 1) if span / step / times <= _FEW_TICKS)
        for number in range(math.ceil(self.begin / step), math.floor(self.end / step) + 1):
            yield Tick(self.x(number * step), _written(number * step, step), fine=number % coarse > 0)


@dataclass(frozen=True, slots=True)
class Values:
    """The axis of values, from 0 at the bottom to `top`, over `height` pixels."""

    top: float
    height: int

    def y(self, value: float) -> float:
        """How far down, in pixels; what is above the top is cut off there."""
        return round(self.height * (1 - min(value / self.top, 1)), 1)

    def rungs(self) -> tuple[float, ...]:
        """Round values from 0 to the top."""
        step = _nice(self.top / _RUNGS)
        return tuple(step * number for number in range(math.floor(self.top / step + 1e-9) + 1))


def values(most: float, height: int) -> Values:
    """An axis that ends at a round value, no lower than `most`."""
    step = _nice(most / _RUNGS)
    return Values(step * math.ceil(most / step - 1e-9), height)


def _nice(least: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(nice * power for nice in _NICE if nice * power >= least * (1 - 1e-9))


def _written(at: int, step: int) -> str:
    if at % _DAY == 0:
        return day(at)
    return hour(at) if step % 60 == 0 else clock(at)
