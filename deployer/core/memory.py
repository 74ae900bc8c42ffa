"""What an alias remembers about itself, and what is recalled of it.

The state of an alias does not say which version a deploy last put there, nor what was stable before. The memory does:

    head      the version that a deploy last put on the alias, and a fingerprint of its content
    trail     the stable versions before the present one, newest first
    left      what was taken off the alias by a rollback or a route, besides head; newest first
    record    the routing that the memory was written with, since when, and the operation that wrote it; of a pair also
              whether it is a trial: version2 is only tried out beside version1, and version1 is the way back

It travels in the alias's Description, in the same write as the routing (see `token.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from deployer.core.errors import InvalidValue
from deployer.core.state import AliasState, Routing, Settling, Stable, Transition, base_of, versions_on
from deployer.core.version import NEW, Latest, New, Published, Version

TRAIL_LENGTH: Final = 8
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
class Record:
    """The write that the memory came with; `since` in seconds of Unix time.

    `trial` tells that version2 is tried out beside version1, which was stable: the way back is version1.
    """

    routing: Routing
    since: int
    operation: Operation
    trial: bool = False

    def __post_init__(self) -> None:
        if self.trial and not (isinstance(self.routing, Transition) and self.operation.verb is Verb.ROUTE):
            raise InvalidValue(str(self.routing), "only a route of two versions is a trial")
        if self.since < 0:
            raise InvalidValue(self.since, "time is given in seconds since 1970")


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


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is known about an alias beyond its state: from its memory as far as that still fits.

    `record` is None when no memory was written with what the alias shows. `described` tells whether a token of ours
    knows the pair of versions on the alias, be it at another weight. `through` is what wrote the memory; None without.
    `trial` tells that version2 is only tried out beside version1.
    """

    head: Published | New | None
    fingerprint: str | None
    trail: tuple[Published, ...]
    record: Record | None
    described: bool
    through: Through | None
    left: tuple[Published, ...] = ()
    trial: bool = False

    @property
    def remembered(self) -> bool:
        """Whether there is a memory at all."""
        return self.through is not None

    @property
    def rolled_back(self) -> bool:
        """Whether what the alias shows was written by a rollback."""
        return self.record is not None and self.record.operation.verb is Verb.ROLLBACK


def resolve_routing(routing: Routing, version: Published | New) -> Routing:
    """The same routing with `version` in the place of NEW."""
    match routing:
        case Stable(New()):
            return Stable(version)
        case Transition(New(), version2, weight):
            return Transition(version, version2, weight)
        case Stable() | Transition():
            return routing


def recollect(state: AliasState, memory: Memory | None) -> Recollection:
    """Hold the memory against what the alias shows.

    Without a memory, head is version1. A memory for another routing keeps head and trail and loses the rest; what was
    stable when it was written joins the trail if somebody went forward from there.
    """
    version1 = next(iter(versions_on(state)), None)
    published = version1 if isinstance(version1, Published | New) else None
    if memory is None:
        return Recollection(published, None, (), None, described=False, through=None)
    if published is not None:
        memory = memory.resolved(published)
    elif memory.head == NEW:
        # Written before the number was known, and the alias no longer tells it.
        memory = replace(memory, head=None, fingerprint=None)
    written = memory.record.routing
    described = versions_on(state) == versions_on(written)
    base = _base(memory.record)
    left = _left_forward(base, state)
    return Recollection(
        head=memory.head,
        fingerprint=memory.fingerprint,
        trail=memory.trail if left is None else _joined(left, memory.trail),
        record=memory.record if _written_with(state, written) else None,
        described=described,
        through=memory.record.operation.through,
        left=memory.left,
        trial=memory.record.trial if described else is_trial(state, base, memory.left),
    )


def _base(record: Record) -> Version | New | None:
    return versions_on(record.routing)[0] if record.trial else base_of(record.routing)


def is_trial(state: AliasState, base: Version | New | None, left: tuple[Published, ...]) -> bool:
    """Whether somebody who put this pair on the alias, where `base` was stable, only tries version2 out beside it.

    Of an older version2 that cannot be known, and it is the way back as in any pair; unless it was taken off before.
    """
    if not isinstance(state, Transition) or state.version1 != base or not isinstance(base, Published):
        return False
    return base < state.version2 or state.version2 in left


def _written_with(state: AliasState, written: Routing) -> bool:
    # Lambda's own move shows weight 100 on the version that we had just left.
    if isinstance(state, Settling):
        return written == Stable(state.version1)
    return state == written


def _left_forward(base: Version | New | None, state: AliasState) -> Published | None:
    """The published version that somebody left for a later one, or for `$LATEST`; whoever goes back says it is bad."""
    version1, *others = versions_on(state) or (None,)
    if not isinstance(base, Published):
        return None
    match version1:
        case Latest():
            return base
        case Published():
            return base if base < version1 and base not in others else None
        case New() | None:
            return None


def _joined(version: Published, trail: tuple[Published, ...]) -> tuple[Published, ...]:
    return tuple(dict.fromkeys((version, *trail)))[:TRAIL_LENGTH]


def lengthened(trail: tuple[Published, ...], base: Version | New | None, after: AliasState) -> tuple[Published, ...]:
    """The trail once the alias goes forward from `base` to `after`: what was stable joins it, what is on does not."""
    longer = (base, *trail) if isinstance(base, Published) else trail
    return without(longer, after)[:TRAIL_LENGTH]


def shortened(trail: tuple[Published, ...], after: Stable) -> tuple[Published, ...]:
    """The trail once a rollback went to `after`: only what was stable before that; what was left never joins it."""
    if isinstance(after.version, Published) and after.version in trail:
        return trail[trail.index(after.version) + 1 :]
    return trail


def without(trail: tuple[Published, ...], state: AliasState) -> tuple[Published, ...]:
    """The trail less what `state` names, each version once."""
    return tuple(version for version in dict.fromkeys(trail) if version not in versions_on(state))
