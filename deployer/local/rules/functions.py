"""CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions, and the two Update* of `$LATEST`."""

from __future__ import annotations

from typing import Any

from deployer.local.rules import code, configuration, lifecycle, naming, paging, versions
from deployer.local.rules.refusals import conflict, invalid, not_found, stale
from deployer.local.rules.world import LATEST, Call, Change, Code, Function, Realm, Reply, Version, World, new_id


def create_function(world: World, call: Call) -> Reply:
    """201, Pending; with Publish version 1 in the answer, under the ARN without a qualifier (recorded)."""
    code.refuse_oversized(call)
    realm = world.realm(call.account, call.region)
    name, _ = naming.split(call.body["FunctionName"])
    if name in realm.functions:
        raise conflict(f"Function already exist: {name}")
    settings = configuration.created(world, call)
    given = call.body["Code"]
    _right_package(settings["PackageType"], given)
    read = code.read(given, call.account, world.neighbours)
    arn = realm.function_arn(name)
    change = Change("creating", world.settings.pending_polls)
    latest = Version(LATEST, arn, settings, read, world.now(), new_id(), change)
    made = realm.functions[name] = Function(name, arn, latest, tags=dict(call.body.get("Tags") or {}))
    shown = versions.cut(world, realm, made, None, pending=True) if call.body.get("Publish") else latest
    return Reply(201, configuration.shown(realm, name, shown))


def get_function(world: World, call: Call) -> Reply:
    """Configuration, where the code is, tags and reserved concurrency."""
    realm, found, version, qualifier = _polled(world, call)
    reserved = {} if found.reserved is None else {"Concurrency": {"ReservedConcurrentExecutions": found.reserved}}
    return Reply(
        200,
        {
            "Configuration": configuration.shown(realm, found.name, version, qualifier),
            "Code": _location(realm, found, version),
            **({"Tags": dict(found.tags)} if found.tags else {}),
            **reserved,
        },
    )


def get_function_configuration(world: World, call: Call) -> Reply:
    """Configuration alone."""
    realm, found, version, qualifier = _polled(world, call)
    return Reply(200, configuration.shown(realm, found.name, version, qualifier))


def list_functions(world: World, call: Call) -> Reply:
    """All functions of the realm by name; with FunctionVersion=ALL every version of each."""
    realm = world.realm(call.account, call.region)
    every = call.params.get("FunctionVersion") == "ALL"
    functions = [realm.functions[name] for name in sorted(realm.functions)]
    entries = [
        (found, version) for found in functions for version in (versions.held(found) if every else [found.latest])
    ]
    on_page, rest = paging.cut(call, entries, most=50)
    shown = [versions.listed(realm, found, version, version.number if every else None) for found, version in on_page]
    return Reply(200, {"Functions": shown, **rest})


def update_function_code(world: World, call: Call) -> Reply:
    """New code for `$LATEST`; with Publish a version of it, Pending in the answer (§1b); DryRun only checks."""
    code.refuse_oversized(call)
    found, latest = _writable(world, call)
    _right_package(latest.settings["PackageType"], call.body, updating=True)
    read = code.read(call.body, call.account, world.neighbours)
    realm = world.realm(call.account, call.region)
    if call.body.get("DryRun"):
        return Reply(200, configuration.shown(realm, found.name, latest))
    _begin(world, found)
    latest.code = read
    if call.body.get("Architectures"):
        latest.settings["Architectures"] = list(call.body["Architectures"])
    if call.body.get("Publish"):
        cut = versions.publish(world, realm, found, None, pending=True)
        return Reply(200, configuration.shown(realm, found.name, cut, cut.number))
    return Reply(200, configuration.shown(realm, found.name, latest))


def update_function_configuration(world: World, call: Call) -> Reply:
    """New settings for `$LATEST`; a RevisionId changes even when the values do not (recorded)."""
    found, latest = _writable(world, call)
    settings = configuration.updated(world, call, latest.settings)
    _begin(world, found)
    latest.settings = settings
    return Reply(200, configuration.shown(world.realm(call.account, call.region), found.name, latest))


def _writable(world: World, call: Call) -> tuple[Function, Version]:
    """`$LATEST`, when it is not busy and the RevisionId given is its own (recorded)."""
    found = naming.function(world, call)
    lifecycle.refuse_busy(found.latest)
    if call.body.get("RevisionId") not in {None, found.latest.revision_id}:
        raise stale()
    return found, found.latest


def _begin(world: World, found: Function) -> None:
    lifecycle.begin_update(found.latest, world.settings.pending_polls)
    found.touched = True
    found.latest.last_modified = world.now()
    found.latest.bump()


def _polled(world: World, call: Call) -> tuple[Realm, Function, Version, str | None]:
    found, version, _, qualifier = naming.qualified(world, call)
    lifecycle.poll(version)
    return world.realm(call.account, call.region), found, version, qualifier


def _right_package(package: str, given: Any, *, updating: bool = False) -> None:
    """An image for an image function and nothing else, and the other way round (§3)."""
    doing = "updating" if updating else "creating"
    if package == "Image" and "ImageUri" not in given:
        raise invalid(f"Please provide ImageUri when {doing} a function with packageType Image.")
    if package == "Zip" and "ImageUri" in given:
        raise invalid(f"Please don't provide ImageUri when {doing} a function with packageType Zip.")


def _location(realm: Realm, found: Function, version: Version) -> dict[str, str]:
    held: Code = version.code
    if held.image_uri is not None:
        return {
            "RepositoryType": "ECR",
            "ImageUri": held.image_uri,
            "ResolvedImageUri": code.resolved_image(held.image_uri, held.sha256),
        }
    where = f"awslambda-{realm.region}-tasks.s3.{realm.region}.amazonaws.com/snapshots/{realm.account}"
    return {"RepositoryType": "S3", "Location": f"https://{where}/{found.name}-{version.number.strip('$')}"}


def get_function_code_signing_config(world: World, call: Call) -> Reply:
    """No function here is bound to a code signing configuration."""
    return Reply(200, {"FunctionName": naming.function(world, call).name})


def put_function_concurrency(world: World, call: Call) -> Reply:
    """Reserved concurrency of the function; zero throttles it."""
    found = naming.function(world, call)
    found.reserved = call.body["ReservedConcurrentExecutions"]
    return Reply(200, {"ReservedConcurrentExecutions": found.reserved})


def get_function_concurrency(world: World, call: Call) -> Reply:
    """Reserved concurrency; an empty answer when none is reserved."""
    found = naming.function(world, call)
    return Reply(200, {} if found.reserved is None else {"ReservedConcurrentExecutions": found.reserved})


def delete_function_concurrency(world: World, call: Call) -> Reply:
    """204, whether any was reserved or not."""
    naming.function(world, call).reserved = None
    return Reply(204)


def list_tags(world: World, call: Call) -> Reply:
    """The function's tags."""
    return Reply(200, {"Tags": dict(_tagged(world, call).tags)})


def tag_resource(world: World, call: Call) -> Reply:
    """Add tags to the function."""
    _tagged(world, call).tags.update(call.body["Tags"])
    return Reply(204)


def untag_resource(world: World, call: Call) -> Reply:
    """Take tags from the function."""
    tags = _tagged(world, call).tags
    for key in call.params["TagKeys"].split("\0"):
        tags.pop(key, None)
    return Reply(204)


def _tagged(world: World, call: Call) -> Function:
    """Only a whole function has tags (§5)."""
    name, qualifier = naming.split(call.params["Resource"])
    if qualifier:
        raise invalid(
            "Tags on function aliases and versions are not supported. Please specify either a function ARN or an "
            "event source mapping ARN."
        )
    realm = world.realm(call.account, call.region)
    if name not in realm.functions:
        raise not_found(f"Function not found: {realm.function_arn(name)}")
    return realm.functions[name]
