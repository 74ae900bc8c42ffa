"""Medians of ratios, and how sure they are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_SURE: Final = 0.95
LEAST: Final = 6
"""Rounds below which no interval is as sure as that."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long one thing takes as another; `low` to `high` holds the true median in 95 of 100 runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, times: Sequence[float], beside: Sequence[float]) -> Ratio:
        """From the seconds of the same rounds, at least LEAST of them. Raises ValueError for fewer."""
        ratios = sorted(time / reference for time, reference in zip(times, beside, strict=True))
        cut = _cut(len(ratios))
        return cls(statistics.median(ratios), ratios[cut], ratios[-1 - cut])

    def misses(self, goal: float) -> bool:
        """Whether it is above the goal by more than noise."""
        return self.low > goal


def _cut(count: int) -> int:
    """How many of the lowest, and as many of the highest, lie outside the interval of the median."""
    outside = 0.0
    for below in range(count):
        outside += 2 * math.comb(count, below) / 2**count
        if outside > 1 - _SURE:
            if below == 0:
                raise ValueError(f"{count} rounds are too few for an interval; at least {LEAST} are needed")
            return below - 1
    raise ValueError("there are no rounds")
