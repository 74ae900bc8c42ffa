"""What is recalled of an alias: its memory, held against what it shows.

What is recalled says three things of a pair of versions that the state does not: whether a deploy began it or a person
put it there, what was stable before, and so where a rollback goes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeGuard

from deployer.core.memory import Memory, Record, Through, Verb
from deployer.core.state import Absent, AliasState, Routing, Settling, Stable, Transition, base_of, versions_on
from deployer.core.trail import joined
from deployer.core.version import NEW, Latest, New, Published, Version


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is known about an alias beyond its state: from its memory as far as that still fits.

    `record` is None when no memory was written with what the alias shows. `described` tells whether a token of ours
    knows the pair of versions on the alias, be it at another weight. `through` is what wrote the memory; None without.
    `base` is the version that was last stable: the only one, or version2, unless more is known of the pair. `manual`
    tells of a pair that it was put there by hand, as far as the memory knows. `began` is when the release of the pair
    began, in Unix seconds, whatever its weight. `on_hold`: nothing goes forward until somebody resumes it.
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
    began: int | None = None
    on_hold: bool = False

    @property
    def remembered(self) -> bool:
        """Whether there is a memory at all."""
        return self.through is not None

    @property
    def rolled_back(self) -> bool:
        """Whether what the alias shows was written by a rollback."""
        return self.record is not None and self.record.operation.verb is Verb.ROLLBACK

    @property
    def taken_off(self) -> tuple[Published, ...]:
        """What stays off the alias after a rollback, that which it took off among it; nothing without one."""
        if not self.rolled_back:
            return ()
        return tuple(one for one in (self.head, *self.left) if self._stays_off(one))

    def _stays_off(self, version: Published | New | None) -> TypeGuard[Published]:
        alone = None if self.record is None else self.record.routing
        return isinstance(version, Published) and was_taken_off(version, self) and Stable(version) != alone


def recollect(state: AliasState, memory: Memory | None, new: Published | None = None) -> Recollection:
    """Hold the memory against what the alias shows. `new` is the number that the memory calls NEW, where it is known.

    Without a memory, head is version1. A memory for another routing keeps head and trail and loses the rest; what was
    stable when it was written joins the trail if somebody went forward from there.
    """
    version1 = next(iter(versions_on(state)), None)
    published = version1 if isinstance(version1, Published | New) else None
    if memory is None:
        return Recollection(published, None, (), None, described=False, through=None, base=base_of(state))
    memory = _with_number(memory, new or published)
    record = memory.record
    described = versions_on(state) == versions_on(record.routing)
    was_stable = base_of(record.routing) if record.manual is None else record.manual.base
    left = _left_forward(was_stable, state)
    trail = memory.trail if left is None else joined(left, memory.trail)
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
        began=record.release_began if described else None,
        on_hold=record.on_hold and (described or isinstance(state, Stable)),
    )


def _with_number(memory: Memory, number: Published | New | None) -> Memory:
    """The memory with that number for NEW, which was published after all others that it names; else nobody tells it."""
    others = (*memory.trail, *memory.left, *versions_on(memory.record.routing)[1:])
    if number is not None and number not in others:
        return memory.resolved(number)
    return replace(memory, head=None, fingerprint=None) if memory.head == NEW else memory


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
