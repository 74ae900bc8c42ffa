"""PublishVersion, ListVersionsByFunction, DeleteFunction."""

from __future__ import annotations

from typing import Any

from deployer.local.rules import configuration, lifecycle, naming, paging
from deployer.local.rules.refusals import conflict, invalid, stale
from deployer.local.rules.world import LATEST, Call, Change, Function, Realm, Reply, Version, World, new_id


def publish_version(world: World, call: Call) -> Reply:
    """201 with the new version, or with the last one when nothing changed since (§1a, recorded)."""
    found = naming.function(world, call)
    realm = world.realm(call.account, call.region)
    lifecycle.refuse_busy(found.latest)
    if call.body.get("RevisionId") not in {None, found.latest.revision_id}:
        raise stale()
    _guard_code(found.latest, call.body.get("CodeSha256"))
    version = publish(world, realm, found, call.body.get("Description") or None, pending=False)
    return Reply(201, configuration.shown(realm, found.name, version, version.number))


def _guard_code(latest: Version, expected: str | None) -> None:
    actual = latest.code.sha256
    if expected not in {None, "", actual}:
        raise invalid(
            f"CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({actual}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )


def publish(world: World, realm: Realm, found: Function, description: str | None, *, pending: bool) -> Version:
    """The last published version, as it was, when nothing changed since; else a new one."""
    existing = _unchanged(world, found)
    if existing is not None:
        lifecycle.settle(existing)
        return existing
    return cut(world, realm, found, description, pending=pending)


def _unchanged(world: World, found: Function) -> Version | None:
    """The version last published, if it still stands and `$LATEST` counts as the same under the setting."""
    if found.published is None:
        return None
    number, content = found.published
    by_content = world.settings.dedupe == "content"
    now = configuration.content(found.latest.settings, found.latest.code)
    same = content == now if by_content else not found.touched
    return found.versions.get(number) if same else None


def cut(world: World, realm: Realm, found: Function, description: str | None, *, pending: bool) -> Version:
    """A new version from `$LATEST` under the next number that never was; `$LATEST` gets a new RevisionId.

    `pending`: it says Pending in the answer at hand even when no poll has to wait for it (§1b).
    """
    number = str(realm.last_numbers.get(found.name, 0) + 1)
    realm.last_numbers[found.name] = int(number)
    settings, code = found.latest.snapshot()
    found.published = (number, configuration.content(settings, code))
    found.touched = False
    if description is not None:
        settings["Description"] = description
    polls = world.settings.version_pending_polls
    change = Change("creating", polls) if pending or polls else None
    made = Version(number, f"{found.arn}:{number}", settings, code, world.now(), new_id(), change)
    found.versions[number] = made
    found.latest.bump()
    return made


def list_versions_by_function(world: World, call: Call) -> Reply:
    """`$LATEST` first, then by number; at most 50 a page (§1c)."""
    found = naming.function(world, call)
    realm = world.realm(call.account, call.region)
    on_page, rest = paging.cut(call, held(found), most=50)
    return Reply(200, {"Versions": [listed(realm, found, version, version.number) for version in on_page], **rest})


def held(found: Function) -> list[Version]:
    """`$LATEST` first, then by number."""
    return [found.latest, *(found.versions[number] for number in sorted(found.versions, key=int))]


def listed(realm: Realm, found: Function, version: Version, qualifier: str | None) -> dict[str, Any]:
    """One version as lists show it; looking at it finishes what no answer has to wait for."""
    lifecycle.settle(version)
    return configuration.listed(realm, found.name, version, qualifier)


def delete_function(world: World, call: Call) -> Reply:
    """204. Without a qualifier the function with all versions and aliases; a version only if no alias uses it (§1c)."""
    realm = world.realm(call.account, call.region)
    name, qualifier = naming.addressed(call)
    found = naming.lookup(realm, name)
    if qualifier is None:
        del realm.functions[name]
        return Reply(204)
    if qualifier == LATEST:
        raise invalid("$LATEST version cannot be deleted without deleting the function.")
    if not qualifier.isdigit():
        raise invalid("Deletion of aliases is not currently supported.")
    users = [alias.name for alias in found.aliases.values() if qualifier in {alias.function_version, *alias.weights}]
    if users and qualifier in found.versions:
        raise conflict(
            f"Unable to delete version because the following aliases reference it: [{', '.join(sorted(users))}]"
        )
    found.versions.pop(qualifier, None)
    found.provisioned.pop(qualifier, None)
    found.event_invokes.pop(qualifier, None)
    return Reply(204)
