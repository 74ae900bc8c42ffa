"""Which hooks of a rollout are run when, and what each is told."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.config.rollout.settings import Moment
from deployer.core import AliasState, Canary, Percent, Transition, versions_on
from deployer.core.watch.policy import ALL
from deployer.deployer import Deployer
from deployer.rollout.context import HookContext
from deployer.rollout.event import End
from deployer.rollout.ports import Hooks, Ran
from deployer.rollout.telling import Telling


def schedule(deployer: Deployer) -> tuple[Percent, ...]:
    """The shares of the new version that a rollout goes through, 100 percent included."""
    strategy = deployer.policy.strategy
    return (*strategy.increments.shares, ALL) if isinstance(strategy, Canary) else (ALL,)


@dataclass(frozen=True, slots=True)
class Hooking:
    """Runs the hooks of a deployer's rollout, and tells of each."""

    deployer: Deployer
    hooks: Hooks
    telling: Telling

    def run(self, moment: Moment, routing: AliasState, ended: End | None = None) -> Ran:
        """Run those of one moment. `routing` is what the alias goes to, or has come to."""
        ran = self.hooks(self._context(moment, routing, ended))
        for one in ran.hooked:
            self.telling.tell(one)
        return ran

    def _context(self, moment: Moment, routing: AliasState, ended: End | None) -> HookContext:
        named = [str(version) for version in versions_on(routing)]
        share = routing.share if isinstance(routing, Transition) else ALL
        return HookContext(
            moment=moment,
            function_name=self.deployer.function_name,
            alias=self.deployer.alias,
            version1=named[0] if named else "",
            version2=named[1] if len(named) > 1 else None,
            weight=share.rest,
            step=1 + sum(increment < share for increment in schedule(self.deployer)),
            share=share,
            release=self.deployer.release,
            ended=ended,
        )
