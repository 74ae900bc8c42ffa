"""The schedule of a canary: at which shares of version1 it rests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from deployer.core.errors import InvalidIncrements, InvalidPercent
from deployer.core.percent import Percent


@dataclass(frozen=True, slots=True)
class CanaryIncrements:
    """Strictly rising shares of version1, each above 0 and below 100; 100 is implied as the end."""

    shares: tuple[Percent, ...]

    def __post_init__(self) -> None:
        shown = [str(share) for share in self.shares]
        if not self.shares:
            raise InvalidIncrements(shown, "needs at least one share (without one it is blue/green)")
        if not Percent(0) < min(self.shares) or not max(self.shares) < Percent(10_000):
            raise InvalidIncrements(shown, "each share must be above 0 and below 100 (100 is implied)")
        if any(later <= earlier for earlier, later in pairwise(self.shares)):
            raise InvalidIncrements(shown, "each share must be above the one before")

    @classmethod
    def of(cls, shares: Iterable[float | str | Decimal | Percent]) -> CanaryIncrements:
        """Read percentages as a person writes them, e.g. `[25, 50, 75]`.

        Raises InvalidIncrements, naming the list and what is wrong with it.
        """
        given = list(shares)
        try:
            return cls(tuple(Percent.of(share) for share in given))
        except InvalidPercent as error:
            raise InvalidIncrements(given, str(error)) from error

    @property
    def first(self) -> Percent:
        """Where a canary begins."""
        return self.shares[0]

    def above(self, share: Percent) -> Percent | None:
        """The first increment above `share`, by order, so from off the schedule too; None at the end."""
        return next((increment for increment in self.shares if increment > share), None)
