"""Put-, Update-, Get-, Delete- and ListFunctionEventInvokeConfig: one each of `$LATEST`, versions and aliases (§5).

The wordings of refusals are those of LocalStack's provider (§5); no answers of Lambda itself are at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.rules import naming, paging
from deployer.local.rules.refusals import Refusal, invalid, not_found
from deployer.local.rules.world import LATEST, Call, EventInvoke, Function, Reply, World

_MEMBERS: Final = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


def put_function_event_invoke_config(world: World, call: Call) -> Reply:
    """200; what was there before is forgotten."""
    given = _given(call)
    found, qualifier = _subject(world, call)
    return _written(world, found, qualifier, given)


def update_function_event_invoke_config(world: World, call: Call) -> Reply:
    """200; what the request leaves out stays. 404 where there is none."""
    given = _given(call)
    found, qualifier = _subject(world, call)
    held = _held(found, qualifier)
    return _written(world, found, qualifier, {**held.settings, **given})


def get_function_event_invoke_config(world: World, call: Call) -> Reply:
    """The configuration; 404 where there is none."""
    found, qualifier = _subject(world, call)
    return Reply(200, _shown(found, qualifier, _held(found, qualifier)))


def delete_function_event_invoke_config(world: World, call: Call) -> Reply:
    """204; 404 where there is none."""
    found, qualifier = _subject(world, call)
    _held(found, qualifier)
    del found.event_invokes[qualifier]
    return Reply(204)


def list_function_event_invoke_configs(world: World, call: Call) -> Reply:
    """All of the function."""
    found = naming.function(world, call)
    shown = [_shown(found, qualifier, held) for qualifier, held in sorted(found.event_invokes.items())]
    return Reply(200, paging.page(call, shown, "FunctionEventInvokeConfigs", most=50))


def _given(call: Call) -> dict[str, Any]:
    given = {name: call.body[name] for name in _MEMBERS if call.body.get(name) is not None}
    if not given:
        raise invalid("You must specify at least one of error handling or destination setting.")
    return given


def _subject(world: World, call: Call) -> tuple[Function, str]:
    """The function and what of it is meant, `$LATEST` when the request does not say."""
    try:
        found, _, _, qualifier = naming.qualified(world, call)
    except Refusal as refusal:
        raise not_found("The function doesn't exist.") from refusal
    return found, qualifier or LATEST


def _held(found: Function, qualifier: str) -> EventInvoke:
    if qualifier not in found.event_invokes:
        raise not_found(f"The function {found.arn}:{qualifier} doesn't have an EventInvokeConfig")
    return found.event_invokes[qualifier]


def _written(world: World, found: Function, qualifier: str, settings: Mapping[str, Any]) -> Reply:
    held = found.event_invokes[qualifier] = EventInvoke(dict(settings), world.clock().timestamp())
    return Reply(200, _shown(found, qualifier, held))


def _shown(found: Function, qualifier: str, held: EventInvoke) -> dict[str, Any]:
    return {
        "LastModified": held.last_modified,
        "FunctionArn": f"{found.arn}:{qualifier}",
        **held.settings,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}, **held.settings.get("DestinationConfig", {})},
    }
