"""Provisioned concurrency of versions and aliases, and Lambda's own hand on an alias that holds some (§5)."""

from __future__ import annotations

from typing import Any

from deployer.local.journal import Routing
from deployer.local.rules import naming, paging
from deployer.local.rules.refusals import Refusal, conflict, invalid
from deployer.local.rules.world import LATEST, Alias, Call, Function, Provisioned, Reply, Version, World, new_id

_UNPUBLISHED = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."


def put_provisioned_concurrency_config(world: World, call: Call) -> Reply:
    """202, IN_PROGRESS. Not on `$LATEST`, not on a weighted alias, not on both an alias and its version."""
    found, version, alias, qualifier = _target(world, call)
    if version.number == LATEST:
        raise invalid(_UNPUBLISHED)
    if alias is not None and alias.weights:
        raise invalid("Alias with weights can not be used with Provisioned Concurrency")
    if alias is not None and version.number in found.provisioned:
        raise conflict(
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
        )
    if alias is None and any(
        other.function_version == version.number and other.name in found.provisioned for other in found.aliases.values()
    ):
        raise conflict("Version is pointed by a Provisioned Concurrency alias")
    requested = call.body["ProvisionedConcurrentExecutions"]
    held = Provisioned(requested, world.now(), "IN_PROGRESS", world.settings.provisioned_polls, None)
    found.provisioned[qualifier] = held
    version.bump()  # recorded in 2023: the version's RevisionId changes
    return Reply(202, _shown(held))


def get_provisioned_concurrency_config(world: World, call: Call) -> Reply:
    """The configuration as it stands; 404 of its own kind where there is none."""
    found, version, alias, qualifier = _target(world, call)
    held = found.provisioned.get(qualifier)
    if held is None:
        raise Refusal(
            "ProvisionedConcurrencyConfigNotFoundException",
            404,
            "No Provisioned Concurrency Config found for this function",
        )
    _poll(world, found, held, alias, version)
    return Reply(200, _shown(held))


def delete_provisioned_concurrency_config(world: World, call: Call) -> Reply:
    """204, there or not; weights that Lambda itself put on the alias stay."""
    found, _, _, qualifier = _target(world, call)
    found.provisioned.pop(qualifier, None)
    return Reply(204)


def list_provisioned_concurrency_configs(world: World, call: Call) -> Reply:
    """All of the function, each under its qualified ARN."""
    found = naming.function(world, call)
    entries = [
        {"FunctionArn": f"{found.arn}:{qualifier}", **_shown(held)}
        for qualifier, held in sorted(found.provisioned.items())
    ]
    return Reply(200, paging.page(call, entries, "ProvisionedConcurrencyConfigs", most=50))


def _target(world: World, call: Call) -> tuple[Function, Version, Alias | None, str]:
    """An absent alias is worded as GetAlias words it (recorded)."""
    realm = world.realm(call.account, call.region)
    name, qualifier = naming.addressed(call)
    found = naming.lookup(realm, name, qualifier)
    if qualifier is not None and qualifier != LATEST and not qualifier.isdigit():
        naming.alias(found, qualifier)
    found, version, alias, qualifier = naming.qualified(world, call)
    return found, version, alias, qualifier or LATEST


def follow(world: World, found: Function, alias: Alias, before: str) -> None:
    """After a write: has the version changed, the capacity must move, and until then the old one gets all traffic.

    The answer to UpdateAlias shows nothing of it; the next GetAlias does. That the RevisionId changes is not on
    record; it is the harder case, so it does.
    """
    held = found.provisioned.get(alias.name)
    if held is None or held.ready is None or alias.weights or alias.function_version == before:
        return
    if alias.function_version == held.ready:
        held.status, held.polls = "READY", 0
        return
    held.status, held.polls = "IN_PROGRESS", world.settings.provisioned_polls
    _move(world, found, alias, {held.ready: 1.0})


def refuse_stuck(found: Function, alias: Alias, version: str, weights: dict[str, float]) -> None:
    """A failed move leaves its weights, and only clearing them is accepted (§5); `$LATEST` never holds any."""
    held = found.provisioned.get(alias.name)
    if held is not None and version == LATEST:
        raise invalid(_UNPUBLISHED)
    if held is not None and held.status == "FAILED" and weights:
        raise invalid("Invalid alias configuration for Provisioned Concurrency")


def poll_alias(world: World, found: Function, alias: Alias) -> None:
    """One look at an alias is one look at its capacity."""
    held = found.provisioned.get(alias.name)
    if held is not None:
        _poll(world, found, held, alias, found.versions[alias.function_version])


def _poll(world: World, found: Function, held: Provisioned, alias: Alias | None, version: Version) -> None:
    if held.status != "IN_PROGRESS":
        return
    if held.polls > 0:
        held.polls -= 1
        return
    if world.settings.provisioned_init_fails:
        held.status = "FAILED"
        return
    moved = held.ready is not None
    held.status, held.ready = "READY", version.number
    if alias is not None and moved and alias.weights:
        _move(world, found, alias, {})


def _move(world: World, found: Function, alias: Alias, weights: dict[str, float]) -> None:
    before = Routing(alias.function_version, dict(alias.weights))
    alias.weights = weights
    alias.revision_id = new_id()
    world.journal.alias_write(
        time=world.clock().timestamp(),
        function=found.name,
        alias=alias.name,
        operation="ProvisionedConcurrencyMove",
        before=before,
        after=Routing(alias.function_version, dict(weights)),
        revision_id=alias.revision_id,
        description=alias.description,
        user_agent="lambda.amazonaws.com",
    )


def _shown(held: Provisioned) -> dict[str, Any]:
    ready = held.requested if held.status == "READY" else 0
    reason = {"StatusReason": "FUNCTION_ERROR_INIT_FAILURE"} if held.status == "FAILED" else {}
    return {
        "RequestedProvisionedConcurrentExecutions": held.requested,
        "AvailableProvisionedConcurrentExecutions": ready,
        "AllocatedProvisionedConcurrentExecutions": ready,
        "Status": held.status,
        "LastModified": held.last_modified,
        **reason,
    }
