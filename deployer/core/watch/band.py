"""How sure a share is: a band around it that may be looked at any time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from deployer.core.errors import InvalidValue

_PRIOR: Final = 0.5
_HALVINGS: Final = 50
_FINEST: Final = 1e-9


def error_band(errors: int, invocations: int, alpha: float) -> tuple[float, float]:
    """The shares (0 to 1) that `errors` of `invocations` leave possible: a confidence sequence.

    Where calls fail independently with one chance p, the chance that the band *ever* leaves p out, as calls come in, is
    at most `alpha` (above 0, below 1). A share stays in while the odds of a Beta(1/2, 1/2) mixture over all shares
    against it are below 1 / alpha: those odds are a martingale that begins at 1, so Ville's inequality holds. (Robbins,
    Ann. Math. Statist. 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, Time-uniform, nonparametric, nonasymptotic
    confidence sequences, Ann. Stat. 49, 2021.) Without invocations all shares are possible.
    Raises InvalidValue for errors that are not of the invocations, and for another alpha.
    """
    if not 0 <= errors <= invocations:
        raise InvalidValue(f"{errors} errors of {invocations} invocations", "errors are of invocations")
    if not 0 < alpha < 1:
        raise InvalidValue(alpha, "alpha is above 0 and below 1")
    good = invocations - errors
    mixture = _log_beta(errors + _PRIOR, good + _PRIOR) - _log_beta(_PRIOR, _PRIOR)

    def possible(share: float) -> bool:
        return mixture - errors * math.log(share) - good * math.log1p(-share) < -math.log(alpha)

    middle = min(max(errors / max(invocations, 1), _FINEST), 1 - _FINEST)
    low = 0.0 if errors == 0 else _edge(possible, middle, 0.0)
    return low, 1.0 if good == 0 else _edge(possible, middle, 1.0)


def _edge(possible: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where the band ends between the measured share, which is in it, and 0 or 1, which is not. From outside."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if possible(middle):
            inside = middle
        else:
            outside = middle
    return outside


def _log_beta(first: float, second: float) -> float:
    return math.lgamma(first) + math.lgamma(second) - math.lgamma(first + second)
