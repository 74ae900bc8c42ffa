"""How long a rollout takes at least."""

from __future__ import annotations

from deployer.core.percent import Percent
from deployer.core.state import AliasState, Transition
from deployer.core.strategy import BlueGreen, Canary, Development, Policy
from deployer.core.watch.policy import ALL, Bake, Watch


def least_seconds(state: AliasState, policy: Policy, watch: Watch) -> int:
    """The bakes that are to come once the alias shows `state`, with what metrics lag behind; a release from its start,
    where none is under way.
    """
    return sum(lasts(watch.bake_at(share), watch) for share in (*rests(state, policy), ALL))


def rests(state: AliasState, policy: Policy) -> tuple[Percent, ...]:
    """The shares below 100 percent at which it still rests once the alias shows `state`, the present one first."""
    match policy.strategy:
        case Canary(increments) if isinstance(state, Transition):
            return (state.share, *(share for share in increments.shares if share > state.share))
        case Canary(increments):
            return increments.shares
        case BlueGreen() | Development():
            return ()


def lasts(bake: Bake, watch: Watch) -> int:
    """Seconds that a bake takes at least: metrics come late."""
    return bake.seconds + (watch.delay if watch.gates.measured and bake != Bake(0) else 0)
