"""What a driver needs of others: eyes, tests before traffic, hooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from deployer.config.rollout.settings import OnFailure
from deployer.core import Published
from deployer.core.watch.observation import Observation
from deployer.core.watch.sight import Sight
from deployer.rollout.context import HookContext
from deployer.rollout.event import Hooked, Tested


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation, and what kept it from being whole."""

    observation: Observation
    problems: tuple[str, ...] = ()


class Eyes(Protocol):
    """Measures what there is to see."""

    def check(self, now: int) -> tuple[str, ...]:
        """See that one can look at all, before anything begins; answers what is not there. `now` in Unix seconds."""
        ...

    def observe(self, sight: Sight, now: int) -> Seen:
        """One look at metrics and alarms, `now` in Unix seconds."""
        ...


class Trial(Protocol):
    """Tests before traffic."""

    def __call__(self, new: Published, old: Published | None) -> Tested:
        """Invoke the new version by its number; `old` is what has the traffic, None where nothing has."""
        ...


@dataclass(frozen=True, slots=True)
class Ran:
    """The hooks of one moment. `gravest` is what their failures come to; None where none failed."""

    hooked: tuple[Hooked, ...]
    gravest: OnFailure | None


class Hooks(Protocol):
    """Runs the hooks of one moment."""

    def __call__(self, context: HookContext, /) -> Ran:
        """What was run, and what its failures come to."""
        ...
