"""How the share of the new version went, with what each look said of it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from deployer.core.percent import Percent
from deployer.rollout.report.chart import Frame, Rung, Stroke, chart, figure, key, percent_across, swatch
from deployer.rollout.report.figures import counted, exact, hour
from deployer.rollout.report.mark import JUDGED, mark, symbol
from deployer.rollout.report.markup import Markup, element, joined
from deployer.rollout.report.naming import new_version
from deployer.rollout.report.scale import Times, Values
from deployer.rollout.report.story import Leg, Look, Stop, Story

_HEIGHT: Final = 220
_SCALE: Final = Values(100, _HEIGHT)
# How far apart marks and words must stand, in percent of the width: on a wide screen, and on a narrow one.
_APART, _FAR_APART = 2.0, 5.0
_WORDS, _LONG_WORDS = 4.5, 11.0
_HIGH: Final = Percent(9_000)
_LATE: Final = 60


def share_chart(story: Story, frame: Frame) -> Markup:
    """The step line, the marks on it, and where it was held, frozen or put back."""
    times = frame.times
    drawing = chart(
        frame,
        name="share",
        title=f"Share of {new_version(story)} over time",
        description=_description(story),
        height=_HEIGHT,
        rungs=[Rung(_SCALE.y(value), f"{value}\N{NO-BREAK SPACE}%") for value in (0, 25, 50, 75, 100)],
        strokes=[Stroke("tint new", _area(story.legs, times)), Stroke("line new", _line(story.legs, times))],
        above=[
            joined(_stop(stop, times) for stop in story.stops),
            joined(_label(leg, times) for leg in story.legs),
            joined(_rollback_words(at, times) for at in story.rollbacks[:1]),
            joined(_marks(story.looks, times)),
        ],
    )
    return figure("Share of traffic", _note(story), _key(story), drawing)


def thinned(looks: Sequence[Look], times: Times, apart: float) -> list[Look]:
    """The decisive ones; then, where there is room, those at which the verdict changed, and as many others as fit."""
    kept = [look for look in looks if look.decisive]
    places = [times.x(look.at) for look in kept]
    for look in (*_changes(looks), *looks):
        x = times.x(look.at)
        here = bisect.bisect_left(places, x)
        if all(abs(place - x) >= apart for place in places[max(here - 1, 0) : here + 1]):
            places.insert(here, x)
            kept.append(look)
    return sorted(kept, key=lambda look: look.at)


def _changes(looks: Sequence[Look]) -> Iterator[Look]:
    yield from looks[:1]
    for before, look in itertools.pairwise(looks):
        if before.judgement.judged is not look.judgement.judged:
            yield look


def _line(legs: Sequence[Leg], times: Times) -> str:
    """Level while nothing is done, upright where the alias moves."""
    if not legs:
        return ""
    steps = "".join(f"V{_y(leg)}H{times.across(leg.end)}" for leg in legs)
    return f"M{times.across(legs[0].begin)} {_y(legs[0])}{steps}"


def _area(legs: Sequence[Leg], times: Times) -> str:
    return f"{_line(legs, times)}V{_HEIGHT}H{times.across(legs[0].begin)}z" if legs else ""


def _y(leg: Leg) -> str:
    return f"{_SCALE.y(leg.share.hundredths / 100):g}"


def _stop(stop: Stop, times: Times) -> Markup:
    left, right = times.x(stop.begin), times.x(stop.end)
    box = element(
        "rect",
        class_=f"stop {stop.name}",
        x=percent_across(left),
        y="0",
        width=percent_across(max(right - left, 0.3)),
        height=str(_HEIGHT),
    )
    if right - left < _WORDS:
        return box
    fine = " fine" if right - left < _LONG_WORDS else ""
    return joined(
        (box, element("text", stop.name, class_=f"words {stop.name}{fine}", x=percent_across(left), dx="5", y="14"))
    )


def _label(leg: Leg, times: Times) -> Markup | None:
    """How large the share is, written over its beginning where there is room for that."""
    left, wide = times.x(leg.begin), times.x(leg.end) - times.x(leg.begin)
    if wide < _WORDS or leg.share.hundredths == 0:
        return None
    under = leg.share > _HIGH
    fine = " fine" if wide < _LONG_WORDS else ""
    down = _SCALE.y(leg.share.hundredths / 100) + (20 if under else -10)
    return element("text", exact(leg.share), class_=f"words share{fine}", x=percent_across(left), dx="6", y=f"{down:g}")


def _rollback_words(at: float, times: Times) -> Markup:
    x = times.x(at)
    late = x > _LATE
    return element(
        "text",
        f"rolled back {hour(at)}",
        class_="words back" + (" late" if late else ""),
        x=percent_across(x),
        dx="-6" if late else "6",
        y="14",
    )


def _marks(looks: Sequence[Look], times: Times) -> Iterator[Markup]:
    """Those that decided lie on top of the others."""
    few = {id(look) for look in thinned(looks, times, _FAR_APART)}
    for look in sorted(thinned(looks, times, _APART), key=lambda look: look.decisive):
        x, y = percent_across(times.x(look.at)), _SCALE.y(look.share.hundredths / 100)
        fine = "" if id(look) in few else "fine"
        yield mark(look.judgement.judged, large=look.decisive, x=x, y=f"{y:g}", kind=fine)


def _description(story: Story) -> str:
    steps = "; ".join(f"{exact(leg.share)} from {hour(leg.begin)}" for leg in story.legs[:50])
    back = "".join(f"; rolled back at {hour(at)}" for at in story.rollbacks)
    return f"{steps or 'No share is known'}{back}. {_note(story)}"


def _note(story: Story) -> str:
    said = [(word, sum(look.judgement.judged is judged for look in story.looks)) for judged, word in JUDGED.items()]
    verdicts = ", ".join(f"{number:,} {word}" for word, number in said if number)
    return f"{counted(len(story.looks), 'look')}: {verdicts}." if verdicts else "Nothing was looked at."


def _key(story: Story) -> Markup:
    seen = {look.judgement.judged for look in story.looks}
    stops = dict.fromkeys(stop.name for stop in story.stops)
    return key(
        [
            (swatch("line new"), new_version(story)),
            *((symbol(judged), word) for judged, word in JUDGED.items() if judged in seen),
            *((swatch(f"stop {name}"), name) for name in stops),
        ]
    )
