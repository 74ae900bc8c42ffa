"""How long calls of the new version took against the old one's: one chart for each percentile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.core.watch.observation import PERIOD
from deployer.rollout.report.chart import Frame, Rung, Stroke, chart, figure, key, swatch
from deployer.rollout.report.curve import line, runs
from deployer.rollout.report.figures import every, milliseconds, percentile
from deployer.rollout.report.markup import Markup
from deployer.rollout.report.naming import first_upper, new_version, old_version
from deployer.rollout.report.scale import Times, Values, values
from deployer.rollout.report.series import Point, Series, total
from deployer.rollout.report.story import Story

MOST: Final = 6
_HEIGHT: Final = 130
_LEAST_TOP: Final = 1.0


def duration_charts(story: Story, frame: Frame) -> Iterator[Markup]:
    """Of the percentiles that gates are about; the highest, where there are too many to look at."""
    for number, which in enumerate(story.series.percentiles[-MOST:], 1):
        yield _chart(story, frame, which, number)


def _chart(story: Story, frame: Frame, which: float, number: int) -> Markup:
    measured, name = story.series, percentile(which)
    most = max(point.durations.get(which, 0.0) for point in (*measured.new, *measured.old))
    scale = values(max(most * 1.1, _LEAST_TOP), _HEIGHT)
    drawing = chart(
        frame,
        name=f"duration-{number}",
        title=f"Duration {name} of {new_version(story)} and {old_version(story)} over time",
        description=_description(story, which),
        height=_HEIGHT,
        rungs=[Rung(scale.y(value), milliseconds(value)) for value in scale.rungs()],
        strokes=_strokes(measured, which, frame.times, scale),
    )
    entries = [(swatch("line new"), new_version(story)), (swatch("line old"), old_version(story))]
    return figure(f"Duration {name}", _note(measured), key(entries), drawing)


def _strokes(measured: Series, which: float, times: Times, scale: Values) -> Iterator[Stroke]:
    def value(point: Point) -> float:
        return point.durations.get(which, 0.0)

    for kind, points in (("old", measured.old), ("new", measured.new)):
        for run in runs(points, lambda point: which in point.durations):
            yield Stroke(f"line {kind}", line(run, value, times, scale))


def _note(measured: Series) -> str:
    if measured.width == PERIOD:
        return first_upper(f"{every(PERIOD)}.")
    return first_upper(every(measured.width)) + ": the mean of its periods, weighted by invocations."


def _description(story: Story, which: float) -> str:
    said = []
    for name, points in ((new_version(story), story.series.new), (old_version(story), story.series.old)):
        whole = total(points)
        if whole is not None and which in whole.durations:
            said.append(f"{name}: {milliseconds(whole.durations[which])} in the mean of all periods")
    return "; ".join(said)
