"""Evidence as e-values, kept as logarithms so that nothing overflows; how several alternatives make one of them.

An e-value of a block of calls is a number >= 0 whose mean is at most 1 where the new version is no worse. Betting on
one alternative, block after block, multiplies them: a nonnegative supermartingale that begins at 1. So does a mixture
of many such bets with fixed weights that sum to at most 1, and by Ville's inequality the chance that it *ever* reaches
1/a, however often anybody looks, is at most a. (Ville, Etude critique de la notion de collectif, 1939; Robbins,
Statistical methods related to the law of the iterated logarithm, Ann. Math. Statist. 41, 1970.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

LIFTS: Final = ((1.2, 0.08), (1.5, 0.17), (2.2, 0.17), (4.0, 0.17), (8.0, 0.17), (25.0, 0.16), (100.0, 0.08))
"""How many times worse the new version may turn out to be, and the weight of each bet. True values in between are
found by their neighbours, those above 100 as 100 (it takes a handful of errors then).
"""

_MOST: Final = 700.0  # e to the power of more is no float


def mixed(bets: Sequence[tuple[float, float]]) -> float:
    """The logarithm of the weighted sum of bets, each a logarithm and its weight (above 0)."""
    highest = max(log for log, _ in bets)
    return highest + math.log(sum(weight * math.exp(log - highest) for log, weight in bets))


def e_value(log: float) -> float:
    """From a logarithm; what is too large for a float is cut."""
    return math.exp(min(log, _MOST))


def lifted(share: float, lift: float) -> float:
    """The share with `lift` times the odds: always below 1. `share` is above 0 and below 1."""
    return lift * share / (1 - share + lift * share)
