"""Versions: what an alias can point at. Numbers may be ordered, never added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from deployer.core.errors import InvalidVersion


@dataclass(frozen=True, slots=True, order=True)
class Published:
    """An immutable version, by the number that Lambda gave it."""

    number: int

    def __post_init__(self) -> None:
        if not isinstance(self.number, int) or isinstance(self.number, bool) or self.number < 1:
            raise InvalidVersion(self.number, "a published version has a whole number from 1 up")

    def __str__(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Latest:
    """`$LATEST`: the mutable version, never allowed beside another one."""

    def __str__(self) -> str:
        return "$LATEST"


@dataclass(frozen=True, slots=True)
class New:
    """Stands in a plan for the number that its publish will bring."""

    def __str__(self) -> str:
        return "new"


LATEST: Final = Latest()
NEW: Final = New()

Version: TypeAlias = Published | Latest

_A_NUMBER: Final = "the number of a published version"
_DIGITS: Final = 18  # more than Lambda will ever give, and less than Python minds reading


def read_version(text: str | int) -> Version:
    """Read a version as Lambda or a person writes it: 7, "7" or "$LATEST".

    Raises InvalidVersion; also for `$LATEST.PUBLISHED` (Managed Instances), whose content moves under the alias.
    """
    return LATEST if str(text) == str(LATEST) else _number(text, f"must be $LATEST or {_A_NUMBER}")


def read_published(text: str | int) -> Published:
    """Read the number of a published version. Raises InvalidVersion, for `$LATEST` too."""
    return _number(text, f"must be {_A_NUMBER}")


def _number(text: str | int, otherwise: str) -> Published:
    shown = str(text)
    if shown == "$LATEST.PUBLISHED":
        raise InvalidVersion(shown, "belongs to Lambda Managed Instances and is not immutable; publish numbers")
    if not (shown.isascii() and shown.isdigit() and len(shown) <= _DIGITS):
        raise InvalidVersion(text, otherwise)
    return Published(int(shown))
