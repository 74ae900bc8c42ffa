"""Exact percentages: whole hundredths inside, so that 0.3 from the API and 30 from a person are one value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from deployer.core.errors import InvalidPercent

_WHOLE = 10_000  # hundredths of a percent in 100 %
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, order=True)
class Percent:
    """A share from 0 to 100 percent, exact to a hundredth of a percent."""

    hundredths: int

    def __post_init__(self) -> None:
        if not isinstance(self.hundredths, int) or isinstance(self.hundredths, bool):
            raise InvalidPercent(self.hundredths, "hundredths must be a whole number")
        if not 0 <= self.hundredths <= _WHOLE:
            raise InvalidPercent(self.hundredths / 100, "must be from 0 to 100")

    @classmethod
    def of(cls, value: float | str | Decimal | Percent) -> Percent:
        """Read a percentage as a person writes it: 30, 12.5, "0.25".

        Raises InvalidPercent when it is no number, has more than two decimals or lies outside 0 to 100.
        """
        if isinstance(value, Percent):
            return value
        if isinstance(value, bool):
            raise InvalidPercent(value, "must be a number from 0 to 100")
        try:
            # By way of str, so that the float 12.34 is the decimal that was written.
            number = Decimal(str(value))
        except InvalidOperation as error:
            raise InvalidPercent(value, "must be a number from 0 to 100") from error
        if not number.is_finite() or not 0 <= number <= _WHOLE // 100:
            raise InvalidPercent(value, "must be from 0 to 100")
        # Compared, not calculated with: arithmetic would round away what is too fine.
        if number != number.quantize(_HUNDREDTH):
            raise InvalidPercent(value, "has more than two decimals")
        return cls(int(number * 100))

    @classmethod
    def from_fraction(cls, fraction: float) -> Percent:
        """Read a weight as Lambda's API gives it, from 0.0 to 1.0.

        Whoever wrote a finer weight than a hundredth of a percent gets the nearest one, but never 0 or 100
        percent: those mean something else (one version alone; Lambda's own move).
        """
        if not 0.0 <= fraction <= 1.0:
            raise InvalidPercent(fraction, "a weight of the Lambda API must be from 0.0 to 1.0")
        nearest = round(fraction * _WHOLE)
        if 0.0 < fraction < 1.0:
            nearest = min(max(nearest, 1), _WHOLE - 1)
        return cls(nearest)

    @property
    def fraction(self) -> float:
        """The weight as Lambda's API takes it, with at most four decimals."""
        return self.hundredths / _WHOLE

    @property
    def rest(self) -> Percent:
        """What is left to 100 percent."""
        return Percent(_WHOLE - self.hundredths)

    def __str__(self) -> str:
        whole, part = divmod(self.hundredths, 100)
        return f"{whole}.{part:02d}".rstrip("0") if part else str(whole)
