"""From what was decided to what a template must say, or why deploying it would do something else."""

from __future__ import annotations

from dataclasses import replace

from deployer.cdk_adapter.deployed import Deployed
from deployer.cdk_adapter.objection import objection
from deployer.cdk_adapter.preflight import Release, deployed_version
from deployer.cdk_adapter.target import Target
from deployer.cdk_adapter.template import Template
from deployer.core.action import stamped
from deployer.core.plan import Decision, Plan, Refusal
from deployer.core.situation import Situation
from deployer.core.state import Absent, Settling, versions_on
from deployer.core.version import NEW


def publishes_new(decision: Decision) -> bool:
    """Whether a decision needs the version that the template is to publish."""
    return isinstance(decision, Plan) and decision.write is not None and NEW in versions_on(decision.write.after)


def resolve(
    release: Release,
    decision: Decision,
    situation: Situation,
    deployed: Deployed,
    template: Template,
    *,
    adopt: bool = False,
) -> Target | Refusal:
    """What the template must say for `decision` to come true, or why deploying it would do something else.

    `situation` is what the decision was made from, `template` what would be deployed, rendered with its Version.
    """
    if isinstance(decision, Refusal):
        return decision
    publishes = publishes_new(decision)
    refusal = objection(release, situation, deployed, template, publishes=publishes, adopt=adopt)
    if refusal is not None:
        return replace(refusal, notices=decision.notices, verdict=decision.verdict)
    target = _target(release, decision, situation)
    emits = target.emits_version or deployed_version(release.version_id, deployed.resources) is not None
    return replace(target, emits_version=emits and release.version_id is not None)


def _target(release: Release, decision: Plan, situation: Situation) -> Target:
    write = decision.write
    if write is None:
        state = situation.state
        if isinstance(state, Absent | Settling):
            raise TypeError(f"an alias that is {state} is written, waited for or refused")
        return Target(release.function_name, release.alias_name, state, situation.description, emits_version=False)
    # The ARN is known before, as the function's name, account and region are.
    write = stamped(write, write.memory.record.since, situation.alias_arn)
    emits = NEW in versions_on(write.after)
    return Target(release.function_name, release.alias_name, write.after, write.description.text, emits_version=emits)
