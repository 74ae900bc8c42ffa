"""How a request names a function: by name, partial or full ARN, with a qualifier after it or beside it."""

from __future__ import annotations

from deployer.local.rules.refusals import Refusal, invalid, not_found
from deployer.local.rules.world import LATEST, Alias, Call, Function, Realm, Version, World


def split(given: str) -> tuple[str, str | None]:
    """Name and qualifier of `f`, `f:live`, `123456789012:function:f` or a full ARN."""
    tail = given.split(":function:", 1)[-1].removeprefix("function:")
    name, _, qualifier = tail.partition(":")
    return name, qualifier or None


def addressed(call: Call) -> tuple[str, str | None]:
    """Name and qualifier that the request means; a contradiction is refused (§7)."""
    name, derived = split(call.params["FunctionName"])
    stated = call.params.get("Qualifier") or None
    if derived and stated and derived != stated:
        raise invalid("The derived qualifier from the function name does not match the specified qualifier.")
    return name, stated or derived


def missing(realm: Realm, name: str, qualifier: str | None = None) -> Refusal:
    """404 with the ARN that was looked for (recorded)."""
    tail = f":{qualifier}" if qualifier else ""
    return not_found(f"Function not found: {realm.function_arn(name)}{tail}")


def function(world: World, call: Call) -> Function:
    """The function that an operation on the whole function names; a qualifier but `$LATEST` is refused (§3)."""
    name, qualifier = addressed(call)
    found = lookup(world.realm(call.account, call.region), name)
    if qualifier not in {None, LATEST}:
        raise invalid("Current operation does not support versions other than $LATEST.")
    return found


def lookup(realm: Realm, name: str, qualifier: str | None = None) -> Function:
    """The function by bare name; `qualifier` only makes the message of a 404."""
    found = realm.functions.get(name)
    if found is None:
        raise missing(realm, name, qualifier)
    return found


def version(realm: Realm, found: Function, number: str) -> Version:
    """`$LATEST` or a published version by number."""
    held = found.latest if number == LATEST else found.versions.get(number)
    if held is None:
        raise missing(realm, found.name, number)
    return held


def qualified(world: World, call: Call) -> tuple[Function, Version, Alias | None, str | None]:
    """Function, version and (if named) alias that a request means; an alias gives its primary version (§1b)."""
    realm = world.realm(call.account, call.region)
    name, qualifier = addressed(call)
    found = lookup(realm, name, qualifier)
    alias = found.aliases.get(qualifier or "")
    return found, version(realm, found, alias.function_version if alias else qualifier or LATEST), alias, qualifier


def alias(found: Function, name: str, wording: str = "Cannot find alias arn") -> Alias:
    """The alias; UpdateAlias words its absence otherwise than GetAlias (recorded)."""
    held = found.aliases.get(name)
    if held is None:
        raise not_found(f"{wording}: {found.arn}:{name}")
    return held
