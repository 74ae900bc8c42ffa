"""What is there once a stack is deployed with a target."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.aws.alias import AliasSeen
from deployer.aws.stack import StackSeen
from deployer.cdk_adapter.preflight import Release, deployed_version, versions_in
from deployer.cdk_adapter.target import Target
from deployer.core import Published, Routing, Settling, Stable
from deployer.core.memory import resolve_routing


@dataclass(frozen=True, slots=True)
class Expectation:
    """What alias and stack are to show, in the numbers that the stack as it is `seen` has published."""

    release: Release
    target: Target
    seen: StackSeen

    @property
    def routing(self) -> Routing:
        """What the alias is to show."""
        number = self._number
        return self.target.routing if number is None else resolve_routing(self.target.routing, number)

    def met_by(self, now: AliasSeen) -> bool:
        """Whether the alias is as it was to be; right after a move Lambda itself may show the version that it left."""
        routing = self.routing
        moving = isinstance(now.state, Settling) and routing == Stable(now.state.version1)
        return (now.state == routing or moving) and now.description == self.target.description

    @property
    def holds_code(self) -> bool:
        """Whether the stack has what a template with this target leaves there: its Version, or none at all."""
        if self.target.emits_version:
            return self._number is not None
        return self.target.version_id is None or not any(versions_in(self.release, self.seen.template))

    @property
    def _number(self) -> Published | None:
        """That of the Version that the target was decided for, whatever is checked out now."""
        return deployed_version(self.target.version_id or self.release.version_id, self.seen.resources)
