"""CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases, and what a pair of versions must fulfil (§2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployer.local.journal import Routing
from deployer.local.rules import naming, paging, provisioned
from deployer.local.rules.refusals import conflict, invalid, stale
from deployer.local.rules.world import LATEST, Alias, Call, Function, Realm, Reply, World, new_id


def create_alias(world: World, call: Call) -> Reply:
    """201 with the new alias; 409 when there is one."""
    realm = world.realm(call.account, call.region)
    name, version = call.body["Name"], call.body["FunctionVersion"]
    found = naming.lookup(realm, naming.addressed(call)[0], version)
    if name in found.aliases:
        raise conflict(f"Alias already exists: {found.arn}:{name}")
    weights = _weights(call.body.get("RoutingConfig")) or {}
    _refuse_unroutable(realm, found, version, weights)
    description = call.body.get("Description") or ""
    made = found.aliases[name] = Alias(name, f"{found.arn}:{name}", version, weights, description, new_id())
    _record(world, call, found, made, None)
    return Reply(201, shown(made))


def get_alias(world: World, call: Call) -> Reply:
    """The alias, and one look less until a move of its provisioned concurrency is done."""
    found = naming.function(world, call)
    alias = naming.alias(found, call.params["Name"])
    provisioned.poll_alias(world, found, alias)
    return Reply(200, shown(alias))


def update_alias(world: World, call: Call) -> Reply:
    """Change what the request names and keep the rest; a new RevisionId even when nothing changes (§2, recorded)."""
    realm = world.realm(call.account, call.region)
    found = naming.function(world, call)
    alias = naming.alias(found, call.params["Name"], "Alias not found")
    if call.body.get("RevisionId") not in {None, alias.revision_id}:
        raise stale()
    version = call.body.get("FunctionVersion") or alias.function_version
    given = _weights(call.body.get("RoutingConfig"))
    weights = alias.weights if given is None else given
    _refuse_unroutable(realm, found, version, weights)
    provisioned.refuse_stuck(found, alias, version, weights)
    before = routing(alias)
    alias.function_version, alias.weights = version, dict(weights)
    if call.body.get("Description") is not None:
        alias.description = call.body["Description"]
    alias.revision_id = new_id()
    _record(world, call, found, alias, before)
    answer = shown(alias)
    provisioned.follow(world, found, alias, before.version)
    return Reply(200, answer)


def delete_alias(world: World, call: Call) -> Reply:
    """204, there or not; its provisioned concurrency goes with it (recorded)."""
    found = naming.function(world, call)
    alias = found.aliases.pop(call.params["Name"], None)
    if alias is not None:
        found.provisioned.pop(alias.name, None)
        found.event_invokes.pop(alias.name, None)
        _record(world, call, found, alias, routing(alias), deleted=True)
    return Reply(204)


def list_aliases(world: World, call: Call) -> Reply:
    """Aliases by name; FunctionVersion keeps those whose primary version it is (recorded)."""
    found = naming.function(world, call)
    version = call.params.get("FunctionVersion")
    entries = [
        shown(found.aliases[name])
        for name in sorted(found.aliases)
        if version in {None, found.aliases[name].function_version}
    ]
    return Reply(200, paging.page(call, entries, "Aliases", most=50))


def shown(alias: Alias) -> dict[str, Any]:
    """AliasConfiguration; without weights there is no RoutingConfig at all (recorded)."""
    extra = {"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {}
    return {
        "AliasArn": alias.arn,
        "Name": alias.name,
        "FunctionVersion": alias.function_version,
        "Description": alias.description,
        "RevisionId": alias.revision_id,
        **extra,
    }


def routing(alias: Alias) -> Routing:
    """Where it points now."""
    return Routing(alias.function_version, dict(alias.weights))


def _weights(given: Mapping[str, Any] | None) -> dict[str, float] | None:
    """None when the request leaves routing out; `{}` in either form clears it (§2)."""
    if given is None:
        return None
    return {version: float(weight) for version, weight in (given.get("AdditionalVersionWeights") or {}).items()}


def _refuse_unroutable(realm: Realm, found: Function, version: str, weights: Mapping[str, float]) -> None:
    """What the service model does not say about a target: count, sameness, `$LATEST`, existence, likeness."""
    if len(weights) > 1:
        raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
    primary = naming.version(realm, found, version)
    for number in weights:
        if number == version:
            raise invalid(
                f"Invalid function version {number}. "
                f"Function version {number} is already included in routing configuration."
            )
        if version == LATEST:
            raise invalid("$LATEST is not supported for an alias pointing to more than 1 version", bare=True)
        _refuse_unlike(primary.settings, naming.version(realm, found, number).settings)


def _refuse_unlike(primary: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Both versions need one role, and one dead-letter queue or none (§2; the second text is not on record)."""
    if primary["Role"] != second["Role"]:
        raise invalid("Specified versions must be associated with the same execution role")
    if primary.get("DeadLetterConfig") != second.get("DeadLetterConfig"):
        raise invalid("Specified versions must be associated with the same dead-letter queue configuration, or none")


def _record(
    world: World, call: Call, found: Function, alias: Alias, before: Routing | None, *, deleted: bool = False
) -> None:
    world.journal.alias_write(
        time=world.clock().timestamp(),
        function=found.name,
        alias=alias.name,
        operation=call.operation,
        before=before,
        after=None if deleted else routing(alias),
        revision_id=alias.revision_id,
        description=alias.description,
        user_agent=call.user_agent,
    )
