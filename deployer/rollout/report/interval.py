"""How far the true share of errors may be from the one that was counted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, TypeAlias

Interval: TypeAlias = Callable[[int, int], tuple[float, float]]
"""From errors and invocations to the lowest and highest share of errors (0 to 1) that they speak for."""

_Z: Final = 1.959963984540054  # 95 percent, two-sided


def wilson(errors: int, invocations: int) -> tuple[float, float]:
    """The score interval at 95 percent: of one period by itself, not of many looked at together.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Without invocations it says nothing: 0 to 1.
    """
    if invocations == 0:
        return 0.0, 1.0
    share, square = errors / invocations, _Z * _Z
    middle = share + square / (2 * invocations)
    half = _Z * math.sqrt(share * (1 - share) / invocations + square / (4 * invocations * invocations))
    scale = 1 + square / invocations
    # Rounding must not push the ends past what is possible, nor past what was counted.
    return min(max((middle - half) / scale, 0.0), share), max(min((middle + half) / scale, 1.0), share)
