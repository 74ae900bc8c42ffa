"""What a plan does, step by step. Each action is plain data: the state it starts from and the state it ends in.

CreateFunction    no function            -> `$LATEST` holds what is wanted
PushSettings      fingerprint of `$LATEST` -> the same with other settings
PushCode          fingerprint of `$LATEST` -> the same with other code
Publish           `$LATEST`              -> a number, NEW in the plan
CreateAlias       absent                 -> a routing
Shift             alias state            -> a routing
Await             Lambda's own move      -> its end, however it ends
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from deployer.core.errors import InvalidValue
from deployer.core.memory import Memory
from deployer.core.state import Absent, AliasState, Move, Routing, Settling, Stable, Transition, versions_on
from deployer.core.token import Composed, Description, compose
from deployer.core.version import LATEST, Latest, New, Published


@dataclass(frozen=True, slots=True)
class CreateFunction:
    """Create the function from what is wanted; `after` is the fingerprint of `$LATEST`."""

    after: str


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Change the settings of `$LATEST` named in `names`; `before` and `after` are its fingerprints.

    Those in `removed` are gone afterwards: Lambda replaces all environment variables at once.
    """

    before: str
    after: str
    names: tuple[str, ...]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushCode:
    """Put other code on `$LATEST`; `before` and `after` are its fingerprints."""

    before: str
    after: str
    code_sha256: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish `$LATEST`, guarded by its content; the number it brings stands as NEW in what follows."""

    content: str


@dataclass(frozen=True, slots=True)
class Write:
    """One write of the whole alias: routing and memory together, among the person's own text."""

    before: AliasState
    after: Routing
    memory: Memory
    around: Description

    def __post_init__(self) -> None:
        if self.memory.record.routing != self.after:
            raise InvalidValue(str(self.after), f"the memory of it describes {self.memory.record.routing}")
        if isinstance(self.before, Absent) is not isinstance(self, CreateAlias):
            raise InvalidValue(
                str(self.before), "an alias is created where there is none, and shifted where there is one"
            )

    @property
    def description(self) -> Composed:
        """The alias's Description as it will be written."""
        return compose(self.around, self.memory)

    @property
    def forms_pair(self) -> bool:
        """Whether two versions come to share traffic that did not before, so that they must be checked first.

        Lambda's own move gives one of its two all traffic, so they share none yet.
        """
        shared = isinstance(self.before, Transition) and versions_on(self.before) == versions_on(self.after)
        return isinstance(self.after, Transition) and not shared

    @property
    def minds_provisioned(self) -> bool:
        """Whether Lambda would refuse it on an alias that has provisioned concurrency."""
        return self.forms_pair or (self.after == Stable(LATEST) and self.before != self.after)

    @property
    def to_check(self) -> tuple[Published | New, ...]:
        """The versions to be looked at first: both of a pair that is formed, or the one that joins the alias."""
        known = () if self.forms_pair else versions_on(self.before)
        return tuple(v for v in versions_on(self.after) if not isinstance(v, Latest) and v not in known)


@dataclass(frozen=True, slots=True)
class CreateAlias(Write):
    """Create the alias."""


@dataclass(frozen=True, slots=True)
class Shift(Write):
    """Move the alias, by compare-and-swap from the state that was looked at."""


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until Lambda's own move has ended, then look again."""

    before: Settling

    def __post_init__(self) -> None:
        if self.before.move is not Move.UNDER_WAY:
            raise InvalidValue(str(self.before), "only a move that is under way comes to an end by itself")


Action: TypeAlias = CreateFunction | PushSettings | PushCode | Publish | CreateAlias | Shift | Await


def write(before: AliasState, after: Routing, memory: Memory, around: Description) -> CreateAlias | Shift:
    """The action that puts `after` on the alias, whether it exists or not."""
    kind = CreateAlias if isinstance(before, Absent) else Shift
    return kind(before, after, memory, around)


def stamped(action: CreateAlias | Shift, now: int, alias_arn: str) -> CreateAlias | Shift:
    """The same write, its memory dated `now` (Unix seconds) and made out to its alias.

    A plan may be older than its execution, and older than the function that tells the ARN. A write that leaves the
    routing as it is leaves the time since when it is there, too. Raises InvalidValue without an ARN: nobody could read
    such a memory again.
    """
    if not alias_arn:
        raise InvalidValue(alias_arn, "the memory of an alias is made out to its ARN")
    record = action.memory.record
    dated = record if action.before == action.after else record.dated(now)
    memory = replace(action.memory, record=dated)
    return replace(action, memory=memory, around=replace(action.around, owner=alias_arn))
