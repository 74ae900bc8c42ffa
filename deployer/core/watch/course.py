"""What follows from a look: one of six courses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from deployer.core.memory import Verb
from deployer.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is due before `until` (Unix seconds). `frozen` names the freeze window that is shut, if that is why."""

    until: int
    why: str
    frozen: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step forward."""

    plan: Plan
    why: str


@dataclass(frozen=True, slots=True)
class RollBack:
    """Back at once."""

    plan: Plan
    why: str


@dataclass(frozen=True, slots=True)
class OnHold:
    """Nothing goes forward until a person says so; `way_on` is what he can say."""

    why: str
    way_on: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The hooks of the last write are to be run, which whoever made it has not done.

    `verb` is what it was written by; `over`: nothing is watched any more after it; `of`: since when they are to follow,
    in Unix seconds.
    """

    verb: Verb
    over: bool
    of: int
    why: str = "the hooks of the last move have not been run to their end"


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is under way any more.

    `plan` says so on the alias, where it has just passed its last bake. `rolled_back`: because the last release was.
    """

    why: str
    plan: Plan | None = None
    rolled_back: bool = False


Course: TypeAlias = Wait | Step | RollBack | OnHold | FollowUp | Done
