"""Numbers and times as they are written on the page."""

import math

import pytest

from deployer.rollout.report import figures

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (93, "1 min 33 s"),
        (3_600, "1 h"),
        (5_340, "1 h 29 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_lengths_have_the_two_largest_units(seconds: float, written: str) -> None:
    assert figures.length(seconds) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0"), (0.0098, "0.98"), (0.099999, "10.00"), (0.1234, "12.3"), (1, "100")],
)
def test_percentages_have_the_digits_that_mean_something(share: float, written: str) -> None:
    assert figures.percent(share) == f"{written}{GAP}%"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.62, "0.62 ms"), (3.0, "3 ms"), (184.4, "184 ms"), (1_204.0, "1,204 ms"), (12_400.0, "12.4 s")],
)
def test_durations_are_in_milliseconds_until_they_are_long(value: float, written: str) -> None:
    assert figures.milliseconds(value) == written.replace(" ", GAP)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0123, "0.01"), (31.25, "31.2"), (1_200.0, "1,200"), (1e300, "over 1,000,000"), (math.inf, "over 1,000,000")],
)
def test_evidence_is_written_out_below_a_million(value: float, written: str) -> None:
    assert figures.strength(value) == written


def test_what_is_no_number_is_a_dash() -> None:
    nothing = [figures.percent(math.nan), figures.milliseconds(math.inf), figures.seconds(math.nan)]
    assert [*nothing, figures.strength(math.nan)] == [figures.NOTHING] * 4


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (1_781_265_600.9, "2026-06-12T12:00:00Z"),
        (-1.0, "1970-01-01T00:00:00Z"),
        (math.nan, "1970-01-01T00:00:00Z"),
        (math.inf, "9999-12-31T23:59:59Z"),
    ],
)
def test_times_stay_within_the_calendar(at: float, written: str) -> None:
    assert figures.iso(at) == written


def test_days_are_in_english_whatever_the_locale() -> None:
    assert (figures.date(1_781_265_600), figures.hour(1_781_265_600)) == ("12 Jun 2026", "12:00")
