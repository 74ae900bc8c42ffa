"""How an environment releases: settings of a person, not of one release."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from deployer.core.errors import InvalidValue
from deployer.core.freeze import Freeze
from deployer.core.increments import CanaryIncrements
from deployer.core.memory import Through


class OnNewer(StrEnum):
    """What a canary under way does when newer code comes."""

    ADVANCE = "advance"
    RESTART = "restart"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Development:
    """The alias follows `$LATEST`; nothing is published."""


@dataclass(frozen=True, slots=True)
class BlueGreen:
    """All traffic at once; newer code during a transition replaces it, or is refused."""

    refuse_newer: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.refuse_newer, bool):
            raise InvalidValue(self.refuse_newer, "refuse_newer takes True or False")


@dataclass(frozen=True, slots=True)
class Canary:
    """Share by share, one increment a deploy."""

    increments: CanaryIncrements
    on_newer: OnNewer = OnNewer.ADVANCE

    def __post_init__(self) -> None:
        if not isinstance(self.increments, CanaryIncrements):
            raise InvalidValue(self.increments, "increments take CanaryIncrements, as CanaryIncrements.of([25, 50])")
        if not isinstance(self.on_newer, OnNewer):
            raise InvalidValue(self.on_newer, "on_newer takes a member of OnNewer, as OnNewer.ADVANCE")


Strategy: TypeAlias = Development | BlueGreen | Canary


@dataclass(frozen=True, slots=True)
class Policy:
    """The strategy, whether foreign transitions need `--adopt` before they are touched, and what carries it out.

    Nothing goes forward in the windows of `freeze`, nor at all where `stopped` says why.
    """

    strategy: Strategy
    protected: bool = False
    through: Through = Through.API
    freeze: Freeze = field(default_factory=Freeze)
    stopped: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.strategy, Development | BlueGreen | Canary):
            raise InvalidValue(
                self.strategy, "a strategy is Development(), BlueGreen() or Canary(CanaryIncrements.of([25, 50]))"
            )
        if not isinstance(self.protected, bool):
            raise InvalidValue(self.protected, "protected takes True or False")
        if not isinstance(self.freeze, Freeze):
            raise InvalidValue(self.freeze, "freeze takes a Freeze, as Freeze((Weekly(...),))")
        if self.stopped is not None and not isinstance(self.stopped, str):
            raise InvalidValue(self.stopped, "stopped takes the reason, or None")
