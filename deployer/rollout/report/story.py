"""What a stream of events tells of one rollout, worked out once for all parts of the page."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from deployer.core.percent import Percent
from deployer.core.watch.judgement import Judged, Judgement
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
    Subject,
    Tested,
    Waited,
)
from deployer.rollout.report.compared import Compared, compared, states
from deployer.rollout.report.figures import within_calendar
from deployer.rollout.report.releases import releases
from deployer.rollout.report.series import Series, series


@dataclass(frozen=True, slots=True)
class Leg:
    """The new version had `share` of the traffic from `begin` to `end` (Unix seconds)."""

    begin: float
    end: float
    share: Percent


@dataclass(frozen=True, slots=True)
class Look:
    """One look. A decisive one is the last before the alias moved or was held, or the first that failed."""

    at: float
    judgement: Judgement
    share: Percent
    decisive: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing went forward from `begin` to `end`: "held" by a verdict or a person, "frozen" by a window."""

    begin: float
    end: float
    name: str


@dataclass(frozen=True, slots=True)
class Story:
    """One rollout. `events` are in the order of the stream, and their times never run backwards.

    `earlier`: how many releases of the same function and alias come before it in the stream, which it tells nothing of.
    """

    subject: Subject
    events: tuple[Event, ...]
    compared: Compared
    legs: tuple[Leg, ...]
    looks: tuple[Look, ...]
    stops: tuple[Stop, ...]
    series: Series
    earlier: int

    @property
    def begin(self) -> float:
        """When the first event was."""
        return self.events[0].at

    @property
    def end(self) -> float:
        """When the last event was."""
        return self.events[-1].at

    @property
    def ended(self) -> Ended | None:
        """How the last driver stopped; None where it did not say."""
        last = self.events[-1].what
        return last if isinstance(last, Ended) else None

    @property
    def came_to(self) -> End | None:
        """How it came out: as the last driver said, or as a person has left it since; None where neither is told."""
        if self.ended is not None:
            return self.ended.end
        for event in reversed(self.events):
            match event.what:
                case RolledBack():
                    return End.ROLLED_BACK
                case Held():
                    return End.HELD
                case Began() | Stepped() | Looked() | Resumed() | Ended():
                    return None  # under way when it was last seen
                case Tested() | Hooked() | Waited() | Noticed():
                    pass
        return None

    @property
    def share(self) -> Percent | None:
        """What the new version had at last; None where no event tells."""
        return self.legs[-1].share if self.legs else None

    @property
    def rollbacks(self) -> tuple[float, ...]:
        """When the alias was put back."""
        return tuple(event.at for event in self.events if isinstance(event.what, RolledBack))

    @property
    def drivers(self) -> int:
        """How many took the rollout up."""
        return sum(isinstance(event.what, Began) for event in self.events)

    @property
    def schedule(self) -> tuple[Percent, ...]:
        """The steps that the first driver had before it."""
        began = (event.what for event in self.events if isinstance(event.what, Began))
        return next((what.schedule for what in began), ())

    @property
    def release(self) -> str:
        """The name of the release; empty where it has none."""
        names = (event.what.release for event in self.events if isinstance(event.what, Began))
        return next((name for name in names if name), "")


def stories(events: Sequence[Event]) -> tuple[Story, ...]:
    """The latest release of each function and alias, in the order in which these come up."""
    subjects = dict.fromkeys(event.subject for event in events)
    return tuple(_story(subject, [event for event in events if event.subject == subject]) for subject in subjects)


def decisive(events: Sequence[Event]) -> frozenset[int]:
    """Where in the stream the decisive looks are."""
    found: set[int] = set()
    last: int | None = None
    failing = False
    for place, event in enumerate(events):
        if isinstance(event.what, Looked):
            fails = event.what.judgement.judged is Judged.FAIL
            if fails and not failing:
                found.add(place)
            last, failing = place, fails
        elif isinstance(event.what, Stepped | RolledBack | Held) and last is not None:
            found.add(last)
            last = None
    return frozenset(found)


def _story(subject: Subject, events: Sequence[Event]) -> Story:
    *earlier, latest = releases(events)
    steady = tuple(_forward(latest))
    about = compared(steady)
    return Story(
        subject=subject,
        events=steady,
        compared=about,
        legs=tuple(_legs(steady, about)),
        looks=tuple(_looks(steady, about)),
        stops=tuple(_stops(steady)),
        series=series(steady),
        earlier=len(earlier),
    )


def _forward(events: Iterable[Event]) -> Iterator[Event]:
    """The clocks of several machines differ a little: the order of the stream is what counts."""
    now = 0.0
    for event in events:
        now = max(now, within_calendar(event.at))
        yield replace(event, at=now)


def _legs(events: Sequence[Event], about: Compared) -> Iterator[Leg]:
    seen = [(event.at, about.share(state)) for event in events for state in states(event.what)]
    for share, run in itertools.groupby(_changes(seen, events[-1].at), key=lambda leg: leg.share):
        whole = list(run)
        yield Leg(whole[0].begin, whole[-1].end, share)


def _changes(seen: Sequence[tuple[float, Percent]], end: float) -> Iterator[Leg]:
    """Each state lasts until the next is seen; what stood no time at all is not a leg, except at the very end."""
    for (at, share), (until, _) in itertools.pairwise(seen):
        if until > at:
            yield Leg(at, until, share)
    if seen:
        yield Leg(seen[-1][0], end, seen[-1][1])


def _looks(events: Sequence[Event], about: Compared) -> Iterator[Look]:
    decided = decisive(events)
    for place, event in enumerate(events):
        if isinstance(event.what, Looked):
            yield Look(event.at, event.what.judgement, about.share(event.what.state), place in decided)


def _stops(events: Sequence[Event]) -> Iterator[Stop]:
    """A hold lasts until it is resumed or the alias moves, a freeze until its end or until something else is said."""
    said = [(event.at, name) for event in events if (name := _stop(event.what)) is not None]
    begins = [next(run) for _, run in itertools.groupby(said, key=lambda one: one[1])]
    for (begin, name), (end, _) in itertools.pairwise((*begins, (events[-1].at, ""))):
        if name:
            yield Stop(begin, end, name)


def _stop(what: Happening) -> str | None:
    """The name of a stop, nothing where it may go on, None where an event says neither."""
    match what:
        case Held():
            return "held"
        case Waited(frozen=frozen):
            return "frozen" if frozen else ""
        case Stepped() | RolledBack() | Resumed():
            return ""
        case Began() | Tested() | Hooked() | Looked() | Noticed() | Ended():
            return None
