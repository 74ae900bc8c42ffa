"""Whether CDK counts all of a function's content when it decides that a new version is due."""

from __future__ import annotations

from typing import Any, Final

import jsii
from aws_cdk import FeatureFlags, Stack
from aws_cdk.aws_lambda import Function, LayerVersion
from constructs import Construct, IValidation

LAYERS_COUNT: Final = "@aws-cdk/aws-lambda:recognizeLayerVersion"
SETTINGS_COUNT: Final = "@aws-cdk/aws-lambda:recognizeVersionProps"


@jsii.implements(IValidation)
class HashChecked:
    """Looks at a function when the app is synthesized: layers may be added to it until then."""

    def __init__(self, function: Function, function_name: str) -> None:
        self._function = function
        self._name = function_name

    def validate(self) -> list[str]:
        """What would be released unnoticed, or never, in one sentence each."""
        flags = FeatureFlags.of(self._function)
        layers = self._layers()
        found = []
        if layers and not flags.is_enabled(LAYERS_COUNT):
            found.append(
                f"the function {self._name} has layers, and their content publishes no version while the feature flag "
                f"{LAYERS_COUNT} is off: set it to true in the context of cdk.json, or use deployer's VersionedFunction"
            )
        if not flags.is_enabled(SETTINGS_COUNT):
            found.append(
                f"for the function {self._name} a new tag would publish a version, which Lambda refuses, while the "
                f"feature flag {SETTINGS_COUNT} is off: take it out of the context of cdk.json"
            )
        twins = sorted({layer for layer in layers if layers.count(layer) > 1})
        if twins:
            found.append(
                f"the function {self._name} has several layers with the construct id {', '.join(twins)}, and CDK sees "
                "new content of the last one alone: give each layer an id of its own"
            )
        return found

    def _layers(self) -> list[str]:
        """The construct ids of its layers; a layer that the stack does not make has its ARN for one."""
        stack = Stack.of(self._function)
        layers = stack.resolve(resource_of(self._function).layers) or []
        made = _layers_of(stack) if layers else {}
        return [made.get(str(layer), str(layer)) for layer in layers]


def _layers_of(stack: Stack) -> dict[str, str]:
    """The construct id of each layer that the stack makes, by what a function names it with."""
    layers = [construct for construct in stack.node.find_all() if isinstance(construct, LayerVersion)]
    return {str(stack.resolve(layer.layer_version_arn)): layer.node.id for layer in layers}


def resource_of(construct: Construct) -> Any:
    """The CloudFormation resource of a function, a version or an alias, to say what the construct itself does not."""
    return construct.node.default_child
