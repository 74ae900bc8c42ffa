"""Look, and say what the template must say for an import to leave the alias as it is. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.cdk_adapter.importing import Physical, Subject, resolve_import, subjects
from deployer.core import Plan, Refusal, Settling, Transition
from deployer.stack.resolved import Resolved, ResolvedImport
from deployer.stack.site import Site


def prepare_import(site: Site) -> ResolvedImport:
    """The target is a Refusal for an alias that cannot come into the stack, or that one has already.

    Raises AwsFailure where AWS stands in the way.
    """
    release, alias, deployed = site.release, site.look(), site.stack.read()
    if isinstance(alias.state, Settling):
        raise site.unsettled()
    through = site.situation(alias).recollection.through if isinstance(alias.state, Transition) else None
    target = resolve_import(release, alias.state, alias.description, through)
    if isinstance(target, Refusal):
        return ResolvedImport(Resolved(release, alias, Plan(), target))
    there = Physical(alias.arn or site.alias_arn, release.function_name, site.function.settled().role)
    wanted = subjects(release, site.template, deployed.template, there)
    resolved = Resolved(release, alias, Plan(), _owned(site, wanted) or target).bound()
    return ResolvedImport(resolved, {one.logical_id: one.identifiers for one in wanted})


def _owned(site: Site, wanted: Iterable[Subject]) -> Refusal | None:
    """Why one of what is to be imported cannot be: a stack has it."""
    for one in wanted:
        owner = site.stack.owner_of(one.physical_id, one.type_name)
        if owner is not None:
            return one.owned_by(owner)
    return None
