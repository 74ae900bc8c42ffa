"""Which target a release renders: pure, so that what cannot be rendered is refused before CDK sees it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deployer.cdk_adapter.preflight import METADATA_FORMAT
from deployer.cdk_adapter.strategy import strategy_data
from deployer.cdk_adapter.target import InvalidTargets, Target, Targets
from deployer.core.errors import ErrorInLines, InvalidValue
from deployer.core.state import Stable
from deployer.core.strategy import Canary, Development, OnNewer, Policy
from deployer.core.version import LATEST, NEW

PLANNING: Final = "deployer:planning"
"""The context key that is true while `deployer cdk plan` looks at what the app holds; no target is needed then."""

TARGETS: Final = "deployer:targets"
"""The context key that names the file of targets, where the app does not hand them in."""


class InvalidRelease(InvalidValue):
    """A release that CDK would render, and that could not be carried out."""

    what = "release of"


class MissingTarget(ErrorInLines):
    """Nobody has decided what the alias is to show; `plan` is the command that does."""

    def __init__(self, function_name: str, alias: str, plan: str) -> None:
        super().__init__(function_name, alias, plan)
        self.function_name = function_name
        self.alias = alias
        self.plan = plan

    @property
    def lines(self) -> tuple[str, ...]:
        """What is missing, and what makes it."""
        called = f"{self.function_name}:{self.alias}"
        what = f"there is no target for {called}: what the alias is to show is decided before synth"
        return (what, f"  run `{self.plan}`, and name the file it writes in the context, -c {TARGETS}=FILE")


class OtherCode(ErrorInLines):
    """The template holds other code than the target was decided for; both by their Version's logical id."""

    def __init__(self, target: Target, version_id: str) -> None:
        super().__init__(target, version_id)
        self.target = target
        self.version_id = version_id

    @property
    def lines(self) -> tuple[str, ...]:
        """What is not the same, and what to do."""
        what = (
            f"the target of {self.target.function_name}:{self.target.alias} was decided for other code: for the "
            f"Version {self.target.version_id}, and the template holds {self.version_id}"
        )
        return (what, "  plan again for this code, or go back to the code that was planned")


@dataclass(frozen=True, slots=True)
class Rendering:
    """One release as its template is to show it."""

    function_name: str
    alias_name: str
    policy: Policy
    environment: str | None = None

    def __post_init__(self) -> None:
        match self.policy.strategy:
            case Canary(_, OnNewer.ADVANCE):
                why = (
                    "CloudFormation pushes the code that the template holds, so newer code cannot wait for a canary "
                    "under way: choose OnNewer.RESTART or OnNewer.REFUSE"
                )
                raise InvalidRelease(self.name, why)
            case _:
                pass

    @property
    def name(self) -> str:
        """The function and its alias."""
        return f"{self.function_name}:{self.alias_name}"

    @property
    def develops(self) -> bool:
        """Whether the alias follows `$LATEST`, and nothing is published."""
        return isinstance(self.policy.strategy, Development)

    def target(self, targets: Targets | None, *, planning: object, targets_file: object) -> Target:
        """What to render; `planning` and `targets_file` as the context gives them.

        Raises MissingTarget, InvalidTargets for the file, and InvalidRelease for a target against the strategy.
        """
        if is_on(planning):
            return self.while_planning()
        if targets is None and isinstance(targets_file, str):
            targets = self._read(Path(targets_file))
        target = None if targets is None else targets.of(self.function_name, self.alias_name)
        if target is None:
            raise MissingTarget(self.function_name, self.alias_name, self._plan)
        self._check(target)
        return target

    def metadata(self, function_id: str, version_id: str | None) -> dict[str, Any]:
        """What the template tells `deployer cdk plan` about this release; ids are logical ids, or their tokens."""
        version = {} if version_id is None else {"version": version_id}
        environment = {} if self.environment is None else {"environment": self.environment}
        return {
            "format": METADATA_FORMAT,
            "function": function_id,
            "function_name": self.function_name,
            "alias": self.alias_name,
            **version,
            **environment,
            "strategy": strategy_data(self.policy.strategy),
            "protected": self.policy.protected,
        }

    def while_planning(self) -> Target:
        """What stands in for a target: always with its Version, as that is what planning has to see."""
        routing = Stable(LATEST) if self.develops else Stable(NEW)
        return Target(self.function_name, self.alias_name, routing, "", emits_version=not self.develops)

    def _read(self, file: Path) -> Targets:
        try:
            return Targets.read(file)
        except InvalidTargets as error:
            raise error.by(self._plan) from error

    @property
    def _plan(self) -> str:
        """The command that decides about this release, as it is typed."""
        where = ("--function", self.function_name) if self.environment is None else ("--env", self.environment)
        return shlex.join(("deployer", "cdk", "plan", *where))

    def _check(self, target: Target) -> None:
        if self.develops and target.emits_version:
            raise InvalidRelease(self.name, f"publishes nothing in development, and its target {target} would")
        if not self.develops and target.routing == Stable(LATEST):
            raise InvalidRelease(self.name, f"has published versions only, and its target is {target}")


def is_on(value: object) -> bool:
    """Whether a context value is true; the CDK CLI hands on what `-c key=true` says as text."""
    return value is True or value == "true"
