"""Freeze windows: times in which nothing goes forward. Going back is always allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
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
        if any(day not in range(len(WEEKDAYS)) for day in (self.from_day, self.to_day)):
            raise InvalidValue((self.from_day, self.to_day), "a weekday is from 0, Monday, to 6, Sunday")
        for moment in (self.from_time, self.to_time):
            if moment.second or moment.microsecond or moment.tzinfo is not None:
                raise InvalidValue(str(moment), "a window begins and ends at whole minutes, by the clocks of its zone")
        if not self._length:
            raise InvalidValue(str(self), "a weekly window does not last the whole week; that is `stopped`")

    @property
    def _length(self) -> timedelta:
        """By the clocks; none of a window that begins when it ends."""
        return (_of_week(self.to_day, self.to_time) - _of_week(self.from_day, self.from_time)) % _WEEK

    def spans(self, now: int) -> Iterator[tuple[int, int]]:
        """The windows that may hold `now`: the one that began last by the clocks of the zone, and its neighbours."""
        today = datetime.fromtimestamp(now, self.zone).date()
        latest = datetime.combine(today - timedelta(days=(today.weekday() - self.from_day) % 7), self.from_time)
        for begin in (latest - _WEEK, latest, latest + _WEEK):
            yield min(_shown_at(begin, self.zone)), max(_shown_at(begin + self._length, self.zone))

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

    def spans(self, now: int) -> Iterator[tuple[int, int]]:  # noqa: ARG002  # as Weekly's
        """The one window that there is."""
        first, last = (datetime.combine(day, time()) for day in (self.first, self.last))
        yield min(_shown_at(first, self.zone)), max(_shown_at(last + timedelta(days=1), self.zone))

    def __str__(self) -> str:
        return self.name or f"{self.first} to {self.last} {self.zone}"


def _of_week(day: int, moment: time) -> timedelta:
    return timedelta(days=day, hours=moment.hour, minutes=moment.minute)


def _shown_at(moment: datetime, zone: tzinfo) -> list[int]:
    """When the clocks show it, in Unix seconds. When they are changed, that is twice or never: in doubt a window is
    longer.
    """
    return [int(moment.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)]


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
        ends = (
            (end, window) for window in self.windows for begin, end in window.spans(moment) if begin <= moment < end
        )
        return max(ends, key=lambda found: found[0], default=None)
