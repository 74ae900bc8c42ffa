"""What a version freezes of a function in a template, and in what of it two templates differ.

CloudFormation pushes the properties that differ between the deployed template and the next, and no others. Lambda has
something to publish only where they mean something else to it: a default that is said means what it does unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deployer.cdk_adapter.template import Template, properties, resources

# Kept for the function as a whole, by APIs that take no version: publishing finds nothing new in them.
_OF_NO_VERSION: Final = frozenset({"CodeSigningConfigArn", "RecursiveLoop", "ReservedConcurrentExecutions", "Tags"})

# What Lambda takes where a template does not say; of a table, member by member.
_DEFAULTS: Final[Mapping[str, Any]] = {
    "Architectures": ["x86_64"],
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "ImageConfig": {},
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text"},
    "MemorySize": 128,
    "PackageType": "Zip",
    "RuntimeManagementConfig": {"UpdateRuntimeOn": "Auto"},
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": False},
}


def pushed(function_id: str, template: Template, deployed: Template) -> frozenset[str]:
    """The names of the properties that deploying `template` pushes; all of them where it creates the function."""
    ours, theirs = (_frozen(one, function_id) for one in (template, deployed))
    return _differing(ours, theirs) | _other_layers(function_id, template, deployed)


def changed(function_id: str, template: Template, deployed: Template) -> frozenset[str]:
    """Those of the pushed properties that mean something else to Lambda than they did."""
    ours, theirs = (_meant(_frozen(one, function_id)) for one in (template, deployed))
    return _differing(ours, theirs) | _other_layers(function_id, template, deployed)


def _differing(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def _frozen(template: Template, function_id: str) -> dict[str, Any]:
    given = properties(template, function_id) or {}
    return {name: value for name, value in given.items() if name not in _OF_NO_VERSION}


def _meant(given: Mapping[str, Any]) -> dict[str, Any]:
    """The properties without the defaults among them."""
    meant = {name: _without_default(value, _DEFAULTS.get(name)) for name, value in given.items()}
    return {name: value for name, value in meant.items() if value is not None}


def _without_default(value: Any, default: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return {name: one for name, one in value.items() if name not in default or one != default[name]} or None
    return None if value == default else value


def _other_layers(function_id: str, template: Template, deployed: Template) -> frozenset[str]:
    """Layers, where one that the same template makes has other content: its ARN is another then, its name the same."""
    given = _frozen(template, function_id).get("Layers")
    other = any(properties(template, layer) != properties(deployed, layer) for layer in _made(template, given))
    return frozenset({"Layers"}) if other else frozenset()


def _made(template: Template, layers: object) -> Iterator[str]:
    made = resources(template)
    for layer in layers if isinstance(layers, list) else ():
        match layer:
            case {"Ref": str(logical_id)} if logical_id in made:
                yield logical_id
