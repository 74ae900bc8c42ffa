"""What an alias remembers about itself, and what is recalled of it.

The state of an alias does not say which version a deploy last put there, nor what was stable before. The memory does:

    head      the version that a deploy last put on the alias, and a fingerprint of its content
    trail     the stable versions before the present one, newest first
    left      what was taken off the alias by a rollback or a route, besides head; newest first
    record    the routing that the memory was written with, since when, and the operation that wrote it; of a pair that
              a person put there, and no deploy, also what was stable before

It travels in the alias's Description, in the same write as the routing (see `token.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from deployer.core.errors import InvalidValue
from deployer.core.state import Absent, AliasState, Routing, Settling, Stable, Transition, base_of, versions_on
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
class Manual:
    """Marks a pair of versions that a person put on the alias; `base` was stable before, None for `$LATEST` or nothing.

    A deploy puts a new version before the one that was stable. A person may put any two there: what was stable is
    version2, or version1 with another one tried out beside it, or neither.
    """

    base: Published | None


@dataclass(frozen=True, slots=True)
class Record:
    """The write that the memory came with; `since` in seconds of Unix time. `manual` is None for a deploy's pair."""

    routing: Routing
    since: int
    operation: Operation
    manual: Manual | None = None

    def __post_init__(self) -> None:
        if self.manual is not None and not (isinstance(self.routing, Transition) and self.operation.verb is Verb.ROUTE):
            raise InvalidValue(str(self.routing), "only a route puts a pair there by hand")
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
    `base` is the version that was last stable: the only one, or version2, unless more is known of the pair. `manual`
    tells of a pair that it was put there by hand, as far as the memory knows.
    """

    head: Published | New | None
    fingerprint: str | None
    trail: tuple[Published, ...]
    record: Record | None
    described: bool
    through: Through | None
    left: tuple[Published, ...] = ()
    base: Version | New | None = None
    manual: bool = False

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
        return Recollection(published, None, (), None, described=False, through=None, base=base_of(state))
    if published is not None:
        memory = memory.resolved(published)
    elif memory.head == NEW:
        # Written before the number was known, and the alias no longer tells it.
        memory = replace(memory, head=None, fingerprint=None)
    record = memory.record
    described = versions_on(state) == versions_on(record.routing)
    was_stable = base_of(record.routing) if record.manual is None else record.manual.base
    left = _left_forward(was_stable, state)
    trail = memory.trail if left is None else _joined(left, memory.trail)
    return Recollection(
        head=memory.head,
        fingerprint=memory.fingerprint,
        trail=trail,
        record=record if _written_with(state, record.routing) else None,
        described=described,
        through=record.operation.through,
        left=tuple(version for version in memory.left if state != Stable(version)),
        base=was_stable if described else _stable_before(state, was_stable, memory),
        manual=record.manual is not None if described else _put_beside(state, was_stable),
    )


def _stable_before(state: AliasState, was_stable: Version | New | None, memory: Memory) -> Version | New | None:
    """What was stable before a state that the memory was not written with, or that Lambda makes of it."""
    match state:
        case Settling(version1, version2) if _written_with(state, memory.record.routing):
            return version1 if memory.record.operation.verb is Verb.ROLLBACK else version2
        case Transition() | Settling() if was_stable in versions_on(state) or was_taken_off(state.version2, memory):
            return was_stable
        case Absent() | Stable() | Transition() | Settling():
            return base_of(state)


def _put_beside(state: AliasState, was_stable: Version | New | None) -> bool:
    """Whether somebody else only put another version beside the one that was stable: no release goes to that."""
    return isinstance(state, Transition) and state.version1 == was_stable


def way_back(pair: Transition | Settling, known: Recollection) -> Published:
    """Where a rollback goes from a pair: to version2, unless that is only tried out or was taken off before.

    Then it is what was stable before, or else version1. An older version2 of which nothing bad is known is where a
    person goes back to.
    """
    base, version1, version2 = known.base, pair.version1, pair.version2
    if version2 == base or version2 in known.trail:
        return version2
    stable = base if isinstance(base, Published) else version1
    tried_out = isinstance(stable, Published) and stable < version2
    if not tried_out and not was_taken_off(version2, known):
        return version2
    if isinstance(base, Published):
        return base
    return version2 if isinstance(version1, New) or was_taken_off(version1, known) else version1


def was_taken_off(version: Published, known: Memory | Recollection) -> bool:
    """Whether a rollback or a route took it off, and nothing is known of a time when it was stable."""
    return version in (known.head, *known.left) and version not in known.trail


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
    """The trail once the alias went back to `after`: only what was stable before that; what was left never joins it."""
    version = after.version
    if not isinstance(version, Published):
        return trail
    if version in trail:
        return trail[trail.index(version) + 1 :]
    return tuple(older for older in trail if older < version)


def without(trail: tuple[Published, ...], state: AliasState) -> tuple[Published, ...]:
    """The trail less what `state` names, each version once."""
    return tuple(version for version in dict.fromkeys(trail) if version not in versions_on(state))
