"""Paths: a line through points that breaks where nothing was measured, the band around it, and bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from deployer.rollout.report.scale import Times, Values
from deployer.rollout.report.series import Point


def runs(points: Iterable[Point], measured: Callable[[Point], bool]) -> Iterator[tuple[Point, ...]]:
    """The stretches without a gap: each point begins where the one before it ends, and all were measured."""
    run: list[Point] = []
    for point in points:
        if run and not (measured(point) and run[-1].end == point.begin):
            yield tuple(run)
            run = []
        if measured(point):
            run.append(point)
    if run:
        yield tuple(run)


def line(run: Sequence[Point], value: Callable[[Point], float], times: Times, scale: Values) -> str:
    """Through the middles. One point by itself is a line of no length, which round ends make a dot."""
    places = [f"{times.across(point.middle)} {scale.y(value(point)):g}" for point in run]
    return f"M{places[0]}h0" if len(places) == 1 else "M" + "L".join(places)


def band(run: Sequence[Point], ends: Callable[[Point], tuple[float, float]], times: Times, scale: Values) -> str:
    """Between the lowest and the highest. One point by itself has a band as wide as its period."""
    edges = [(at, *ends(point)) for point in run for at in _ats(point, alone=len(run) == 1)]
    upper = [f"{times.across(at)} {scale.y(high):g}" for at, _, high in edges]
    lower = [f"{times.across(at)} {scale.y(low):g}" for at, low, _ in reversed(edges)]
    return "M" + "L".join((*upper, *lower)) + "z"


def bars(heights: Iterable[tuple[Point, float, float]], times: Times, scale: Values) -> str:
    """One bar a point, from a value to a value, with a little air beside it."""
    return "".join(
        _bar(times.across(point.begin), times.across(point.end), scale.y(low), scale.y(high))
        for point, low, high in heights
        if high > low
    )


def _ats(point: Point, *, alone: bool) -> tuple[float, ...]:
    return (point.begin, point.end) if alone else (point.middle,)


def _bar(left: int, right: int, bottom: float, top: float) -> str:
    air = (right - left) // 8
    return f"M{left + air} {bottom:g}V{top:g}H{right - air}V{bottom:g}z"
