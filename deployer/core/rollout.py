"""A whole rollout ahead of time: the deploys it takes until one version has all traffic."""

from __future__ import annotations

from deployer.core.content import Content
from deployer.core.plan import Decision
from deployer.core.planner import after, plan
from deployer.core.request import Deploy
from deployer.core.situation import Situation, Wanted
from deployer.core.state import Transition
from deployer.core.strategy import Policy
from deployer.core.version import Published


def rollout(
    situation: Situation, request: Deploy, policy: Policy, wanted: Content | Published, *, now: int, operation_id: str
) -> tuple[Decision, ...]:
    """All decisions that repeating the deploy would bring, nothing else happening; the first is what `plan` says.

    It ends with the first decision that does not leave the alias in transition, or that writes nothing to it.
    """
    decisions: list[Decision] = []
    step: Wanted = wanted
    while True:
        decision = plan(situation, request, policy, step, now=now, operation_id=operation_id)
        decisions.append(decision)
        situation = after(situation, decision)
        state = situation.state
        if not decision.actions or not isinstance(state, Transition):
            return tuple(decisions)
        # Whatever waits is not part of this rollout: its steps are those of the version under way.
        step = state.version1
