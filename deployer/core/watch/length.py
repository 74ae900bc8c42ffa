"""How long a rollout takes at least."""

from __future__ import annotations

from deployer.core.percent import Percent
from deployer.core.state import AliasState, Transition
from deployer.core.strategy import BlueGreen, Canary, Development, Policy
from deployer.core.watch.policy import Bake, Watch


def least_seconds(state: AliasState, policy: Policy, watch: Watch) -> int:
    """The bakes that are to come once the alias shows `state`, with what metrics lag behind; a release from its start,
    where none is under way.
    """
    bakes = [watch.bake_at(share) for share in _shares(state, policy)]
    return sum(_lasts(bake, watch) for bake in (*bakes, watch.final))


def _shares(state: AliasState, policy: Policy) -> tuple[Percent, ...]:
    """The shares at which it still rests, the present one first."""
    match policy.strategy:
        case Canary(increments) if isinstance(state, Transition):
            return (state.share, *(share for share in increments.shares if share > state.share))
        case Canary(increments):
            return increments.shares
        case BlueGreen() | Development():
            return ()


def _lasts(bake: Bake, watch: Watch) -> int:
    return bake.seconds + (watch.delay if watch.gates.measured and bake != Bake(0) else 0)
