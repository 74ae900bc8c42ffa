"""What a person asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from deployer.core.memory import Verb
from deployer.core.state import Routing
from deployer.core.version import Published


@dataclass(frozen=True, slots=True)
class Deploy:
    """Release what is wanted; `again` releases what was rolled back, `adopt` takes over a foreign transition.

    `override` is why it goes forward although nothing should, in a freeze window or with a stop. `follow_up`: hooks are
    to follow, which `FollowedUp` says are done; so do those of Rollback and Conclude.
    """

    again: bool = False
    adopt: bool = False
    override: str | None = None
    follow_up: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Put exactly this on the alias; publishes nothing."""

    target: Routing


@dataclass(frozen=True, slots=True)
class Promote:
    """Version1 alone, at once; `override` as in Deploy."""

    adopt: bool = False
    override: str | None = None


@dataclass(frozen=True, slots=True)
class Rollback:
    """Back to version2, or to the version before; `to` goes further back."""

    to: Published | None = None
    adopt: bool = False
    follow_up: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Let nothing go forward on the alias until it is resumed. Its routing stays."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Let it go forward again, also from a weight that somebody else has set. The routing stays."""


@dataclass(frozen=True, slots=True)
class Conclude:
    """The release that has all traffic is watched no longer: what a rollout asks for at its end."""

    follow_up: bool = False


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """The hooks that were to follow what was written then (`of`, Unix seconds) are through. The routing stays.

    With `claimed` they are not: whoever carries on runs them from now on, and others leave them to him.
    """

    routing: Routing
    of: int
    claimed: bool = False


Request: TypeAlias = Deploy | Route | Promote | Rollback | Hold | Resume | Conclude | FollowedUp


def verb_of(request: Request) -> Verb:
    """The word that the memory keeps for it; what a hold leaves under way is a deploy's."""
    match request:
        case Deploy() | Hold() | Resume() | FollowedUp():
            return Verb.DEPLOY
        case Route():
            return Verb.ROUTE
        case Promote() | Conclude():
            return Verb.PROMOTE
        case Rollback():
            return Verb.ROLLBACK
