"""What each version did over time: the periods of all looks in one row, gathered where they are too many to draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deployer.core.watch.observation import PERIOD, Period
from deployer.core.watch.phrase import duration_gate
from deployer.rollout.event import Event, Looked

MOST_POINTS: Final = 240
_LONGEST: Final = 1e9  # milliseconds, far above what a call can take
_HIGHEST: Final = 100


@dataclass(frozen=True, slots=True)
class Point:
    """What one version did from `begin` to `end` (Unix seconds)."""

    begin: int
    end: int
    invocations: int
    errors: int
    throttles: int
    durations: Mapping[float, float]

    @property
    def middle(self) -> float:
        """Where it is drawn."""
        return (self.begin + self.end) / 2

    @property
    def share(self) -> float | None:
        """Errors of invocations, 0 to 1; None where nothing was invoked."""
        return self.errors / self.invocations if self.invocations else None


@dataclass(frozen=True, slots=True)
class Series:
    """Both versions over the same periods, each `width` seconds long; what was not measured is not there."""

    width: int
    new: tuple[Point, ...]
    old: tuple[Point, ...]

    @property
    def percentiles(self) -> tuple[float, ...]:
        """The percentiles of duration that were measured."""
        return tuple(sorted({which for point in (*self.new, *self.old) for which in point.durations}))


def series(events: Iterable[Event]) -> Series:
    """The periods that the looks saw; of one that was seen several times, what was seen last.

    Of the percentiles of duration those that gates are about, where a look has such gates: the others are measured to
    weigh these by.
    """
    new: dict[int, Period] = {}
    old: dict[int, Period] = {}
    gates: set[str] = set()
    for event in events:
        if isinstance(event.what, Looked):
            new.update((period.start, period) for period in event.what.observation.new)
            old.update((period.start, period) for period in event.what.observation.old)
            gates.update(finding.gate for finding in event.what.judgement.findings)
    about = _about({which for period in (*new.values(), *old.values()) for which in period.durations}, gates)
    width = _width([*new, *old])
    return Series(width, _points(new, width, about), _points(old, width, about))


def _about(measured: set[float], gates: set[str]) -> set[float]:
    """The percentiles that gates are about, by their names; all where none is."""
    return {which for which in measured if duration_gate(which) in gates} or measured


def total(points: Sequence[Point]) -> Point | None:
    """All of them as one, None where there are none."""
    if not points:
        return None
    return Point(
        points[0].begin,
        points[-1].end,
        sum(point.invocations for point in points),
        sum(point.errors for point in points),
        sum(point.throttles for point in points),
        _durations(points),
    )


def _width(starts: Sequence[int]) -> int:
    """How many seconds go into one point, so that there are at most MOST_POINTS."""
    if not starts:
        return PERIOD
    periods = (max(starts) - min(starts)) // PERIOD + 1
    least = math.ceil(periods / MOST_POINTS) * PERIOD
    nice = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
    return next((width for width in nice if width >= least), math.ceil(least / nice[-1]) * nice[-1])


def _points(periods: Mapping[int, Period], width: int, about: set[float]) -> tuple[Point, ...]:
    gathered: dict[int, list[Point]] = {}
    for start in sorted(periods):
        gathered.setdefault(start // width, []).append(_point(periods[start], about))
    whole = ((place * width, total(points)) for place, points in gathered.items())
    return tuple(
        Point(begin, begin + width, at.invocations, at.errors, at.throttles, at.durations)
        for begin, at in whole
        if at is not None
    )


def _point(period: Period, about: set[float]) -> Point:
    # What is no number cannot be drawn; and Lambda ends a call after 15 minutes.
    durations = {
        which: value
        for which, value in period.durations.items()
        if which in about and 0 <= value <= _LONGEST and 0 <= which <= _HIGHEST
    }
    return Point(period.start, period.start + PERIOD, period.invocations, period.errors, period.throttles, durations)


def _durations(points: Sequence[Point]) -> dict[float, float]:
    """No percentile of many periods can be had from theirs; their mean, weighted by invocations, stands for it."""
    found: dict[float, float] = {}
    for which in sorted({which for point in points for which in point.durations}):
        weighed = [(point.durations[which], max(point.invocations, 1)) for point in points if which in point.durations]
        weight = sum(calls for _, calls in weighed)
        found[which] = sum(value * (calls / weight) for value, calls in weighed)
    return found
