"""Evidence that the new version is slower than is allowed, from percentiles of duration, period by period.

Null: in every period the new version's durations, divided by the ratio r, are stochastically no larger than the old
version's, and the calls of a period went to either version by chance. Then, were all durations different, each order of
the n + m of them (the new version's divided by r) would be at least as favourable as a random one, so that for order
statistics X_(k) of the new and Y_(j) of the old version

  P(X_(k) > r Y_(j)) <= P(fewer than k of the new version's lie below the old one's j-th) = the sum over i < k of
  C(i+j-1, i) C(n-i+m-j, n-i) / C(n+m, n),

the negative hypergeometric distribution, exactly; equal durations only make `>` rarer. CloudWatch's percentile of n
values lies between two of them, whichever of the usual nine definitions it follows (Hyndman and Fan, Sample quantiles
in statistical packages, Am. Stat. 50, 1996): k is the highest that it may reach up to, j the lowest, so the chance is
bounded from above.

In each period it is bet that the new version's percentile is more than r times the old one's ("a win"): the stake
grows by 1 + f (1/p - 1) on a win and shrinks by 1 - f otherwise, which has mean at most 1 where a win has chance at
most p. That two equal versions win half of the periods makes this slow; so it is bet as well that a *lower* percentile
of the new version is already more than r times the old version's, which chance hardly ever brings about when there are
many calls, and which would be bad enough. A mixture over percentiles and fractions f makes one e-value of all.

No single period weighs more than p = 0.01 allows: metrics of one minute may be wrong for reasons of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from deployer.core.watch.mixture import lifted, mixed
from deployer.core.watch.observation import Period
from deployer.core.watch.policy import DurationGate

_WHOLE: Final = 100
_TAILS: Final = (1.0, 1.6, 2.5, 4.0)
_FRACTIONS: Final = (0.25, 0.5, 0.75, 0.95)
_LEAST_CHANCE: Final = 0.01
_EXACT: Final = 1e-9
_LEFT_OUT: Final = 1e-3
_ROUNDING: Final = 1 + 1e-6  # more than logarithms of factorials of a thousand million calls are off by


def percentiles(gate: DurationGate) -> tuple[float, ...]:
    """The percentiles worth measuring for a gate, its own first: the others lie lower, and are compared with its own.

    Evidence comes several times as fast with all of them; the gate's own alone will do.
    """
    tail = 1 - gate.percentile / _WHOLE
    return (gate.percentile, *(round(_WHOLE * (1 - lifted(tail, lift)), 2) for lift in _TAILS[1:]))


def comparable(pairs: Sequence[tuple[Period, Period]], gate: DurationGate) -> list[tuple[Period, Period]]:
    """The periods, new and old, in which both versions had calls and the gate's percentile was measured of both."""
    own = gate.percentile
    return [
        (new, old)
        for new, old in pairs
        if new.invocations and old.invocations and own in new.durations and own in old.durations
    ]


def slower_than_old(pairs: Sequence[tuple[Period, Period]], gate: DurationGate) -> float:
    """Log of the e-value against "no slower than `ratio` times the old version". `pairs` are periods, new and old."""
    usable = comparable(pairs, gate)
    shown = [[chance_and_win(new, old, gate, percentile) for new, old in usable] for percentile in percentiles(gate)]
    weight = 1 / (len(shown) * len(_FRACTIONS))
    return mixed([(_bet(bets, fraction), weight) for bets in shown for fraction in _FRACTIONS])


def _bet(bets: Sequence[tuple[float, bool]], fraction: float) -> float:
    lost = math.log1p(-fraction)
    return sum(math.log1p(fraction * (1 / chance - 1)) if win else lost for chance, win in bets)


def chance_and_win(new: Period, old: Period, gate: DurationGate, percentile: float) -> tuple[float, bool]:
    """The most that a win's chance is under the null, and whether it is one; a sure win, worth nothing, where the
    percentile was not measured.
    """
    if percentile not in new.durations:
        return 1.0, True
    highest = highest_rank(new.invocations, percentile / _WHOLE)
    lowest = lowest_rank(old.invocations, gate.percentile / _WHOLE)
    chance = chance_of_win(new.invocations, highest, old.invocations, lowest)
    win = new.durations[percentile] > gate.ratio * old.durations[gate.percentile]
    return min(1.0, max(_LEAST_CHANCE, chance)), win


def highest_rank(count: int, quantile: float) -> int:
    """The rank of the largest value that a percentile of `count` values may depend on."""
    return min(count, math.ceil(count * quantile + max(quantile, 1 - quantile) + _EXACT))


def lowest_rank(count: int, quantile: float) -> int:
    """The rank of the smallest one."""
    return max(1, math.floor(count * quantile - _EXACT))


@lru_cache(maxsize=1 << 14)  # the next look asks for the same minutes again
def chance_of_win(new: int, highest: int, old: int, lowest: int) -> float:
    """P(the `highest`-th of `new` values > the `lowest`-th of `old` ones), all exchangeable and different; from above.

    Terms that are left out of the sum are bounded: their ratio falls from one to the next, as its factors do.
    """
    if highest - 1 < new * lowest / (old + 1):
        return _tail(highest - 1, new, old, lowest, down=True) * _ROUNDING
    # The other tail from below: what is left out makes the chance larger.
    return 1 - _tail(highest, new, old, lowest, down=False) / _ROUNDING


def _tail(start: int, new: int, old: int, lowest: int, *, down: bool) -> float:
    """The sum of the terms from `start` on, down to 0 (from above) or up to `new` (from below)."""
    first = math.exp(_log_term(start, new, old, lowest))
    term = total = 1.0
    below, above = start, new - start
    while below if down else above:
        if down:
            step = below / (below + lowest - 1) * (above + 1 + old - lowest) / (above + 1)
            below, above = below - 1, above + 1
        else:
            step = (below + lowest) / (below + 1) * above / (above + old - lowest)
            below, above = below + 1, above - 1
        term *= step
        total += term
        if term * step < _LEFT_OUT * total * (1 - step):  # all the rest is less than a thousandth of the sum
            return first * (total + term * step / (1 - step) if down else total)
    return first * total


def _log_term(below: int, new: int, old: int, lowest: int) -> float:
    """Log of P(exactly `below` of the new values lie below the `lowest`-th of the old ones)."""
    above = new - below
    return (
        _log_choose(below + lowest - 1, below) + _log_choose(above + old - lowest, above) - _log_choose(new + old, new)
    )


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
