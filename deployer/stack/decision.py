"""Look at the alias, its versions and the stack, and decide what the template must say. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from deployer.aws.alias import AliasSeen
from deployer.cdk_adapter.deployed import to_read, wanted_version
from deployer.cdk_adapter.preflight import Release
from deployer.cdk_adapter.resolution import publishes_new, resolve
from deployer.cdk_adapter.target import Target
from deployer.core import (
    Absent,
    Await,
    Decision,
    Deploy,
    Plan,
    Reason,
    Refusal,
    Request,
    Settling,
    plan,
)
from deployer.core.fitness import fit
from deployer.stack.contents import read_contents
from deployer.stack.fitness import read_fitness
from deployer.stack.resolved import Resolved
from deployer.stack.site import Site

_BOTH: Final = "release both in one command: leave out --function"


def prepare(site: Site, request: Request) -> Resolved:
    """Look, and decide about the request.

    Raises AwsFailure where AWS stands in the way, and UnreadableStack for a stack that is not as we render it.
    """
    release, alias, deployed = site.release, site.look(), site.deployed()
    situation = site.situation(alias, deployed)
    wanted = wanted_version(release, deployed, situation) if isinstance(request, Deploy) else None
    decision = plan(
        situation,
        request,
        release.policy,
        wanted,
        now=int(site.clock.now()),
        operation_id=site.new_operation_id(),
    )
    decision = _fitting(site, decision, alias)
    decision = replace(decision, notices=(*decision.notices, *site.session.timekeeper.notices))
    if publishes_new(decision):
        deployed = replace(deployed, contents=read_contents(site, to_read(release, deployed)))
    adopt = isinstance(request, Deploy) and request.adopt
    target = resolve(release, decision, situation, deployed, site.template, adopt=adopt)
    return Resolved(release, alias, decision, target, deployed).bound()


def hold(site: Site) -> Resolved:
    """Look, and decide that the alias stays as it is, while others of its stack are released.

    The target is a Refusal where the stack, which is deployed as a whole, would release this one too.
    """
    release, alias, deployed = site.release, site.look(), site.deployed()
    match alias.state:
        case Absent():
            return Resolved(release, alias, Plan(), _not_without(release))
        case Settling():
            raise site.unsettled()
        case _:
            target = resolve(release, Plan(), site.situation(alias, deployed), deployed, site.template)
            return Resolved(release, alias, Plan(), _beside(target), deployed).bound()


def _fitting(site: Site, decision: Decision, alias: AliasSeen) -> Decision:
    """The decision, once what the alias alone does not show has been looked at."""
    if not isinstance(decision, Plan):
        return decision
    if any(isinstance(action, Await) for action in decision.actions):
        raise site.unsettled()
    return decision if decision.write is None else fit(decision, read_fitness(site, decision.write, alias))


def _beside(target: Target | Refusal) -> Target | Refusal:
    """The same, with the way out for one that nobody asked for."""
    if isinstance(target, Refusal) and target.reason is Reason.WOULD_PUBLISH:
        return replace(target, way_out=f"{_BOTH}; or release the one from the commit that is deployed")
    return target


def _not_without(release: Release) -> Refusal:
    return Refusal(
        Reason.WOULD_PUBLISH,
        f"the stack holds {release.function_name} too, whose alias {release.alias_name} is not there yet, and "
        "deploying the stack would create it",
        _BOTH,
    )
