"""What a version freezes of a function in a template, and in what of it two templates differ.

CloudFormation pushes the properties that differ between the deployed template and the next, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deployer.cdk_adapter.template import Template, properties, resources

# Kept for the function as a whole, by APIs that take no version: publishing finds nothing new in them.
_OF_NO_VERSION: Final = frozenset({"CodeSigningConfigArn", "RecursiveLoop", "ReservedConcurrentExecutions", "Tags"})


def changed(function_id: str, template: Template, deployed: Template) -> frozenset[str]:
    """The names of the properties that deploying `template` changes; all of them where it creates the function."""
    ours, theirs = (_frozen(properties(one, function_id) or {}) for one in (template, deployed))
    names = {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)}
    made = _layers(template, ours.get("Layers"))
    if any(properties(template, layer) != properties(deployed, layer) for layer in made):
        names.add("Layers")
    return frozenset(names)


def _frozen(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in _OF_NO_VERSION}


def _layers(template: Template, layers: object) -> Iterator[str]:
    """The layers that the same template makes: new content gives such a layer a new ARN under the same logical id."""
    made = resources(template)
    for layer in layers if isinstance(layers, list) else ():
        match layer:
            case {"Ref": str(logical_id)} if logical_id in made:
                yield logical_id
