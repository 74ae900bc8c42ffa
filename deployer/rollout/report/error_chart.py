"""Errors of the new version against the old one's, period by period, and the calls of which they are a share."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import Final

from deployer.rollout.report.chart import Frame, Rung, Stroke, chart, figure, key, swatch
from deployer.rollout.report.curve import band, bars, line, runs
from deployer.rollout.report.figures import count, every, percent
from deployer.rollout.report.interval import Interval
from deployer.rollout.report.markup import Markup
from deployer.rollout.report.naming import new_version, old_version
from deployer.rollout.report.scale import Times, Values, values
from deployer.rollout.report.series import Point, Series, total
from deployer.rollout.report.story import Story

_HEIGHT: Final = 180
_LOW: Final = 72
_LEAST_TOP: Final = 0.01


def error_chart(story: Story, frame: Frame, interval: Interval) -> Markup:
    """The share of errors of both versions, each in its band."""
    measured = story.series

    def ends(point: Point) -> tuple[float, float]:
        return interval(point.errors, point.invocations)

    scale = values(_top(measured, ends), _HEIGHT)
    drawing = chart(
        frame,
        name="errors",
        title=f"Share of errors of {new_version(story)} and {old_version(story)} over time",
        description=_description(story),
        height=_HEIGHT,
        rungs=[Rung(scale.y(value), _rung(value)) for value in scale.rungs()],
        strokes=_strokes(measured, ends, frame.times, scale),
    )
    shaded = "shaded: the 95\N{NO-BREAK SPACE}% confidence interval of each"
    note = f"Errors of invocations, {every(measured.width)}; {shaded}."
    return figure("Share of errors", note, _key(story, "line"), drawing)


def calls_chart(story: Story, frame: Frame) -> Markup:
    """How often each version was invoked: the old one's bars stand on those of the new one."""
    measured = story.series
    under = {point.begin: point.invocations for point in measured.new}
    new = [(point, 0.0, float(point.invocations)) for point in measured.new]
    old = [
        (point, float(under.get(point.begin, 0)), float(under.get(point.begin, 0) + point.invocations))
        for point in measured.old
    ]
    scale = values(max((high for _, _, high in (*new, *old)), default=0) or 1, _LOW)
    drawing = chart(
        frame,
        name="calls",
        title=f"Invocations of {new_version(story)} and {old_version(story)} over time",
        description=_description(story),
        height=_LOW,
        rungs=[Rung(scale.y(value), count(value)) for value in (0, scale.top)],
        strokes=[Stroke("bar old", bars(old, frame.times, scale)), Stroke("bar new", bars(new, frame.times, scale))],
    )
    return figure("Invocations", f"Of both versions together, {every(measured.width)}.", _key(story, "bar"), drawing)


def _rung(value: float) -> str:
    return f"{value * 100:.10g}\N{NO-BREAK SPACE}%"


def _strokes(
    measured: Series, ends: Callable[[Point], tuple[float, float]], times: Times, scale: Values
) -> Iterator[Stroke]:
    """Bands first, so that no line is under one."""
    stretches = [
        (kind, run)
        for kind, points in (("old", measured.old), ("new", measured.new))
        for run in runs(points, lambda point: point.invocations > 0)
    ]
    for kind, run in stretches:
        yield Stroke(f"band {kind}", band(run, ends, times, scale))
    for kind, run in stretches:
        yield Stroke(f"line {kind}", line(run, lambda point: point.share or 0.0, times, scale))


def _top(measured: Series, ends: Callable[[Point], tuple[float, float]]) -> float:
    """All shares are in; of the bands what is usual, as that of a handful of calls would squeeze everything else."""
    points = [point for point in (*measured.new, *measured.old) if point.invocations]
    if not points:
        return _LEAST_TOP
    shares = max(point.share or 0.0 for point in points)
    return min(max(shares * 1.1, statistics.median(ends(point)[1] for point in points) * 1.2, _LEAST_TOP), 1.0)


def _description(story: Story) -> str:
    said = []
    for name, points in ((new_version(story), story.series.new), (old_version(story), story.series.old)):
        whole = total(points)
        if whole is not None:
            shown = percent(whole.share) if whole.share is not None else "no"
            said.append(f"{name}: {count(whole.errors)} errors of {count(whole.invocations)} invocations, {shown}")
    return "; ".join(said) or "Nothing was measured"


def _key(story: Story, kind: str) -> Markup:
    return key([(swatch(f"{kind} new"), new_version(story)), (swatch(f"{kind} old"), old_version(story))])
