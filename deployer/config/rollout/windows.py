"""Times in which nothing goes forward."""

from __future__ import annotations

from datetime import time, tzinfo

from deployer.config.merge import Given
from deployer.config.rollout.written import Written
from deployer.config.suggest import did_you_mean, listed, quoted
from deployer.config.validate import Invalid
from deployer.core.errors import InvalidValue
from deployer.core.freeze import WEEKDAYS, Dates, Freeze, Weekly, Window

_PAIRS = (("from", "to"), ("first", "last"))


def freeze(written: Written) -> Freeze:
    """All windows."""
    found = (_window(written, given) for given in written.items("freeze"))
    return Freeze(tuple(window for window in found if window is not None))


def _window(written: Written, given: Given) -> Window | None:
    zone = _zone(written, given)
    name = given.value.get("name", "")
    if not _whole(written, given) or zone is None or isinstance(name, Invalid):
        return None
    if "from" in given.value and given.value["from"] == given.value["to"]:
        written.find(given, "would last the whole week; to let nothing go forward at all, say why in `stop`", "to")
        return None
    try:
        return _dates(given, zone, name) if "first" in given.value else _weekly(given, zone, name)
    except InvalidValue as error:
        written.find(given, error.reason)
        return None


def _whole(written: Written, given: Given) -> bool:
    """Whether it is a weekly window or one of dates, with both its ends."""
    begun = [pair for pair in _PAIRS if any(key in given.value for key in pair)]
    if len(begun) != 1:
        written.find(given, "expected either from and to, for every week, or first and last, for dates")
        return False
    lacking = [key for key in begun[0] if key not in given.value]
    for key in lacking:
        written.find(given, "is missing", key)
    return not lacking


def _dates(given: Given, zone: tzinfo, name: str) -> Dates:
    return Dates(given.value["first"], given.value["last"], zone, name)


def _weekly(given: Given, zone: tzinfo, name: str) -> Weekly:
    return Weekly(*_moment(given.value["from"]), *_moment(given.value["to"]), zone, name)


def _moment(text: str) -> tuple[int, time]:
    day, _, clock = text.partition(" ")
    return WEEKDAYS.index(day), time.fromisoformat(clock)


def _zone(written: Written, given: Given) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    name = given.value["zone"]
    if isinstance(name, Invalid):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Of a directory of zones, e.g. "Europe", Python 3.11 says that it cannot be opened.
        written.find(given, _unknown(name), "zone")
        return None


def _unknown(name: str) -> str:
    from zoneinfo import available_timezones

    known = available_timezones()
    if not known:
        return f"{quoted(name)} cannot be looked up: this machine has no time zones; install the package tzdata"
    inside = sorted(zone for zone in known if zone.startswith(f"{name}/"))
    near = f"; there are {listed(inside[:3], 'and')}, …" if inside else did_you_mean(name, known)
    return f"no time zone is called {quoted(name)}{near}"
