"""AWS::Lambda::Function: UpdateFunctionCode and UpdateFunctionConfiguration only for what has changed.

A property that leaves the template goes back to Lambda's default.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.refusals import handled
from deployer.local.cloudformation.resources.function_state import once_assumable, settled
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Importable, Kind, Made, Properties, Site, finished

# Settings by their name in a template; what each is when the template does not say.
_DEFAULTS: Final[Mapping[str, Any]] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "ImageConfig": {},
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {},
    "MemorySize": 128,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}
_SETTINGS: Final = frozenset({*_DEFAULTS, "Handler", "Role", "Runtime"})
_CREATE_ONLY: Final = frozenset({"FunctionName", "PackageType", "TenancyConfig"})
_OTHER_NAMES: Final = {"KmsKeyArn": "KMSKeyArn"}
# The date is part of the zip, and so of its hash.
_MIDNIGHT: Final = (1980, 1, 1, 0, 0, 0)


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("FunctionName") or site.name(64)
    members = {
        **_members(properties, _SETTINGS | (_CREATE_ONLY - {"FunctionName"}) | {"Architectures"}),
        "FunctionName": name,
        "Code": _code(properties),
        "Tags": {**_tags(properties), **_system_tags(site)},
    }
    answered = once_assumable(lambda: site.lambda_api.call("CreateFunction", members))

    def steps() -> None:
        settled(site, name)
        if "ReservedConcurrentExecutions" in properties:
            _reserve(site, name, properties["ReservedConcurrentExecutions"])

    return finished(Made(name, _attributes(answered)), steps)


def _update(site: Site, name: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    settled(site, name)
    if _differ(before, after, "Code", "Architectures"):
        members = {
            "FunctionName": name,
            "Architectures": after.get("Architectures", ["x86_64"]),
            **_code(after),
        }
        site.lambda_api.call("UpdateFunctionCode", members)
        settled(site, name)
    changed = frozenset(key for key in _SETTINGS if before.get(key) != after.get(key))
    if changed:
        _configure(site, name, {**_DEFAULTS, **after}, changed)
    if _differ(before, after, "ReservedConcurrentExecutions"):
        _reserve(site, name, after.get("ReservedConcurrentExecutions"))
    found = settled(site, name)
    if _differ(before, after, "Tags"):
        _retag(site, found["FunctionArn"], _tags(before), _tags(after))
    return _attributes(found)


def _configure(site: Site, name: str, settings: Properties, changed: frozenset[str]) -> None:
    members = {"FunctionName": name, **_members(settings, changed)}
    once_assumable(lambda: site.lambda_api.call("UpdateFunctionConfiguration", members))
    settled(site, name)


def _delete(site: Site, name: str, _properties: Properties) -> None:
    unless_gone(lambda: site.lambda_api.call("DeleteFunction", {"FunctionName": name}))


def _look(site: Site, named: Mapping[str, str]) -> Made:
    return Made(named["FunctionName"], _attributes(site.lambda_api.call("GetFunctionConfiguration", named)))


def _claim(site: Site, made: Made) -> None:
    site.lambda_api.call("TagResource", {"Resource": made.attributes["Arn"], "Tags": _system_tags(site)})


def _differ(before: Properties, after: Properties, *names: str) -> bool:
    return any(before.get(name) != after.get(name) for name in names)


def _members(properties: Properties, names: frozenset[str]) -> dict[str, Any]:
    return {_OTHER_NAMES.get(name, name): properties[name] for name in sorted(names) if name in properties}


def _code(properties: Properties) -> dict[str, Any]:
    code: dict[str, Any] = dict(properties["Code"])
    if "ZipFile" in code:
        code["ZipFile"] = inline_zip(properties.get("Runtime", ""), code["ZipFile"])
    return code


def inline_zip(runtime: str, source: str) -> bytes:
    """Inline code as a zip, the same bytes for the same source."""
    file = next((file for prefix, file in _INLINE.items() if runtime.startswith(prefix)), None)
    if file is None:
        raise handled(f"ZipFile can only be used when Runtime is set to either of nodejs, python: {runtime}",
                      "InvalidRequest")  # fmt: skip
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(file, _MIDNIGHT), source)
    return held.getvalue()


_INLINE: Final = {"nodejs": "index.js", "python": "index.py"}


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", ())}


def _system_tags(site: Site) -> dict[str, str]:
    return {
        "aws:cloudformation:stack-name": site.stack_name,
        "aws:cloudformation:stack-id": site.stack_id,
        "aws:cloudformation:logical-id": site.logical_id,
    }


def _retag(site: Site, arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    gone = sorted(before.keys() - after.keys())
    if gone:
        site.lambda_api.call("UntagResource", {"Resource": arn, "TagKeys": "\0".join(gone)})
    if after:
        site.lambda_api.call("TagResource", {"Resource": arn, "Tags": after})


def _reserve(site: Site, name: str, reserved: Any) -> None:
    if reserved is None:
        site.lambda_api.call("DeleteFunctionConcurrency", {"FunctionName": name})
    else:
        members = {"FunctionName": name, "ReservedConcurrentExecutions": reserved}
        site.lambda_api.call("PutFunctionConcurrency", members)


def _attributes(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {"Arn": configuration["FunctionArn"]}


KIND: Final = Kind(
    type_name="AWS::Lambda::Function",
    properties=_SETTINGS | _CREATE_ONLY | {"Architectures", "Code", "ReservedConcurrentExecutions", "Tags"},
    required=frozenset({"Code", "Role"}),
    create_only=_CREATE_ONLY,
    create=_create,
    update=_update,
    delete=_delete,
    importable=Importable(("FunctionName",), _look, _claim),
)
