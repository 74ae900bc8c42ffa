"""Durations as a person writes them: "30s", "10m", "1h30m", "2d"; days, hours, minutes and seconds, in this order."""

from __future__ import annotations

import re
from typing import Final

from deployer.core.errors import InvalidValue

PATTERN: Final = "(?=[0-9])([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?"
"""Of the whole text; also good in JSON Schema."""
_UNITS: Final = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_LOOSE: Final = r"(?<![0-9.])([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]*)[\s,]*"
_WORDS: Final = {
    "d": ("d", "day", "days"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "s": ("", "s", "sec", "secs", "second", "seconds"),
}


def seconds(text: str) -> int | None:
    """The whole seconds that `text` says; None where it is no duration."""
    if (found := re.fullmatch(PATTERN, text)) is None:
        return None
    return sum(int(part[:-1]) * _UNITS[part[-1]] for part in found.groups() if part)


def checked(text: str) -> int:
    """The whole seconds of a text that is known to be a duration. Raises InvalidValue for another one."""
    if (length := seconds(text)) is None:
        raise InvalidValue(text, "is no duration")
    return length


def spelled(whole: int) -> str:
    """Seconds as a person writes them, e.g. `1h30m`."""
    text = ""
    for unit, length in _UNITS.items():
        count, whole = divmod(whole, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def meant(text: str) -> str | None:
    """How `text`, which is no duration, has to be written, where that can be told: `10 min` is `10m`."""
    from decimal import Decimal

    plain = text.strip().lower()
    parts = re.findall(_LOOSE, plain)
    if not parts or re.sub(_LOOSE, "", plain):
        return None
    lengths = [Decimal(number) * length for number, word in parts if (length := _length(word)) is not None]
    total = sum(lengths, Decimal(0))
    return spelled(int(total)) if len(lengths) == len(parts) and total == int(total) else None


def _length(word: str) -> int | None:
    return next((_UNITS[unit] for unit, words in _WORDS.items() if word in words), None)
