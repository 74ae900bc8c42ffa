"""Freeze windows, by the clocks of their zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core import InvalidValue
from deployer.core.freeze import Closed, Dates, Freeze, Weekly, Window

BERLIN = ZoneInfo("Europe/Berlin")
WEEKEND = Weekly(4, time(16), 0, time(8), BERLIN, "weekend")
NIGHT = Weekly(1, time(22), 1, time(6), UTC)  # from Tuesday evening, all week long, to Tuesday morning
NOON = Weekly(2, time(12), 2, time(13), UTC)
HOLIDAYS = Dates(date(2026, 12, 24), date(2026, 12, 26), BERLIN, "holidays")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("window", "moment", "until"),
    [
        (WEEKEND, "2026-11-27T15:59:59+01:00", None),
        (WEEKEND, "2026-11-27T16:00:00+01:00", "2026-11-30T08:00:00+01:00"),
        (WEEKEND, "2026-11-30T07:59:59+01:00", "2026-11-30T08:00:00+01:00"),
        (WEEKEND, "2026-11-30T08:00:00+01:00", None),
        # The clocks go forward in the night to 29 March 2026.
        (WEEKEND, "2026-03-27T16:00:00+01:00", "2026-03-30T08:00:00+02:00"),
        (NIGHT, "2026-11-24T22:00:00+00:00", "2026-12-01T06:00:00+00:00"),
        (NIGHT, "2026-12-01T05:59:59+00:00", "2026-12-01T06:00:00+00:00"),
        (NIGHT, "2026-12-01T06:00:00+00:00", None),
        (NOON, "2026-11-25T12:00:00+00:00", "2026-11-25T13:00:00+00:00"),
        (NOON, "2026-11-25T13:00:00+00:00", None),
        (HOLIDAYS, "2026-12-23T23:59:59+01:00", None),
        (HOLIDAYS, "2026-12-24T00:00:00+01:00", "2026-12-27T00:00:00+01:00"),
        (HOLIDAYS, "2026-12-27T00:00:00+01:00", None),
    ],
)
def test_a_window_is_shut_from_its_beginning_until_its_end(window: Window, moment: str, until: str | None) -> None:
    expected = None if until is None else Closed(at(until), window)
    assert Freeze((window,)).closed(at(moment)) == expected


@pytest.mark.parametrize(
    ("window", "moment", "until"),
    [
        # 02:30 comes twice in the night to 25 October 2026, and never in that to 29 March 2026.
        (Weekly(5, time(12), 6, time(2, 30), BERLIN), "2026-10-25T02:45:00+02:00", "2026-10-25T02:30:00+01:00"),
        (Weekly(6, time(2, 30), 6, time(12), BERLIN), "2026-10-25T02:30:00+02:00", "2026-10-25T12:00:00+01:00"),
        (Weekly(6, time(2, 30), 6, time(12), BERLIN), "2026-03-29T03:10:00+02:00", "2026-03-29T12:00:00+02:00"),
    ],
)
def test_where_clocks_are_changed_a_window_is_longer_in_doubt(window: Window, moment: str, until: str) -> None:
    assert Freeze((window,)).closed(at(moment)) == Closed(at(until), window)


def test_a_window_whose_beginning_the_clocks_pass_over_begins_the_day_before() -> None:
    # Midnight never comes to 4 November 2018: at 24:00 it is 01:00.
    sunday = Weekly(6, time(), 6, time(12), ZoneInfo("America/Sao_Paulo"))
    freeze = Freeze((sunday,))
    assert freeze.closed(at("2018-11-03T22:59:59-03:00")) is None
    assert freeze.closed(at("2018-11-03T23:00:00-03:00")) == Closed(at("2018-11-04T12:00:00-02:00"), sunday)


def test_a_weekly_window_is_looked_for_by_the_day_of_its_zone() -> None:
    east = timezone(timedelta(hours=13))
    begins = ("2026-11-22T00:00:00+13:00", "2026-11-29T00:00:00+13:00", "2026-12-06T00:00:00+13:00")
    sunday = [(at(begin), at(begin) + 6 * 3600) for begin in begins]
    assert list(Weekly(6, time(), 6, time(6), east).spans(at("2026-11-29T00:00:00+13:00"))) == sunday


def test_the_window_that_ends_last_is_told() -> None:
    short, long = Weekly(2, time(8), 2, time(9), UTC), Weekly(2, time(7), 2, time(10), UTC)
    for windows in ((short, long), (long, short)):
        assert Freeze(windows).closed(at("2026-11-25T08:30:00+00:00")) == Closed(at("2026-11-25T10:00:00+00:00"), long)


def test_of_windows_that_end_together_the_first_is_told() -> None:
    short, long = Weekly(2, time(8), 2, time(10), UTC), Weekly(2, time(7), 2, time(10), UTC)
    for windows in ((short, long), (long, short)):
        closed = Closed(at("2026-11-25T10:00:00+00:00"), windows[0])
        assert Freeze(windows).closed(at("2026-11-25T08:30:00+00:00")) == closed


def test_windows_that_follow_without_a_gap_are_one() -> None:
    monday = Weekly(0, time(7), 0, time(12), BERLIN, "monday")
    later = Weekly(0, time(13), 0, time(14), BERLIN)
    freeze = Freeze((later, WEEKEND, monday))
    assert freeze.closed(at("2026-11-28T00:00:00+01:00")) == Closed(at("2026-11-30T12:00:00+01:00"), WEEKEND)


def test_windows_that_never_open_are_shut_for_more_than_sixty_weeks() -> None:
    first = Weekly(0, time(), 3, time(), UTC)
    always = Freeze((first, Weekly(3, time(), 0, time(), UTC)))
    monday = at("2026-11-30T00:00:00+00:00")
    assert always.closed(monday) == Closed(monday + int(timedelta(weeks=60, days=3).total_seconds()), first)


def test_a_window_of_dates_may_be_one_day() -> None:
    day = Dates(date(2026, 12, 24), date(2026, 12, 24), UTC)
    assert Freeze((day,)).closed(at("2026-12-24T00:00:00+00:00")) == Closed(at("2026-12-25T00:00:00+00:00"), day)


WEEKDAYS = "a weekday is from 0, Monday, to 6, Sunday"
MINUTES = "a window begins and ends at whole minutes, by the clocks of its zone"


@pytest.mark.parametrize(
    ("make", "value", "reason"),
    [
        (
            lambda: Weekly(0, time(1), 0, time(1), UTC),
            "mon 01:00 to mon 01:00 UTC",
            "a weekly window does not last the whole week; that is `stopped`",
        ),
        (lambda: Weekly(7, time(1), 0, time(1), UTC), (7, 0), WEEKDAYS),
        (lambda: Weekly(0, time(1), -1, time(1), UTC), (0, -1), WEEKDAYS),
        (
            lambda: Dates(date(2026, 1, 2), date(2026, 1, 1), UTC),
            "2026-01-02 to 2026-01-01 UTC",
            "a window of dates ends on its first day or later",
        ),
        (lambda: Weekly(0, time(1, 0, 1), 1, time(1), UTC), "01:00:01", MINUTES),
        (lambda: Weekly(0, time(1), 6, time(23, 59, 0, 999_999), UTC), "23:59:00.999999", MINUTES),
        (lambda: Weekly(0, time(1, tzinfo=UTC), 1, time(1), UTC), "01:00:00+00:00", MINUTES),
    ],
)
def test_a_window_that_makes_no_sense_cannot_be_built(make: Callable[[], Window], value: object, reason: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert (caught.value.value, caught.value.reason) == (value, reason)


def test_windows_say_when_they_are() -> None:
    assert str(WEEKEND) == "weekend"
    assert str(NOON) == "wed 12:00 to wed 13:00 UTC"
    assert str(HOLIDAYS) == "holidays"
    assert str(Dates(date(2026, 1, 2), date(2026, 1, 3), UTC)) == "2026-01-02 to 2026-01-03 UTC"


weekly = st.builds(
    lambda day, hour, length, shift: Weekly(
        day,
        time(hour),
        (day + (hour + length) // 24) % 7,
        time((hour + length) % 24),
        timezone(timedelta(hours=shift)),
    ),
    st.integers(0, 6),
    st.integers(0, 23),
    st.integers(1, 7 * 24 - 1),
    st.integers(-12, 14),
)


@given(weekly, st.integers(1_790_000_000, 1_800_000_000))
def test_a_weekly_window_is_shut_exactly_when_the_hour_of_the_week_lies_in_it(window: Weekly, now: int) -> None:
    moment = datetime.fromtimestamp(now, window.zone)
    hour = moment.weekday() * 24 + moment.hour
    begin, end = window.from_day * 24 + window.from_time.hour, window.to_day * 24 + window.to_time.hour
    inside = begin <= hour < end if begin < end else hour >= begin or hour < end
    closed = Freeze((window,)).closed(now)
    assert (closed is not None) is inside
    if closed is not None:
        assert now < closed.until <= now + 7 * 24 * 3600
        assert Freeze((window,)).closed(closed.until) is None
        assert Freeze((window,)).closed(closed.until - 1) == closed
