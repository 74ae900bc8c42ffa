"""A plan is data: what will be done, or why nothing will. Preview, execution and JSON read this one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from deployer.core.action import (
    Action,
    Await,
    CreateAlias,
    CreateFunction,
    Publish,
    PushCode,
    PushSettings,
    Shift,
)
from deployer.core.errors import InvalidValue
from deployer.core.verdict import Verdict


class Topic(StrEnum):
    """What a notice is about."""

    UNCHANGED = "unchanged"
    HELD = "held"
    LEFT_BEHIND = "left-behind"
    NEWER_WAITS = "newer-waits"
    REPLACED = "replaced"
    MANUAL = "manual"
    BACKWARDS = "backwards"
    FOREIGN = "foreign"
    NO_MEMORY = "no-memory"
    MEMORY_DAMAGED = "memory-damaged"
    MEMORY_OTHER_ROUTING = "memory-other-routing"
    LATEST_NO_WEIGHTS = "latest-no-weights"
    FIRST_RELEASE = "first-release"
    ALREADY = "already"
    SETTLING = "settling"
    TEXT_CUT = "text-cut"
    INACTIVE = "inactive"
    OTHER_ADAPTER = "other-adapter"
    OVERRIDDEN = "overridden"
    CLOCK = "clock"
    CREDENTIALS = "credentials"
    LATE_ERRORS = "late-errors"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should read; `loud` when it may surprise them later."""

    topic: Topic
    text: str
    loud: bool = False


class Reason(StrEnum):
    """Why nothing will be done."""

    NO_FUNCTION = "no-function"
    PACKAGE_TYPE = "package-type"
    NO_ALIAS = "no-alias"
    NO_TRAIL = "no-trail"
    REVERTED = "reverted"
    NEWER = "newer"
    OTHER_ADAPTER = "other-adapter"
    OTHER_PUBLISHER = "other-publisher"
    OUTSIDE_STACK = "outside-stack"
    IN_STACK = "in-stack"
    UNDER_WAY = "under-way"
    WOULD_PUBLISH = "would-publish"
    NOTHING_NEW = "nothing-new"
    DRIFTED = "drifted"
    FOREIGN = "foreign"
    FOREIGN_REVERSED = "foreign-reversed"
    MOVE_FAILED = "move-failed"
    ALL_ON_SECOND = "all-on-second"
    LATEST_OUTSIDE_DEVELOPMENT = "latest-outside-development"
    NOT_BACK = "not-back"
    MEMORY_TOO_NEW = "memory-too-new"
    PENDING = "pending"
    SETTLING = "settling"
    NOT_ROUTABLE = "not-routable"
    NO_VERSION = "no-version"
    NOT_OURS = "not-ours"
    FOLLOWS_LATEST = "follows-latest"
    ON_HOLD = "on-hold"
    FROZEN = "frozen"
    STOPPED = "stopped"


_PLACES: Final[Mapping[type[Action], int]] = {
    CreateFunction: 0,
    PushSettings: 1,
    PushCode: 2,
    Publish: 3,
    CreateAlias: 4,
    Shift: 4,
    Await: 4,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, in order; nothing when `actions` is empty, and `notices` say why."""

    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
    verdict: Verdict | None = None

    def __post_init__(self) -> None:
        places = [_PLACES[type(action)] for action in self.actions]
        if places != sorted(set(places)):
            order = "pushes come before the publish, and the alias is written, or its move waited for, last and once"
            raise InvalidValue(self.actions, order)

    @property
    def write(self) -> CreateAlias | Shift | None:
        """The one write of the alias, if there is one: always the last action."""
        last = self.actions[-1] if self.actions else None
        return last if isinstance(last, CreateAlias | Shift) else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing will be done: why, and what a person can do instead."""

    reason: Reason
    text: str
    way_out: str
    notices: tuple[Notice, ...] = ()
    verdict: Verdict | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """None: a refusal changes nothing."""
        return ()


Decision: TypeAlias = Plan | Refusal
