"""What was decided, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deployer.aws.alias import AliasSeen
from deployer.aws.function import LatestSeen
from deployer.aws.release import Release
from deployer.aws.version import VersionSeen
from deployer.core import (
    Action,
    AliasState,
    Content,
    CreateAlias,
    Decision,
    Plan,
    Policy,
    Refusal,
    Request,
    Shift,
    Situation,
)
from deployer.core.errors import ErrorInLines
from deployer.core.fitness import Fitness
from deployer.core.memory import Record


class Refused(ErrorInLines):
    """A rule forbids what was asked for; nothing was written to the alias."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    @property
    def lines(self) -> tuple[str, ...]:
        """Why, and the way out."""
        return (self.refusal.text, f"  {self.refusal.way_out}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision, with all that was looked at to make it. Nothing has been written."""

    request: Request
    policy: Policy
    operation_id: str
    alias: AliasSeen
    latest: LatestSeen | None
    situation: Situation
    release: Release | None
    wanted: Content | None
    decision: Decision
    fitness: Fitness


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: the decision as it was carried out, and the alias before and after.

    `published` is the version that PublishVersion answered with; `reused` when it was there already, nothing having
    changed since it was published. `record` is what the alias remembers of it; None where nothing was written.
    """

    decision: Plan
    before: AliasState
    after: AliasState
    published: VersionSeen | None = None
    reused: bool = False
    record: Record | None = None


OnAction = Callable[[Action], None]
"""Told of each action just before it is carried out."""

BeforeTraffic = Callable[[CreateAlias | Shift], None]
"""Called once all is published and before the alias is written, which an error prevents; no number is NEW any more."""
