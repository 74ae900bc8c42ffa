"""Which two versions a rollout is about, told from its events alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deployer.core.percent import Percent
from deployer.core.state import Absent, AliasState, Settling, Stable, Transition, base_of, versions_on
from deployer.core.version import New, Version
from deployer.core.watch.policy import ALL
from deployer.rollout.event import (
    Began,
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

_NONE = Percent(0)


@dataclass(frozen=True, slots=True)
class Compared:
    """The new version and the old one, as Lambda writes them; empty where the events do not tell."""

    new: str = ""
    old: str = ""

    def share(self, state: AliasState) -> Percent:
        """How much of the traffic the new version has."""
        match state:
            case Absent():
                return _NONE
            case Stable(version):
                return ALL if self._is_new(version) else _NONE
            case Transition(version1, version2, weight):
                return weight.rest if self._is_new(version1) else weight if self._is_new(version2) else _NONE
            case Settling(_, version2, _):
                return ALL if self._is_new(version2) else _NONE

    def _is_new(self, version: Version | New) -> bool:
        """A placeholder can only stand for the version that is being published."""
        return isinstance(version, New) or str(version) == self.new


def compared(events: Iterable[Event]) -> Compared:
    """What moves the alias tells it best, then what is on it, then what was tested."""
    guesses = sorted((guess for event in events for guess in _guesses(event.what)), key=lambda guess: guess[0])
    return guesses[0][1] if guesses else Compared()


def states(what: Happening) -> tuple[AliasState, ...]:
    """The states of the alias that an event tells, in the order in which they were."""
    match what:
        case Began(state=state) | Looked(state=state) | Held(state=state) | Resumed(state) | Ended(state=state):
            return (state,)
        case Stepped(before=before, after=after) | RolledBack(before=before, after=after):
            return (before, after)
        case Tested() | Hooked() | Waited() | Noticed():
            return ()


def names(state: AliasState) -> tuple[str, ...]:
    """The versions on the alias, version1 first."""
    return tuple(name(version) for version in versions_on(state))


def _guesses(what: Happening) -> Iterator[tuple[int, Compared]]:
    """Who may be new and old by one event, and how far to trust it: 0 is best."""
    if isinstance(what, Stepped):
        yield 0, Compared(rolled_out(what), name(base_of(what.before)))
    if isinstance(what, RolledBack):
        yield 1, Compared(name(_first(what.before)), name(base_of(what.after)))
    for state in states(what):
        if isinstance(state, Transition):
            yield 2, Compared(name(state.version1), str(state.version2))
    if isinstance(what, Tested):
        yield 3, Compared(what.version)
    if isinstance(what, Looked) and isinstance(what.state, Stable):
        yield 4, Compared(name(what.state.version))


def rolled_out(step: Stepped) -> str:
    """The version that a step leads to, by its number; empty where the event does not tell."""
    first = _first(step.after)
    return step.published or "" if isinstance(first, New) else name(first)


def _first(state: AliasState) -> Version | New | None:
    return next(iter(versions_on(state)), None)


def name(version: Version | New | None) -> str:
    """A version as Lambda writes it; empty for one that has no number yet."""
    return "" if version is None or isinstance(version, New) else str(version)
