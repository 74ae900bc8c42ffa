"""Freeze windows: times in which nothing goes forward. Going back is always allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from deployer.core.errors import InvalidValue

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weekly:
    """From a time of one weekday (0 is Monday) until a time of another, every week, by the clocks of `zone`.

    The end is exclusive, and lies at most a week later; the same day and time means the whole week, and is refused.
    """

    from_day: int
    from_time: time
    to_day: int
    to_time: time
    zone: tzinfo
    name: str = ""

    def __post_init__(self) -> None:
        if not {self.from_day, self.to_day} <= set(range(len(WEEKDAYS))):
            raise InvalidValue((self.from_day, self.to_day), "a weekday is from 0, Monday, to 6, Sunday")
        for moment in (self.from_time, self.to_time):
            if moment.second or moment.microsecond or moment.tzinfo is not None:
                raise InvalidValue(str(moment), "a window begins and ends at whole minutes, by the clocks of its zone")
        if (self.from_day, self.from_time) == (self.to_day, self.to_time):
            raise InvalidValue(str(self), "a weekly window does not last the whole week; that is `stopped`")

    def spans(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The windows that may hold `now`: the one that began last by the clocks of the zone, and its neighbours."""
        today = now.astimezone(self.zone).date()
        latest = today - timedelta(days=(today.weekday() - self.from_day) % 7)
        length = timedelta(days=(self.to_day - self.from_day) % 7)
        if not length and self.to_time <= self.from_time:
            length = _WEEK
        for begin in (latest - _WEEK, latest, latest + _WEEK):
            first, last = _both(begin, self.from_time, self.zone), _both(begin + length, self.to_time, self.zone)
            yield min(first), max(last)

    def __str__(self) -> str:
        days = f"{WEEKDAYS[self.from_day]} {self.from_time:%H:%M} to {WEEKDAYS[self.to_day]} {self.to_time:%H:%M}"
        return self.name or f"{days} {self.zone}"


@dataclass(frozen=True, slots=True)
class Dates:
    """From the beginning of `first` to the end of `last`, by the clocks of `zone`."""

    first: date
    last: date
    zone: tzinfo
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidValue(str(self), "a window of dates ends on its first day or later")

    def spans(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:  # noqa: ARG002  # as Weekly's
        """The one window that there is."""
        first, last = _both(self.first, time(), self.zone), _both(self.last + timedelta(days=1), time(), self.zone)
        yield min(first), max(last)

    def __str__(self) -> str:
        return self.name or f"{self.first} to {self.last} {self.zone}"


def _both(day: date, moment: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """What the clocks show twice, or not at all, when they are changed: in doubt a window is longer."""
    shown = datetime.combine(day, moment, zone)
    return shown.replace(fold=0).astimezone(UTC), shown.replace(fold=1).astimezone(UTC)


Window = Weekly | Dates


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing goes forward before `until` (Unix seconds), because of `window`."""

    until: int
    window: Window


@dataclass(frozen=True, slots=True)
class Freeze:
    """All windows together."""

    windows: tuple[Window, ...] = ()

    def closed(self, now: int) -> Closed | None:
        """The window that is shut at `now` (Unix seconds) and the end of all that follow without a gap."""
        until, held = now, None
        while (found := self._window_at(until)) is not None:
            end, window = found
            until, held = end, held or window
            if until - now > _WEEK.total_seconds() * 60:
                break
        return None if held is None else Closed(until, held)

    def _window_at(self, moment: int) -> tuple[int, Window] | None:
        """The window that holds `moment` and ends last."""
        at = datetime.fromtimestamp(moment, UTC)
        ends = (
            (int(end.timestamp()), window)
            for window in self.windows
            for begin, end in window.spans(at)
            if begin <= at < end
        )
        return max(ends, key=lambda found: found[0], default=None)
