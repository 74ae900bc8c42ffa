"""How a rollout stands, put together from its events: shares set and measured, verdicts, and the time to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from deployer.cli import words
from deployer.cli.paper import Line, Span, Tone, line
from deployer.cli.watching.words import TONES, finding_line
from deployer.core import Absent, AliasState, Percent, Settling, Stable, Transition
from deployer.core.watch.observation import Period
from deployer.core.watch.policy import ALL
from deployer.rollout.event import (
    Began,
    Ended,
    Event,
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

_UNMEASURED: Final = "-"


@dataclass(slots=True)
class Panel:
    """The last word of each kind; a step makes what was measured before it old."""

    name: str = ""
    state: AliasState | None = None  # nobody has looked yet
    moved: bool = False
    schedule: tuple[Percent, ...] = ()
    looked: Looked | None = None
    waited: Waited | None = None
    held: Held | None = None

    def take(self, event: Event) -> None:
        """Let one event change it."""
        subject = event.subject
        self.name = f"{subject.function or subject.function_name} in {subject.environment}, alias {subject.alias}"
        match event.what:
            case Began(state, schedule):
                self.state, self.schedule = state, schedule
            case Ended(state=state):
                self.state = state
            case Stepped(after=after) | RolledBack(after=after):
                self.state, self.looked, self.waited, self.held = after, None, None, None
                self.moved = True
            case Looked() as looked:
                self.state, self.looked, self.waited, self.held = looked.state, looked, None, None
            case Waited() as waited:
                self.waited, self.held = waited, None
            case Held() as held:
                self.state, self.waited, self.held = held.state, None, held
            case Resumed(state):
                self.state, self.held = state, None
            case Tested() | Hooked() | Noticed():
                pass

    def lines(self, now: float) -> Iterator[Line]:
        """It in words, at `now` (Unix seconds)."""
        yield line(Span(self.name, Tone.STRONG))
        yield from self._schedule()
        yield from self._shares()
        if self.looked is not None:
            yield from _verdict(self.looked)
        yield from self._next(now)

    def _schedule(self) -> Iterator[Line]:
        share = None if self.state is None else _share(self.state)
        ahead = isinstance(self.state, Stable) and not self.moved
        if share is None or ahead or not self.schedule:
            return
        here = next((one for one in self.schedule if one >= share), ALL)
        parts = [Span(f"{one}", _tone(one, here)) for one in self.schedule]
        arrows = [Span(" → ", Tone.DIM)] * len(parts)
        spans = [span for pair in zip(parts, arrows, strict=True) for span in pair][:-1]
        yield words.row("step", f"{self.schedule.index(here) + 1} of {len(parts)}:  ", *spans, " %")

    def _shares(self) -> Iterator[Line]:
        if self.state is None or isinstance(self.state, Absent):
            yield words.row("now", "nobody has looked yet" if self.state is None else "no such alias yet")
            return
        yield words.row("", Span("version      set  measured", Tone.DIM))
        measured = self._measured()
        for index, (version, share) in enumerate(words.shares(self.state)):
            seen = measured.get(version, _UNMEASURED)
            told = f"{version:>7}  {f'{share} %':>7}  {seen:>8}  "
            yield words.row("" if index else "now", told, Span(words.bar(share), Tone.GOOD))

    def _measured(self) -> dict[str, str]:
        """Each version's share of the calls that were measured since the step began."""
        if self.looked is None or not isinstance(self.state, Transition):
            return {}
        seen = self.looked.observation
        new, old = (_calls(periods, self.looked.since) for periods in (seen.new, seen.old))
        if not new + old:
            return {}
        percents = (f"{100 * calls / (new + old):.1f} %" for calls in (new, old))
        return dict(zip((str(self.state.version1), str(self.state.version2)), percents, strict=True))

    def _next(self, now: float) -> Iterator[Line]:
        if self.held is not None:
            yield words.row("on hold", Span(self.held.why, Tone.LOUD))
        elif self.waited is not None:
            left = max(0.0, self.waited.until - now)
            when = f"in {_countdown(left)}" if left else "now"
            yield words.row("next", Span(when, Tone.STRONG), f": {self.waited.why}")


def _share(state: AliasState) -> Percent | None:
    match state:
        case Transition():
            return state.share
        case Stable():
            return ALL
        case Absent() | Settling():
            return None


def _tone(share: Percent, here: Percent) -> Tone:
    if share == here:
        return Tone.STRONG
    return Tone.GOOD if share < here else Tone.DIM


def _calls(periods: tuple[Period, ...], since: int) -> int:
    """In the whole periods of the step alone: the one that it began in has calls from before it."""
    return sum(period.invocations for period in periods if period.start >= since)


def _verdict(looked: Looked) -> Iterator[Line]:
    judgement, seen = looked.judgement, looked.observation
    calls = f"{judgement.invocations:,} calls of the new version since {_clock(looked.since)}"
    measured = f", measured until {_clock(seen.through)}" if seen.through > looked.since else ""
    yield words.row("verdict", Span(str(judgement.judged), TONES[judgement.judged]), f", {calls}{measured}")
    for finding in judgement.findings:
        yield words.row("", *finding_line(finding))


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}"


def _countdown(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
