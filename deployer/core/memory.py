"""What an alias remembers about itself.

The state of an alias does not say which version a deploy last put there, nor what was stable before. The memory does:

    head      the version that a deploy last put on the alias, and a fingerprint of its content
    trail     the stable versions before the present one, newest first
    left      what was taken off the alias by a rollback or a route, besides head; newest first
    record    the routing that the memory was written with, since when, and the operation that wrote it; of a pair that
              a person put there, and no deploy, also what was stable before; when the release began that it is a step
              of, whether that is on hold, and whether hooks are to follow that nobody has run yet

It travels in the alias's Description, in the same write as the routing (see `token.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from deployer.core.errors import InvalidValue
from deployer.core.state import Routing, Stable, Transition
from deployer.core.version import NEW, New, Published

LEFT_LENGTH: Final = 8
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FINGERPRINT: Final = re.compile(r"[A-Za-z0-9_-]{2,32}")  # one dash alone stands for none


class Verb(StrEnum):
    """What was asked for when the alias was written."""

    DEPLOY = "deploy"
    ROUTE = "route"
    PROMOTE = "promote"
    ROLLBACK = "rollback"


class Through(StrEnum):
    """What carries a release out: our own calls of Lambda's API, or a CloudFormation stack."""

    API = "api"
    STACK = "stack"


@dataclass(frozen=True, slots=True)
class Operation:
    """One run of one verb: its `id` tells our own lost answer from somebody else's write."""

    verb: Verb
    id: str
    through: Through = Through.API

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise InvalidValue(self.id, "an operation id is 1 to 32 letters, digits, - and _")


@dataclass(frozen=True, slots=True)
class Manual:
    """Marks a pair of versions that a person put on the alias; `base` was stable before, None for `$LATEST` or nothing.

    A deploy puts a new version before the one that was stable. A person may put any two there: what was stable is
    version2, or version1 with another one tried out beside it, or neither.
    """

    base: Published | None


@dataclass(frozen=True, slots=True)
class Record:
    """The write that the memory came with; times in seconds of Unix time.

    `since`: when the routing came onto the alias. `manual` is None for a deploy's pair. `began`: when the release
    began, None where that is `since`. `on_hold`: nothing goes forward until somebody resumes it. `follow_up`: hooks are
    to follow what was written then, and have not been run to their end, as far as is known.
    """

    routing: Routing
    since: int
    operation: Operation
    manual: Manual | None = None
    began: int | None = None
    on_hold: bool = False
    follow_up: int | None = None

    def __post_init__(self) -> None:
        if self.began is not None and not 0 <= self.began <= self.since:
            raise InvalidValue(self.began, f"a release begins no later than its steps, here at {self.since}")
        if self.manual is not None and not (isinstance(self.routing, Transition) and self.operation.verb is Verb.ROUTE):
            raise InvalidValue(str(self.routing), "only a route puts a pair there by hand")
        if self.since < 0:
            raise InvalidValue(self.since, "time is given in seconds since 1970")
        if self.follow_up is not None and self.follow_up < self.since:
            raise InvalidValue(self.follow_up, f"hooks follow no earlier than the routing, here of {self.since}")

    @property
    def release_began(self) -> int:
        """When the release began that put the routing there, in Unix seconds."""
        return self.since if self.began is None else self.began

    def dated(self, since: int) -> Record:
        """The same, `since` another time, if that is later: a plan may be older than its execution."""
        dated = no_earlier(since, self.since)
        return replace(self, since=dated, follow_up=None if self.follow_up is None else dated)


def no_earlier(now: int, before: int | None) -> int:
    """The time of what follows something at `before`, perhaps by the clock of another machine."""
    return now if before is None else max(now, before)


@dataclass(frozen=True, slots=True)
class Memory:
    """What one token says. NEW stands for version1 where its number was not known when the token was written."""

    head: Published | New | None
    fingerprint: str | None
    trail: tuple[Published, ...]
    record: Record
    left: tuple[Published, ...] = ()

    def __post_init__(self) -> None:
        if self.fingerprint is not None and not _FINGERPRINT.fullmatch(self.fingerprint):
            raise InvalidValue(self.fingerprint, "a fingerprint is 2 to 32 letters, digits, - and _")
        if self.fingerprint is not None and self.head is None:
            raise InvalidValue(self.fingerprint, "a fingerprint is of head, and there is none")
        for versions in (self.trail, self.left):
            if len(set(versions)) < len(versions):
                raise InvalidValue(", ".join(map(str, versions)), "a memory names each version once")

    def resolved(self, version: Published | New) -> Memory:
        """The same memory with `version` in the place of NEW."""
        head = version if self.head == NEW else self.head
        routing = resolve_routing(self.record.routing, version)
        return replace(self, head=head, record=replace(self.record, routing=routing))


def resolve_routing(routing: Routing, version: Published | New) -> Routing:
    """The same routing with `version` in the place of NEW."""
    match routing:
        case Stable(New()):
            return Stable(version)
        case Transition(New(), version2, weight):
            return Transition(version, version2, weight)
        case Stable() | Transition():
            return routing
