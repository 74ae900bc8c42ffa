"""One stream of events for everybody who listens. Nobody who listens can fail a release.

A listener that raises is told of no more than before and no less: it gets the next event too. Its error becomes one
notice to all others, once for each problem; what goes wrong while that notice is told is not told in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from deployer.core.errors import DeployerError
from deployer.rollout.event import Event, Noticed

Listener: TypeAlias = Callable[[Event], None]
TOPIC: Final = "notifier"


class Stream:
    """Tells each event to its listeners, in their order."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners
        self._told: set[tuple[int, str]] = set()

    def tell(self, event: Event) -> None:
        """Tell it to all of them. Raises nothing of theirs; KeyboardInterrupt goes through."""
        problems = [(place, problem) for place in range(len(self._listeners)) if (problem := self._tell(place, event))]
        for place, problem in problems:
            self._notice(place, problem, event)

    def _tell(self, place: int, event: Event) -> str:
        """The problem of one listener with it; empty where there was none."""
        try:
            self._listeners[place](event)
        except Exception as error:  # noqa: BLE001  # whatever it is, the release goes on; the others are told
            return _problem(error)
        return ""

    def _notice(self, place: int, problem: str, event: Event) -> None:
        if (place, problem) in self._told:
            return
        self._told.add((place, problem))
        text = f"{name_of(self._listeners[place])} was not told of everything: {problem}"
        for other in range(len(self._listeners)):
            if other != place:
                self._tell(other, Event(event.at, event.subject, Noticed(TOPIC, text)))


def name_of(listener: Listener) -> str:
    """What a listener calls itself: its `name`, or the name of its function or class."""
    own = getattr(listener, "name", None)
    return str(own or getattr(listener, "__qualname__", None) or type(listener).__qualname__)


def _problem(error: Exception) -> str:
    if isinstance(error, DeployerError):
        return " ".join(str(error).split())
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
