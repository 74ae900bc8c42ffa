"""Medians of ratios, and how sure they are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_SURE: Final = 0.95
LEAST: Final = 6
"""Rounds below which no interval is as sure as that."""


class Verdict(StrEnum):
    """What was measured, held against its goal."""

    OK = "ok"
    UNSURE = "unsure"
    MISSED = "MISSED"


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

    def verdict(self, goal: float) -> Verdict:
        """Whether it is at most the goal; UNSURE where the goal lies within what noise may be."""
        if self.low > goal:
            return Verdict.MISSED
        return Verdict.UNSURE if self.high > goal else Verdict.OK


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
