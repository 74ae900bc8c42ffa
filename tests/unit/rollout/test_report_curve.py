"""Lines that break at gaps, and axes with round values."""

import pytest
from report_pages import NOON

from deployer.rollout.report.curve import band, bars, line, runs
from deployer.rollout.report.scale import Tick, Times, Values, values
from deployer.rollout.report.series import Point

TIMES = Times(NOON, NOON + 600)
SCALE = Values(1.0, 100)


def point(minute: int, invocations: int = 10, errors: int = 0) -> Point:
    return Point(NOON + 60 * minute, NOON + 60 * minute + 60, invocations, errors, 0, {})


def share(found: Point) -> float:
    return found.share or 0.0


def test_a_gap_and_a_period_without_calls_break_the_line() -> None:
    points = [point(0), point(1), point(3), point(4, 0), point(5)]
    found = list(runs(points, lambda found: found.invocations > 0))
    assert found == [(point(0), point(1)), (point(3),), (point(5),)]


def test_a_line_goes_through_the_middles_and_one_point_alone_is_a_dot() -> None:
    assert line((point(0), point(1, 10, 5)), share, TIMES, SCALE) == "M500 100L1500 50"
    assert line((point(0),), share, TIMES, SCALE) == "M500 100h0"


def test_a_band_of_one_point_alone_is_as_wide_as_its_period() -> None:
    assert band((point(0),), lambda _: (0.25, 2.0), TIMES, SCALE) == "M0 0L1000 0L1000 75L0 75z"


def test_bars_stand_on_one_another_and_have_air() -> None:
    assert bars([(point(0), 0.0, 0.5), (point(1), 0.5, 0.5)], TIMES, SCALE) == "M125 100V50H875V100z"


@pytest.mark.parametrize(
    ("most", "rungs"),
    [(0.031, (0, 0.01, 0.02, 0.03, 0.04)), (1, (0, 0.25, 0.5, 0.75, 1)), (207, (0, 100, 200, 300)), (3, (0, 1, 2, 3))],
)
def test_values_end_at_a_round_one(most: float, rungs: tuple[float, ...]) -> None:
    scale = values(most, 100)
    assert scale.rungs() == pytest.approx(rungs)
    assert scale.top == pytest.approx(rungs[-1])


def test_times_are_round_and_every_other_one_is_for_wide_screens() -> None:
    ticks = list(Times(NOON + 60, NOON + 60 + 2_100).ticks())
    assert ticks == [Tick(100 * (300 * at - 60) / 2_100, f"12:{5 * at:02}", fine=at % 2 > 0) for at in range(1, 8)]


@pytest.mark.parametrize("span", [1.0, 59.0, 3_600.0, 86_400.0, 30 * 86_400.0, 9e9])
def test_there_are_never_too_many_times(span: float) -> None:
    ticks = list(Times(NOON, NOON + span).ticks())
    assert 1 <= len(ticks) <= 11
    assert len([tick for tick in ticks if not tick.fine]) <= 6


def test_midnight_is_written_as_the_day() -> None:
    assert [tick.text for tick in Times(NOON, NOON + 86_400).ticks()][:5] == [
        "12:00",
        "15:00",
        "18:00",
        "21:00",
        "13 Jun",
    ]
