"""The periods of all looks in one row."""

from report_pages import NOON, looked, period, told

from deployer.core.watch.judgement import Finding, Judged
from deployer.rollout.report.series import MOST_POINTS, Point, Series, series


def point(minute: int, invocations: int, errors: int = 0, *, minutes: int = 1, **durations: float) -> Point:
    begin = NOON + 60 * minute
    measured = {float(name[1:]): value for name, value in durations.items()}
    return Point(begin, begin + 60 * minutes, invocations, errors, 0, measured)


def test_of_a_period_seen_twice_the_last_sight_counts() -> None:
    events = told(
        (60, looked(new=(period(0, 10, 1),), old=(period(0, 30),))),
        (120, looked(new=(period(0, 12, 2), period(1, 9)), old=())),
    )
    assert series(events) == Series(60, (point(0, 12, 2), point(1, 9)), (point(0, 30),))


def test_nothing_measured_is_an_empty_series() -> None:
    assert series(told((0, looked()))) == Series(60, (), ())


def test_too_many_periods_are_gathered_into_round_ones() -> None:
    minutes = 2 * MOST_POINTS
    new = tuple(period(minute, minute % 2, p95=100.0 + 2 * (minute % 2)) for minute in range(minutes))
    found = series(told((0, looked(new=new))))
    # A period without invocations still has a voice, as its duration was measured.
    assert found == Series(120, tuple(point(at, 1, minutes=2, p95=101.0) for at in range(0, minutes, 2)), ())


def test_a_duration_that_cannot_be_drawn_was_not_measured() -> None:
    odd = (period(0, 1, p50=float("nan"), p95=-1.0, p99=7.0),)
    assert series(told((0, looked(new=odd)))).new == (point(0, 1, p99=7.0),)


def test_of_the_percentiles_those_that_gates_are_about_are_shown() -> None:
    findings = (Finding("errors", Judged.PASS, "none"), Finding("duration p95", Judged.PASS, "as before"))
    measured, shown = (period(0, 9, p80=70.0, p95=100.0),), (point(0, 9, p95=100.0),)
    events = told((0, looked(new=measured, old=measured, findings=findings)))
    assert series(events) == Series(60, shown, shown)
