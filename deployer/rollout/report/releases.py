"""Where one release ends in a stream and the next begins: files of events are appended to for ever.

A release is one version on its way to all traffic. Another begins

    where a version is tested that is not the one rolled out, or takes the place of it as version1;
    where the same one starts again after it had lost all traffic, or had failed before it got any;
    where a driver begins at an alias with one version, or none, and fails before anything is looked at.

What the driver told since it began belongs to the release that it begins. Whatever the alias is seen at without any of
these is the release as before: carried on by other drivers and newer code, rolled back, or moved by a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from deployer.core.state import Absent, AliasState, Settling, Stable, Transition
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
from deployer.rollout.report.compared import name, names, rolled_out

_UNNAMED: Final = ""
_FAILED: Final = (End.TESTS_FAILED, End.FAILED, End.OVERTAKEN)


def releases(events: Sequence[Event]) -> tuple[tuple[Event, ...], ...]:
    """The events of one function and alias by release, in order; what comes before the first one is left out.

    Events that tell of no release at all are kept together as one. No events give none.
    """
    cut = _Cut()
    for place, event in enumerate(events):
        cut.read(place, event.what)
    found: dict[int, list[Event]] = {}
    for number, event in zip(cut.owners, events, strict=True):
        found.setdefault(number, []).append(event)
    told = [number for number in sorted(found) if number >= cut.first] or sorted(found)
    return tuple(tuple(found[number]) for number in told)


@dataclass(slots=True)
class _Cut:
    """One reading of a stream. `owners` has the number of a release for each event that was read, `first` to `last`;
    those below tell of none.

    `new` is the version that is rolled out, None before any is known; `had`: it has had traffic; `failed`: it has
    failed before that. `opening`: what the driver told that began last, while it may begin a new release.
    """

    owners: list[int] = field(default_factory=list)
    first: int = 1
    last: int = 0
    new: str | None = None
    had: bool = False
    failed: bool = False
    state: AliasState = field(default_factory=Absent)
    opening: list[int] = field(default_factory=list)

    def read(self, place: int, what: Happening) -> None:
        """The next event."""
        self.owners.append(self.last)
        match what:
            case Began(state=state):
                self.opening = []
                self._see(place, state)
                self.opening = [place]
            case Hooked() | Noticed():
                self.opening += [place] if self.opening else []
            case Tested(version):
                self._try(place, version)
            case Stepped():
                self._step(place, what)
            case RolledBack(before=before, after=after):
                self._go_back(place, before, after)
            case Looked(state=state):
                self._look(place, state)
            case Held(state=state) | Resumed(state):
                self._see(place, state)
            case Ended():
                self._end(place, what)
            case Waited():
                pass

    @property
    def _is_over(self) -> bool:
        """The version has lost all traffic, or got none."""
        gone = self.had and not isinstance(self.state, Transition | Settling) and self.new not in names(self.state)
        return gone or self.failed

    @property
    def _is_awaited(self) -> bool:
        """The version is about to get its first traffic, and the alias still shows what comes before it."""
        return self.new is not None and not self.had and not self.failed

    def _begin(self, place: int, version: str) -> None:
        self.last += 1
        for one in (*self.opening, place):
            self.owners[one] = self.last
        self.new, self.had, self.failed, self.opening = version, False, False, []

    def _see(self, place: int, state: AliasState) -> None:
        """A version that is on its way is the one that is rolled out, whether or not its beginning was told."""
        self.state = state
        match state:
            case Transition(version1=version) | Settling(version1=version):
                if not (self._is_awaited and name(version) != self.new):
                    self._is_on_its_way(place, name(version))
            case Stable() | Absent():
                pass

    def _is_on_its_way(self, place: int, version: str) -> None:
        if self.new is None:
            self.new, self.first = version, 0
        elif version != self.new:
            self._begin(place, version)
        self.had, self.failed = True, False

    def _try(self, place: int, version: str) -> None:
        if version != self.new or self._is_over:
            self._begin(place, version)

    def _step(self, place: int, step: Stepped) -> None:
        self._see(place, step.before)
        version, was_on = rolled_out(step), names(step.before)
        goes_back = isinstance(step.after, Stable) and version in was_on
        if not goes_back and (version != self.new or self._is_over):
            self._begin(place, version)
        self.state, self.had, self.failed, self.opening = step.after, True, False, []

    def _go_back(self, place: int, before: AliasState, after: AliasState) -> None:
        self._see(place, before)
        if isinstance(before, Stable):
            self._is_on_its_way(place, name(before.version))
        self.state, self.opening = after, []

    def _look(self, place: int, state: AliasState) -> None:
        """One version alone is looked at while it is the new one; while another is tested, it is the one before it."""
        if self._is_awaited and self.new not in names(state):
            self.owners[place] -= 1
            return
        self._see(place, state)
        if isinstance(state, Stable):
            self._is_on_its_way(place, name(state.version))
        self.opening = []

    def _end(self, place: int, ended: Ended) -> None:
        self._see(place, ended.state)
        if ended.idle:
            return
        if self.opening and ended.end in _FAILED and isinstance(ended.state, Stable | Absent):
            self._begin(place, _UNNAMED)
        self.failed = not self.had and ended.end in _FAILED
        self.opening = []
