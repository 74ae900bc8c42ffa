"""The states of an alias. Their constructors are the fence: what Lambda forbids cannot be built.

    Absent       no such alias
    Stable       one version takes all traffic
    Transition   two versions: version1, where the release goes, and version2, where it comes from
    Settling     the second version has weight 100: Lambda is moving provisioned concurrency to version1

Lambda's rules: no weights with `$LATEST`, never one version twice, at most one second version
(CreateAlias and UpdateAlias, `RoutingConfig.AdditionalVersionWeights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from deployer.core.errors import InvalidRouting
from deployer.core.percent import Percent
from deployer.core.version import Latest, New, Published, Version, read_published, read_version


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such alias."""

    def __str__(self) -> str:
        return "absent"


@dataclass(frozen=True, slots=True)
class Stable:
    """One version takes all traffic."""

    version: Version | New

    def __post_init__(self) -> None:
        if not isinstance(self.version, Published | Latest | New):
            raise InvalidRouting(self.version, "an alias points at versions only")

    def __str__(self) -> str:
        return str(self.version)


@dataclass(frozen=True, slots=True)
class Transition:
    """Two versions share the traffic: version2 has `weight` percent, version1 the rest."""

    version1: Published | New
    version2: Published
    weight: Percent

    def __post_init__(self) -> None:
        shown = f"{self.version1} / {self.version2} at {self.weight} %"
        if not isinstance(self.version1, Published | New) or not isinstance(self.version2, Published):
            raise InvalidRouting(shown, "Lambda allows weights between published versions only, never with $LATEST")
        if self.version1 == self.version2:
            raise InvalidRouting(shown, "the two versions must differ")
        if not Percent(0) < self.weight < Percent(10_000):
            raise InvalidRouting(shown, "the weight must be above 0 and below 100; for one version alone name it alone")

    @property
    def share(self) -> Percent:
        """The share of version1: how far the release has come."""
        return self.weight.rest

    def __str__(self) -> str:
        return f"{self.version1} at {self.share} %, {self.version2} at {self.weight} %"


class Move(StrEnum):
    """How Lambda's own move of provisioned concurrency stands."""

    UNDER_WAY = "under way"
    FAILED = "failed"
    NONE = "none"  # weight 100 without provisioned concurrency: somebody set it by hand


@dataclass(frozen=True, slots=True)
class Settling:
    """The alias names version1, yet version2 still takes everything."""

    version1: Published
    version2: Published
    move: Move

    def __post_init__(self) -> None:
        shown = f"{self.version1} / {self.version2} at 100 %"
        if not isinstance(self.version1, Published) or not isinstance(self.version2, Published):
            raise InvalidRouting(shown, "Lambda moves capacity between published versions only")
        if self.version1 == self.version2:
            raise InvalidRouting(shown, "the two versions must differ")

    def __str__(self) -> str:
        return f"{self.version1} at 0 %, {self.version2} at 100 % (move of provisioned concurrency: {self.move})"


Routing: TypeAlias = Stable | Transition
"""What can be written to an alias."""

AliasState: TypeAlias = Absent | Stable | Transition | Settling


def read_state(function_version: str, weights: Mapping[str, float], move: Move = Move.NONE) -> Routing | Settling:
    """Read what GetAlias shows: `FunctionVersion` and `AdditionalVersionWeights` (fractions from 0.0 to 1.0).

    `move` matters only when a weight is 1.0. Raises InvalidRouting, InvalidVersion or InvalidPercent for what
    Lambda does not allow or we do not know.
    """
    if len(weights) > 1:
        raise InvalidRouting(dict(weights), "more than one additional version")
    for second, fraction in weights.items():
        weight = Percent.from_fraction(fraction)
        if weight == Percent(0):
            break
        version1, version2 = read_published(function_version), read_published(second)
        if weight == Percent(10_000):
            return Settling(version1, version2, move)
        return Transition(version1, version2, weight)
    return Stable(read_version(function_version))


def versions_on(state: AliasState) -> tuple[Version | New, ...]:
    """The versions that the alias names, version1 first."""
    match state:
        case Absent():
            return ()
        case Stable(version):
            return (version,)
        case Transition(version1, version2) | Settling(version1, version2):
            return (version1, version2)


def base_of(state: AliasState) -> Version | New | None:
    """The version that was last stable: the only one, or version2, where the release comes from."""
    return versions_on(state)[-1] if versions_on(state) else None
