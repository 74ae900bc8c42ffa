"""The list of events, in order. What only says that all goes on as before is folded away."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Happening,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Tested,
    Waited,
)
from deployer.rollout.report.figures import clock, counted, day, iso, moment
from deployer.rollout.report.mark import JUDGED
from deployer.rollout.report.markup import Markup, element, joined
from deployer.rollout.report.story import Story, decisive
from deployer.rollout.report.wording import wording

_MOST_ROWS: Final = 600
_MOST_FOLDED: Final = 800
_MOST_LETTERS: Final = 200_000
_LEAST_TEXT, _MOST_TEXT = 120, 2_000


@dataclass(frozen=True, slots=True)
class _Style:
    """How much room there is: letters of one text, rows in one fold. `dated` where the rollout lasted past midnight."""

    letters: int
    folded: int
    dated: bool


def journal(story: Story) -> Markup:
    """All events of one rollout."""
    told = _told(story.events)
    groups = [(loud, [event for event, _ in run]) for loud, run in itertools.groupby(told, key=lambda one: one[1])]
    style = _style(story, groups)
    rows = [row for loud, events in groups for row in (_rows(events, style) if loud else [_fold(events, style)])]
    return element("ol", joined(_shortened(rows, _MOST_ROWS, "event")), class_="journal")


def _told(events: Sequence[Event]) -> list[tuple[Event, bool]]:
    """Each event, and whether it stands by itself."""
    decided, said = decisive(events), set[Happening]()
    told = []
    for place, event in enumerate(events):
        what = event.what
        told.append((event, _is_loud(events, place, again=what in said) or place in decided))
        if isinstance(what, Stepped | RolledBack | Resumed):
            said = {one for one in said if isinstance(one, Noticed)}
        elif isinstance(what, Noticed | Held | Ended):
            said.add(what)
    return told


def _is_loud(events: Sequence[Event], place: int, *, again: bool) -> bool:
    """A driver that takes one look and goes, to be followed by the next, is no news; one that died is.

    Nor is it that each of them finds the same hold or the same end.
    """
    what = events[place].what
    match what:
        case Looked() | Waited():
            return False
        case Began():
            return place == 0 or not _is_waiting(events[place - 1])
        case Ended():
            return place == len(events) - 1 or not (again or _is_waiting(events[place]))
        case Noticed() | Held():
            return not again
        case Tested() | Hooked() | Stepped() | RolledBack() | Resumed():
            return True


def _is_waiting(event: Event) -> bool:
    return isinstance(event.what, Ended) and event.what.end is End.WAITING


def _style(story: Story, groups: Sequence[tuple[bool, Sequence[Event]]]) -> _Style:
    folds = sum(not loud for loud, _ in groups)
    rows = min(sum(len(events) for loud, events in groups if loud), _MOST_ROWS) + _MOST_FOLDED
    return _Style(
        letters=min(max(_MOST_LETTERS // rows, _LEAST_TEXT), _MOST_TEXT),
        folded=max(_MOST_FOLDED // max(folds, 1), 2),
        dated=moment(story.begin).date() != moment(story.end).date(),
    )


def _rows(events: Iterable[Event], style: _Style) -> list[Markup]:
    return [_row(event, style) for event in events]


def _row(event: Event, style: _Style) -> Markup:
    said = wording(event.what)
    text = said.text if len(said.text) <= style.letters else said.text[: style.letters] + "…"
    return element(
        "li",
        _time(event.at, style),
        element("span", said.kind, class_=f"kind {said.tone}".rstrip()),
        element("span", text, class_="told"),
    )


def _time(at: float, style: _Style) -> Markup:
    return element("time", f"{day(at)} {clock(at)}" if style.dated else clock(at), datetime=iso(at))


def _fold(events: Sequence[Event], style: _Style) -> Markup:
    """Under one line, what came between two that matter."""
    if len(events) == 1:
        return _row(events[0], style)
    rows = _shortened(_rows(_evenly(events, style.folded), style), style.folded, "event")
    left_out = len(events) - style.folded
    more = element("li", f"{counted(left_out, 'event')} like these left out", class_="gap") if left_out > 0 else None
    summary = element("summary", _time(events[0].at, style), element("span", _counted(events), class_="quiet"))
    return element("li", element("details", summary, element("ol", joined(rows), more)), class_="fold")


def _evenly(events: Sequence[Event], most: int) -> list[Event]:
    """As many as there is room for, from the first to the last."""
    if len(events) <= most:
        return list(events)
    return [events[number * (len(events) - 1) // (most - 1)] for number in range(most)]


def _counted(events: Sequence[Event]) -> str:
    """12 looks: 10 inconclusive, 2 pass."""
    looks = Counter(event.what.judgement.judged for event in events if isinstance(event.what, Looked))
    if not looks:
        return counted(len(events), "event")
    verdicts = ", ".join(f"{looks[judged]:,} {word}" for judged, word in JUDGED.items() if looks[judged])
    drivers = sum(isinstance(event.what, Began) for event in events)
    taken = f", {counted(drivers, 'driver')}" if drivers else ""
    return f"{counted(looks.total(), 'look')}: {verdicts}{taken}"


def _shortened(rows: Sequence[Markup], most: int, name: str) -> Iterator[Markup]:
    """The beginning and the end, where there are too many."""
    half = most // 2
    if len(rows) <= most:
        yield from rows
        return
    yield from rows[:half]
    yield element("li", f"{counted(len(rows) - most, name)} left out", class_="gap")
    yield from rows[-half:]
