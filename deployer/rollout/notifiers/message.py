"""What notifiers have in common: what they raise, and which events are worth a message."""

from __future__ import annotations

from deployer.core.errors import DeployerError
from deployer.rollout.event import Ended, Event, Looked, Waited
from deployer.rollout.event_wire import type_of


class NotTold(DeployerError):
    """A notifier was not told of an event, for `problem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem


def is_message(event: Event) -> bool:
    """Whether it is told to people and machines elsewhere: all but looks, waits and idle ticks, of which many come."""
    what = event.what
    return not isinstance(what, Looked | Waited) and not (isinstance(what, Ended) and what.idle)


def headline(event: Event) -> str:
    """It in a few words, for a subject line: the function, and what happened."""
    where = f"{event.subject.function_name}:{event.subject.alias}"
    return f"{where} {type_of(event)}"
