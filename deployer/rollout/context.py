"""What every hook is told, as JSON data and as environment variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from deployer.config.rollout.settings import Moment
from deployer.core.percent import Percent
from deployer.rollout.event import End

_FORMAT: Final = "lambda-rollouts/hook"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class HookContext:
    """What a hook is told at one moment.

    `weight` is version2's share; `version2` is None, and `weight` 0, where one version has all traffic. `step` counts
    from 1, and `share` is what that step gives version1. `ended` is how the rollout ended, at its end.
    """

    moment: Moment
    function_name: str
    alias: str
    version1: str
    version2: str | None = None
    weight: Percent = field(default_factory=lambda: Percent(0))
    step: int = 0
    share: Percent = field(default_factory=lambda: Percent(0))
    release: str | None = None
    ended: End | None = None

    def data(self) -> dict[str, Any]:
        """As JSON data. Within a version members may be added; none is removed or changes its meaning."""
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "moment": str(self.moment),
            "function_name": self.function_name,
            "alias": self.alias,
            "version1": self.version1,
            "version2": self.version2,
            "weight": self.weight.hundredths / 100,
            "step": {"index": self.step, "share": self.share.hundredths / 100},
            "release": self.release,
            "ended": None if self.ended is None else str(self.ended),
        }

    def variables(self) -> dict[str, str]:
        """As environment variables; those without a value are left out."""
        values = {
            "DEPLOYER_MOMENT": str(self.moment),
            "DEPLOYER_FUNCTION": self.function_name,
            "DEPLOYER_ALIAS": self.alias,
            "DEPLOYER_VERSION1": self.version1,
            "DEPLOYER_VERSION2": self.version2,
            "DEPLOYER_WEIGHT": str(self.weight),
            "DEPLOYER_STEP": str(self.step),
            "DEPLOYER_SHARE": str(self.share),
            "DEPLOYER_RELEASE": self.release,
            "DEPLOYER_ENDED": None if self.ended is None else str(self.ended),
        }
        return {name: value for name, value in values.items() if value is not None}
