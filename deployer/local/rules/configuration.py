"""The settings of a function: what may be set, its defaults and limits, and how an answer shows them.

Settings are kept under the names of the API, so that whatever a client sends is frozen into versions and shown again.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from deployer.local.rules.constraints import lambda_model
from deployer.local.rules.refusals import Refusal, invalid, violations
from deployer.local.rules.world import LATEST, Call, Code, Realm, Settings, Version, World

# Everything UpdateFunctionConfiguration takes and a version freezes (§3, §5).
UPDATABLE = (
    "Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "VpcConfig", "Environment", "Layers",
    "DeadLetterConfig", "KMSKeyArn", "TracingConfig", "FileSystemConfigs", "ImageConfig", "EphemeralStorage",
    "SnapStart", "LoggingConfig", "CapacityProviderConfig", "DurableConfig", "RuntimeConfig", "AcceleratorConfig",
)  # fmt: skip
CREATE_ONLY = ("Architectures", "PackageType", "TenancyConfig", "SigningProfileVersionArn")

# Given empty, these are as if never given.
_CLEARED_WHEN_EMPTY = frozenset({"DeadLetterConfig", "KMSKeyArn", "Layers", "FileSystemConfigs", "ImageConfig"})

TIMEOUT_LIMIT = 900
MEMORY_LIMIT = 10_240
ENVIRONMENT_LIMIT = 4_096


def created(world: World, call: Call) -> Settings:
    """The settings of a new function: what is given over Lambda's defaults."""
    body = call.body
    settings: Settings = {
        "Architectures": ["x86_64"],
        "Description": "",
        "EphemeralStorage": {"Size": 512},
        "LoggingConfig": {},
        "MemorySize": 128,
        "PackageType": "Zip",
        "SnapStart": {"ApplyOn": "None"},
        "Timeout": 3,
        "TracingConfig": {"Mode": "PassThrough"},
    }
    settings |= {name: copy.deepcopy(body[name]) for name in (*UPDATABLE, *CREATE_ONLY) if body.get(name) is not None}
    if settings["PackageType"] == "Zip" and not (body.get("Runtime") and body.get("Handler")):
        raise invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
    return _accepted(world, call, settings, body)


def updated(world: World, call: Call, settings: Settings) -> Settings:
    """A copy of `settings` with what the request gives; what it leaves out is kept (§3)."""
    given = {name: copy.deepcopy(call.body[name]) for name in UPDATABLE if call.body.get(name) is not None}
    return _accepted(world, call, copy.deepcopy(settings) | given, call.body)


def _accepted(world: World, call: Call, settings: Settings, given: Mapping[str, Any]) -> Settings:
    _limits(given)
    if given.get("Runtime") is not None:
        _runtime(given["Runtime"])
    if given.get("Role") is not None:
        _role(world, call, given["Role"])
    if given.get("Layers"):
        settings["Layers"] = [_layer(world, call, arn) for arn in given["Layers"]]
    for name in _CLEARED_WHEN_EMPTY & settings.keys():
        if not settings[name] or settings[name] == {"TargetArn": ""}:
            del settings[name]
    return settings


def _limits(given: Mapping[str, Any]) -> None:
    """Ordinary functions have tighter limits than the service model, which speaks of managed instances too (§3)."""
    found = [
        f"Value '{given[name]}' at '{path}' failed to satisfy constraint: "
        f"Member must have value less than or equal to {limit}"
        for name, path, limit in (
            ("Timeout", "timeout", TIMEOUT_LIMIT),
            ("MemorySize", "memorySize", MEMORY_LIMIT),
        )
        if (given.get(name) or 0) > limit
    ]
    if found:
        raise violations(found)
    variables = (given.get("Environment") or {}).get("Variables") or {}
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > ENVIRONMENT_LIMIT:
        # Lambda repeats the variables here, so whoever prints the message prints secrets.
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )


def _runtime(name: str) -> None:
    known = lambda_model()["shapes"]["Runtime"]["enum"]
    if name not in known:
        raise invalid(
            f"Value {name} at 'runtime' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(known)}] or be a valid ARN"
        )


def _role(world: World, call: Call, arn: str) -> None:
    """A role must be there, of this account, and known to Lambda for a while (§9: a fresh one is refused at first)."""
    if arn.split(":")[4] != call.account:
        raise Refusal("AccessDeniedException", 403, "Cross-account pass role is not allowed.")
    uses = world.realm(call.account, call.region).role_uses
    uses[arn] = uses.get(arn, 0) + 1
    if uses[arn] <= world.settings.role_refusals or not world.neighbours.role_exists(call.account, arn):
        raise invalid("The role defined for the function cannot be assumed by Lambda.")


def _layer(world: World, call: Call, arn: str) -> dict[str, Any]:
    size = world.neighbours.layer_size(call.account, call.region, arn)
    if size is None:
        raise invalid(f"Layer version {arn} does not exist.")
    return {"Arn": arn, "CodeSize": size}


def shown(realm: Realm, name: str, version: Version, qualifier: str | None = None) -> dict[str, Any]:
    """FunctionConfiguration as Get* answers it; the ARN ends in whatever `qualifier` was asked for."""
    return {
        **listed(realm, name, version, qualifier),
        **_runtime_version(version.settings, realm.region),
        **_lifecycle(version),
    }


def listed(realm: Realm, name: str, version: Version, qualifier: str | None) -> dict[str, Any]:
    """FunctionConfiguration as ListVersionsByFunction answers it: without states (recorded)."""
    settings = copy.deepcopy(version.settings)
    image = settings.pop("ImageConfig", None)
    settings["SnapStart"] |= {"OptimizationStatus": _optimization(version)}
    settings["LoggingConfig"] = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}", **settings["LoggingConfig"]}
    if "VpcConfig" in settings:
        settings["VpcConfig"] |= {"VpcId": "vpc-00000000" if settings["VpcConfig"].get("SubnetIds") else ""}
    return {
        **settings,
        **({"ImageConfigResponse": {"ImageConfig": image}} if image else {}),
        "CodeSha256": version.code.sha256,
        "CodeSize": version.code.size,
        "FunctionArn": realm.function_arn(name) + (f":{qualifier}" if qualifier else ""),
        "FunctionName": name,
        "LastModified": version.last_modified,
        "RevisionId": version.revision_id,
        "Version": version.number,
    }


def _lifecycle(version: Version) -> dict[str, str]:
    """State and LastUpdateStatus with their reasons (recorded; a thing being created shows no LastUpdateStatus)."""
    match version.change:
        case None:
            return {"State": "Active", "LastUpdateStatus": "Successful"}
        case change if change.kind == "creating":
            return {
                "State": "Pending",
                "StateReason": "The function is being created.",
                "StateReasonCode": "Creating",
            }
        case _:
            return {
                "State": "Active",
                "LastUpdateStatus": "InProgress",
                "LastUpdateStatusReason": "The function is being created.",
                "LastUpdateStatusReasonCode": "Creating",
            }


def _optimization(version: Version) -> str:
    """On for a published SnapStart version that is ready (§1b)."""
    applies = version.settings["SnapStart"].get("ApplyOn") == "PublishedVersions"
    return "On" if applies and version.number != LATEST and version.change is None else "Off"


def _runtime_version(settings: Settings, region: str) -> dict[str, Any]:
    if "Runtime" not in settings:
        return {}
    digest = hashlib.sha256(settings["Runtime"].encode()).hexdigest()
    return {"RuntimeVersionConfig": {"RuntimeVersionArn": f"arn:aws:lambda:{region}::runtime:{digest}"}}


def content(settings: Settings, code: Code) -> tuple[Settings, str]:
    """What two publishes are compared by: every setting, Description included, and the code (§1a)."""
    return copy.deepcopy(settings), code.sha256
