"""How long a rollout takes at least."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.core.percent import Percent
from deployer.core.plan import Decision, Refusal
from deployer.core.state import AliasState, Transition, versions_on
from deployer.core.strategy import BlueGreen, Canary, Development, Policy
from deployer.core.watch.policy import ALL, Bake, Watch


def least_seconds(shares: Iterable[Percent], watch: Watch) -> int:
    """The bakes at these shares, with what metrics lag behind."""
    return sum(lasts(share, watch) for share in shares)


def lasts(share: Percent, watch: Watch) -> int:
    """Seconds that the bake at a share takes at least: metrics come late."""
    bake = watch.bake_at(share)
    return bake.seconds + (watch.delay if watch.measured_at(share) and bake != Bake(0) else 0)


def ahead(state: AliasState, decision: Decision, policy: Policy) -> tuple[Percent, ...]:
    """The shares at which a rollout will rest, 100 percent included.

    A release under way, which the alias shows as `state`, rests where it is; another begins where `decision` puts it.
    """
    write = None if isinstance(decision, Refusal) else decision.write
    if write is None or (isinstance(state, Transition) and versions_on(write.after)[0] == state.version1):
        return (*_rests(state, policy), ALL)
    return (*_rests(write.after, policy), ALL) if isinstance(write.after, Transition) else (ALL,)


def _rests(state: AliasState, policy: Policy) -> tuple[Percent, ...]:
    """The shares below 100 percent at which it still rests once the alias shows `state`, the present one first."""
    match policy.strategy:
        case Canary(increments) if isinstance(state, Transition):
            return (state.share, *(share for share in increments.shares if share > state.share))
        case Canary(increments):
            return increments.shares
        case BlueGreen() | Development():
            return ()
