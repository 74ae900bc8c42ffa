"""What each version did while the new one had each share, and, folded, period by period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.rollout.report.figures import (
    NOTHING,
    count,
    day,
    every,
    exact,
    hour,
    length,
    milliseconds,
    moment,
    percent,
    percentile,
)
from deployer.rollout.report.interval import Interval
from deployer.rollout.report.markup import Markup, Part, element
from deployer.rollout.report.naming import new_version, old_version
from deployer.rollout.report.series import Point, total
from deployer.rollout.report.story import Leg, Story
from deployer.rollout.report.table import Column, table

_MOST_STEPS = 200


def steps(story: Story, interval: Interval) -> Markup | None:
    """One row for each share that the new version had, in order."""
    if not story.legs:
        return None
    columns = [
        Column("Share"),
        Column("From"),
        Column("For", "number"),
        *(Column(f"Errors of {name}", "number") for name in (new_version(story), old_version(story))),
    ]
    rows = (_step(story, leg, interval) for leg in story.legs[:_MOST_STEPS])
    return table(
        "Step by step, with the 95\N{NO-BREAK SPACE}% confidence interval of each share of errors", columns, rows
    )


def periods(story: Story) -> Markup | None:
    """The numbers behind the charts."""
    measured = story.series
    if not (measured.new or measured.old):
        return None
    new, old = story.compared.new or "new", story.compared.old or "old"
    columns = [
        Column("From"),
        *(Column(f"{name} {what}", "number") for name in (new, old) for what in ("calls", "errors")),
        *(
            Column(f"{name} {percentile(which)}", "number wide")
            for which in measured.percentiles[-3:]
            for name in (new, old)
        ),
    ]
    return element(
        "details",
        element("summary", f"The numbers, {every(measured.width)}"),
        table("Each period of both versions, times in UTC", columns, _periods(story), "dense"),
    )


def _step(story: Story, leg: Leg, interval: Interval) -> Sequence[Part]:
    new, old = (
        total([point for point in points if leg.begin <= point.middle < leg.end])
        for points in (story.series.new, story.series.old)
    )
    return (
        exact(leg.share),
        _when(story, leg.begin),
        length(leg.end - leg.begin),
        _errors(new, interval),
        _errors(old, interval),
    )


def _errors(point: Point | None, interval: Interval) -> Part:
    if point is None or point.share is None:
        return NOTHING
    low, high = interval(point.errors, point.invocations)
    of = f" {count(point.errors)} of {count(point.invocations)}, {percent(low)} to {percent(high)}"
    return element("span", percent(point.share), element("span", of, class_="quiet"))


def _when(story: Story, at: float) -> str:
    return hour(at) if moment(story.begin).date() == moment(story.end).date() else f"{day(at)} {hour(at)}"


def _periods(story: Story) -> Iterator[Sequence[Part]]:
    measured = story.series
    new, old = ({point.begin: point for point in points} for points in (measured.new, measured.old))
    for begin in sorted({*new, *old}):
        pair = (new.get(begin), old.get(begin))
        yield (
            _when(story, begin),
            *(part for point in pair for part in _counts(point)),
            *(_duration(point, which) for which in measured.percentiles[-3:] for point in pair),
        )


def _counts(point: Point | None) -> tuple[str, str]:
    return (NOTHING, NOTHING) if point is None else (count(point.invocations), count(point.errors))


def _duration(point: Point | None, which: float) -> str:
    return NOTHING if point is None or which not in point.durations else milliseconds(point.durations[which])
