"""The page: all parts in order, and everything that they need in one file."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
from collections.abc import Iterator, Sequence
from typing import Final

from deployer.rollout.event import Event
from deployer.rollout.report.before import hooks, tests
from deployer.rollout.report.chart import Frame
from deployer.rollout.report.duration_chart import duration_charts
from deployer.rollout.report.error_chart import calls_chart, error_chart
from deployer.rollout.report.figures import counted
from deployer.rollout.report.gates import gates
from deployer.rollout.report.headline import headline, sentence
from deployer.rollout.report.interval import Interval, wilson
from deployer.rollout.report.journal import journal
from deployer.rollout.report.mark import shapes
from deployer.rollout.report.markup import Markup, element, joined
from deployer.rollout.report.scale import Times
from deployer.rollout.report.share_chart import share_chart
from deployer.rollout.report.steps import periods, steps
from deployer.rollout.report.story import Story, stories

FORMAT: Final = 1
"""The form of the page, for whoever reads it by machine: ids and classes change only with it."""

# No script, nothing from anywhere: a browser is told to hold the page to that.
_NOTHING_FROM_ELSEWHERE: Final = "default-src 'none'; style-src 'unsafe-inline'"


def render(events: Sequence[Event], *, interval: Interval = wilson) -> str:
    """One self-contained HTML page of a stream of events: the same events give the same page.

    Several functions or aliases in one stream come one after the other, each with its latest release. `interval` draws
    the bands of the error shares.
    """
    told = stories(events)
    title = "; ".join(sentence(story) for story in told[:_MOST_NAMED]) or "A rollout of which nothing is on record"
    body = element(
        "main",
        element("h1", "Rollout report"),
        joined(_article(story, number, interval) for number, story in enumerate(told, 1)),
        element("p", "There are no events.") if not told else None,
        _footer(told),
    )
    return f"<!doctype html>\n{element('html', _head(title), element('body', shapes(), body), lang='en')}\n"


_MOST_NAMED: Final = 3


def _head(title: str) -> Markup:
    style = importlib.resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=f"deployer {_version()}"),
        element("meta", name="deployer-report-format", content=str(FORMAT)),
        element("meta", http_equiv="Content-Security-Policy", content=_NOTHING_FROM_ELSEWHERE),
        element("title", title),
        # A style sheet is not escaped in HTML; this one is ours.
        element("style", Markup(style)),
    )


def _article(story: Story, number: int, interval: Interval) -> Markup:
    return element("article", headline(story), joined(_sections(story, number, interval)))


def _sections(story: Story, number: int, interval: Interval) -> Iterator[Markup]:
    frame = Frame(f"r{number}", _times(story), story.rollbacks)
    yield element("section", joined(_charts(story, frame, interval)), class_="charts")
    for part in (gates(story), steps(story, interval), tests(story), hooks(story), periods(story)):
        if part is not None:
            yield element("section", part)
    yield element("section", element("h3", "Events"), journal(story))


def _charts(story: Story, frame: Frame, interval: Interval) -> Iterator[Markup]:
    yield share_chart(story, frame)
    if story.series.new or story.series.old:
        yield error_chart(story, frame, interval)
        yield calls_chart(story, frame)
        yield from duration_charts(story, frame)


def _times(story: Story) -> Times:
    """All that is drawn, and a little air at the end, so that what comes last can be seen."""
    points = (*story.series.new, *story.series.old)
    begin = min([story.begin, *(point.begin for point in points)])
    end = max([story.end, *(point.end for point in points)])
    return Times(begin, end + max((end - begin) / 50, 1))


def _footer(told: Sequence[Story]) -> Markup:
    events = sum(len(story.events) for story in told)
    made = f"Written by deployer {_version()} from {counted(events, 'event')}, report format {FORMAT}."
    return element("footer", made, " All times are UTC.")


def _version() -> str:
    return importlib.metadata.version("lambda-rollouts")
