"""The frame that all charts share: one axis of time, quiet rungs, a title and a description for who cannot see it.

Lines and areas stretch with the page, so they stand in a drawing of their own; whatever must keep its shape (letters,
marks) is placed in percent of the width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deployer.rollout.report.markup import Markup, element, joined
from deployer.rollout.report.scale import WIDE, Times

_UNDER, _LETTERS = 26, 18


@dataclass(frozen=True, slots=True)
class Rung:
    """A line across the chart, `y` pixels down, and what is written beside it."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path over WIDE by the height of the chart, drawn as its class says."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for every chart of one rollout. `name` keeps their ids apart."""

    name: str
    times: Times
    rollbacks: tuple[float, ...]


def chart(
    frame: Frame,
    *,
    name: str,
    title: str,
    description: str,
    height: int,
    rungs: Iterable[Rung],
    strokes: Iterable[Stroke],
    above: Sequence[Markup] = (),
) -> Markup:
    """One chart; `above` lies on top of the lines."""
    key = f"{frame.name}-{name}"
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-text"),
        joined(_rung(rung) for rung in rungs),
        _axis(frame.times, height),
        _strokes(strokes, height),
        joined(_rollback(frame.times.x(at), height) for at in frame.rollbacks),
        joined(above),
        class_="chart",
        role="img",
        aria_labelledby=f"{key}-title",
        aria_describedby=f"{key}-text",
        width="100%",
        height=str(height + _UNDER),
    )


def figure(heading: str, note: str, legend: Markup, drawing: Markup) -> Markup:
    """A chart with its heading, the key to its colours, and how it is to be read."""
    return element(
        "figure",
        element("figcaption", element("h3", heading), element("p", note), legend),
        element("div", drawing, class_="plot"),
    )


def key(entries: Iterable[tuple[Markup, str]]) -> Markup:
    """The key to colours and marks: what each looks like, and what it means."""
    return element("ul", joined(element("li", sign, text) for sign, text in entries), class_="key")


def swatch(kind: str) -> Markup:
    """A piece of what is drawn with a class."""
    return element("span", class_=f"swatch {kind}", aria_hidden="true")


def percent_across(x: float) -> str:
    """A place on the axis of time, as SVG wants it."""
    return f"{x:.2f}%"


def _rung(rung: Rung) -> Markup:
    return joined(
        (
            element("line", class_="rung", x1="0", x2="100%", y1=f"{rung.y:g}", y2=f"{rung.y:g}"),
            element("text", rung.text, class_="beside", x="-8", y=f"{rung.y + 4:g}"),
        )
    )


def _axis(times: Times, height: int) -> Markup:
    return joined(
        element(
            "g",
            element(
                "line",
                class_="tick",
                x1=percent_across(tick.x),
                x2=percent_across(tick.x),
                y1=str(height),
                y2=str(height + 5),
            ),
            element("text", tick.text, class_="under", x=percent_across(tick.x), y=str(height + _LETTERS)),
            class_="fine" if tick.fine else None,
        )
        for tick in times.ticks()
    )


def _strokes(strokes: Iterable[Stroke], height: int) -> Markup:
    return element(
        "svg",
        joined(element("path", class_=stroke.kind, d=stroke.path) for stroke in strokes if stroke.path),
        viewBox=f"0 0 {WIDE} {height}",
        preserveAspectRatio="none",
        width="100%",
        height=str(height),
        aria_hidden="true",
    )


def _rollback(x: float, height: int) -> Markup:
    return element("line", class_="rollback", x1=percent_across(x), x2=percent_across(x), y1="0", y2=str(height))
