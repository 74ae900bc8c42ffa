"""Evidence that a larger share of the new version's calls is bad (failed, throttled) than is allowed.

Both tests hold whatever the sizes of the blocks (periods) are, given those sizes: calls fail independently of each
other, each with a chance of its own; a share below is the mean chance of a version's calls in one block, so it may
change from block to block and within one.

Against the old version (null: p_new <= r p_old in every block), with n and m calls of new and old, k and j of them bad:

  rare       w^k c^(k+j) with a lift w > 1 and c = (m + r n) / (m + r n w).
             Its mean is the product of 1 + p_i (w c - 1) over new calls and 1 + p_i (c - 1) over old ones. As
             log(1 + x) <= x, its logarithm is at most n p_new (w c - 1) + m p_old (c - 1)
             <= p_old (r n (w c - 1) + m (c - 1)) = 0.
  frequent   (b/rq)^k ((1-b)/(1-rq))^(n-k) (a/q)^j ((1-a)/(1-q))^(m-j) with a < q < b/r.
             Its mean is the product of 1 + (p_i - rq) B and 1 + (p_i - q) A, with B = (b - rq) / (rq (1 - rq)) > 0 and
             A = (a - q) / (q (1 - q)) < 0. In the same way its logarithm is at most
             n (p_new - rq) B + m (p_old - q) A <= (p_old - q) (r n B + m A), which is 0 for the right q.

The second is the e-variable of Turner, Ly and Grunwald (Generic E-variables for exact sequential k-sample tests that
allow for optional stopping, J. Stat. Plan. Inference 230, 2024) with a ratio allowed; the first is what it comes to as
the shares become small, and needs no guess at the old version's. A block in which one version has no calls gives 1.
More bad calls of the new version never lower either, more of the old version's never raise them; and without bad calls
of the new version they never exceed 1.

Against a ceiling (null: p_new <= c): (b/c)^k ((1-b)/(1-c))^(n-k) with b > c. The logarithm of its mean is at most
n (p_new - c) (b - c) / (c (1 - c)) <= 0. The old version does not occur.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deployer.core.watch.mixture import LIFTS, lifted, mixed

_RARE: Final = 0.85
_FREQUENT: Final = tuple((share, lift) for share in (0.1, 0.3, 0.6) for lift in (1.5, 2.5, 5.0, 20.0))


@dataclass(frozen=True, slots=True)
class Block:
    """One period: the calls of each version, and how many of them were bad."""

    new: int
    new_bad: int
    old: int
    old_bad: int


def worse_than_old(blocks: Sequence[Block], ratio: float) -> float:
    """Log of the e-value against "no more than `ratio` times the old version's share is bad". `ratio` is at least 1."""
    both = [block for block in blocks if block.new and block.old]
    rare = [(_rare(both, ratio, lift), _RARE * weight) for lift, weight in LIFTS]
    weight = (1 - _RARE) / len(_FREQUENT)
    pairs = [(share, lifted(share * ratio, lift)) for share, lift in _FREQUENT if share * ratio < 1]
    return mixed([*rare, *((_frequent(both, ratio, *pair), weight) for pair in pairs)])


def _rare(blocks: Sequence[Block], ratio: float, lift: float) -> float:
    log1p, more = math.log1p, lift - 1
    new_bad = sum(block.new_bad for block in blocks)
    return new_bad * math.log(lift) - sum(
        (block.new_bad + block.old_bad) * log1p(ratio * block.new / (block.old + ratio * block.new) * more)
        for block in blocks
    )


def _frequent(blocks: Sequence[Block], ratio: float, old: float, new: float) -> float:
    log, log1p = math.log, math.log1p
    old_bad, old_good, new_bad, new_good = log(old), log1p(-old), log(new / ratio), log1p(-new)
    total = 0.0
    for block in blocks:
        edge = boundary(block.old, block.new, ratio, old, new)
        bad = log(edge)
        total += block.old_bad * (old_bad - bad) + (block.old - block.old_bad) * (old_good - log1p(-edge))
        total += block.new_bad * (new_bad - bad) + (block.new - block.new_bad) * (new_good - log1p(-ratio * edge))
    return total


def boundary(old_calls: int, new_calls: int, ratio: float, old: float, new: float) -> float:
    """The old version's share q on the edge of the null, between `old` and `new` / `ratio`, that the bet is made at.

    It solves old_calls (old - q) (1 - ratio q) + new_calls (new - ratio q) (1 - q) = 0, which is above 0 at the one end
    and below at the other, and has its second root beyond them: so q is the smaller one.
    """
    square = ratio * (old_calls + new_calls)
    linear = old_calls * (1 + ratio * old) + new_calls * (ratio + new)
    constant = old_calls * old + new_calls * new
    # In this form nothing cancels.
    return 2 * constant / (linear + math.sqrt(linear * linear - 4 * square * constant))


def above_ceiling(calls: int, bad: int, ceiling: float) -> float:
    """Log of the e-value against "no more than `ceiling` (above 0, below 1) of the calls are bad"."""
    return mixed([(_above(calls, bad, ceiling, lifted(ceiling, lift)), weight) for lift, weight in LIFTS])


def _above(calls: int, bad: int, ceiling: float, share: float) -> float:
    return bad * math.log(share / ceiling) + (calls - bad) * (math.log1p(-share) - math.log1p(-ceiling))
