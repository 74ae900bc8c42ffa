"""What a person asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from deployer.core.memory import Verb
from deployer.core.state import Routing
from deployer.core.version import Published


@dataclass(frozen=True, slots=True)
class Deploy:
    """Release what is wanted; `again` releases what was rolled back, `adopt` takes over a foreign transition."""

    again: bool = False
    adopt: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Put exactly this on the alias; publishes nothing."""

    target: Routing


@dataclass(frozen=True, slots=True)
class Promote:
    """Version1 alone, at once."""

    adopt: bool = False


@dataclass(frozen=True, slots=True)
class Rollback:
    """Back to version2, or to the version before; `to` goes further back."""

    to: Published | None = None
    adopt: bool = False


Request: TypeAlias = Deploy | Route | Promote | Rollback


def verb_of(request: Request) -> Verb:
    """The word that the memory keeps for it."""
    match request:
        case Deploy():
            return Verb.DEPLOY
        case Route():
            return Verb.ROUTE
        case Promote():
            return Verb.PROMOTE
        case Rollback():
            return Verb.ROLLBACK
