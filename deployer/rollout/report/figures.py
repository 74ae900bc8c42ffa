"""Numbers and times as people read them: always UTC, always English, whatever the machine's own settings."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

from deployer.core.percent import Percent

NOTHING: Final = "\N{EN DASH}"
_LAST: Final = 253_402_300_799.0  # the end of the year 9999, where Python's calendar ends
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TEN, _HUNDRED, _TEN_THOUSAND, _MILLION = 10, 100, 10_000, 1_000_000


def moment(at: float) -> datetime:
    """Unix seconds as UTC; what lies outside the calendar is put at its edge."""
    return datetime.fromtimestamp(within_calendar(at), UTC)


def within_calendar(at: float) -> float:
    """Unix seconds from 1970 to 9999; no number at all counts as 1970."""
    return min(max(0.0, at), _LAST)


def day(at: float) -> str:
    """12 Jun."""
    when = moment(at)
    return f"{when.day} {_MONTHS[when.month - 1]}"


def date(at: float) -> str:
    """12 Jun 2026."""
    return f"{day(at)} {moment(at).year}"


def clock(at: float) -> str:
    """14:02:31."""
    return f"{moment(at):%H:%M:%S}"


def hour(at: float) -> str:
    """14:02."""
    return f"{moment(at):%H:%M}"


def iso(at: float) -> str:
    """2026-06-12T14:02:31Z."""
    return f"{moment(at):%Y-%m-%dT%H:%M:%SZ}"


def length(seconds: float) -> str:
    """How long, in the two largest units: 1 h 29 min."""
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    if whole < _DAY:
        return _two(whole, _HOUR, "h", _MINUTE, "min")
    return _two(whole, _DAY, "d", _HOUR, "h")


def every(seconds: int) -> str:
    """Every minute, every 10 min."""
    return "every minute" if seconds == _MINUTE else f"every {length(seconds)}"


def _two(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = seconds % large // small
    return f"{count(seconds // large)} {large_name}" + (f" {rest} {small_name}" if rest else "")


def count(number: float) -> str:
    """12,345."""
    return f"{number:,.0f}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 look, 12 looks."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share from 0 to 1 in percent, with the digits that mean something: 0.98 %, 12.3 %, 100 %."""
    value = share * _HUNDRED
    if not math.isfinite(value):
        return NOTHING
    digits = 0 if value in (0, _HUNDRED) else 2 if value < _TEN else 1
    return f"{value:,.{digits}f}\N{NO-BREAK SPACE}%"


def exact(share: Percent) -> str:
    """A share that somebody set, as it was set."""
    return f"{share}\N{NO-BREAK SPACE}%"


def milliseconds(value: float) -> str:
    """184 ms, 0.62 ms, 12.4 s."""
    if not math.isfinite(value):
        return NOTHING
    if value >= _TEN_THOUSAND:
        return f"{value / 1000:,.1f}\N{NO-BREAK SPACE}s"
    return f"{value:,.{0 if value >= _TEN else 2}f}\N{NO-BREAK SPACE}ms".replace(".00", "")


def seconds(value: float) -> str:
    """3.1 s."""
    return f"{value:,.1f}\N{NO-BREAK SPACE}s" if math.isfinite(value) else NOTHING


def strength(value: float) -> str:
    """An e-value: what it is below a million, that it is more above."""
    if math.isnan(value):
        return NOTHING
    if value >= _MILLION:
        return "over 1,000,000"
    return f"{value:,.{0 if value >= _HUNDRED else 1 if value >= _TEN else 2}f}"


def percentile(value: float) -> str:
    """p95, p99.9."""
    return f"p{value:g}"
