"""Simulated minutes of an alias: which version each call went to, which failed, how long they took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist
from typing import Final

from deployer.core.watch.observation import PERIOD, Period

_BITS: Final = 30
_NORMAL: Final = NormalDist()
_SPREAD: Final = 0.5
_SHORTEST, _LONGEST = 1e-12, 1 - 1e-12


@dataclass(frozen=True, slots=True)
class World:
    """What is true: each of `calls` a minute goes to the new version with chance `share`; what fails, what is slow.

    Durations are spread log-normally (sigma 0.5) about 100 ms for the old version, `slower` times as much for the new.
    """

    share: float
    old_errors: float
    new_errors: float
    slower: float = 1.0
    calls: int = 600


@dataclass(frozen=True, slots=True)
class Minute:
    """What both versions did in it."""

    new: Period
    old: Period


def minute(chance: Random, world: World, number: int, percentiles: Sequence[float]) -> Minute:
    """The `number`-th minute (from 0 on) of a world."""
    new = drawn(chance, world.calls, world.share)
    old = world.calls - new
    return Minute(
        Period(
            number * PERIOD,
            new,
            drawn(chance, new, world.new_errors),
            durations=_durations(chance, new, 100 * world.slower, percentiles),
        ),
        Period(
            number * PERIOD,
            old,
            drawn(chance, old, world.old_errors),
            durations=_durations(chance, old, 100, percentiles),
        ),
    )


def _durations(chance: Random, calls: int, median: float, percentiles: Sequence[float]) -> dict[float, float]:
    return {
        percentile: median * math.exp(_SPREAD * _NORMAL.inv_cdf(min(max(place, _SHORTEST), _LONGEST)))
        for percentile, place in placed(chance, calls, percentiles).items()
    }


def drawn(chance: Random, count: int, share: float) -> int:
    """How many of `count` calls something with chance `share` (to 2^-30) happens to, all of them at once.

    Each call is one bit of a long number, compared with the share's binary digits from the last one on.
    """
    if count == 0:
        return 0
    digits, happened = round(share * 2**_BITS), 0
    if digits >> _BITS:
        return count
    for place in range(_BITS):
        bits = chance.getrandbits(count)
        happened = happened | bits if digits >> place & 1 else happened & bits
    return happened.bit_count()


def placed(chance: Random, count: int, percentiles: Sequence[float]) -> dict[float, float]:
    """Where the percentiles (nearest rank) of `count` values lie in their distribution, from 0 to 1.

    The gaps between `count` uniform values are exponential ones over their sum; those up to the next rank are summed
    in one draw.
    """
    if count == 0:
        return {}
    reached, rank, sums = 0.0, 0, {}
    for percentile in sorted(percentiles):
        following = max(1, math.ceil(count * percentile / 100))
        if following > rank:
            reached += chance.gammavariate(following - rank, 1)
        rank, sums[percentile] = following, reached
    whole = reached + chance.gammavariate(count + 1 - rank, 1)
    return {percentile: place / whole for percentile, place in sums.items()}
