"""Whether a template holds the code that its target was decided for."""

from __future__ import annotations

import jsii
from aws_cdk import Annotations, Stack
from aws_cdk.aws_lambda import Function
from constructs import Construct, IValidation

from deployer.cdk_adapter.hashed import resource_of
from deployer.cdk_adapter.rendering import OtherCode
from deployer.cdk_adapter.target import Target


@jsii.implements(IValidation)
class PlannedCode:
    """Looks at the function of a release when the app is synthesized: it may be changed until then."""

    def __init__(self, release: Construct, function: Function, target: Target) -> None:
        self._release = release
        self._function = function
        self._target = target

    def validate(self) -> list[str]:
        """Nothing; what is wrong is an error of the stack alone, as what is returned ends the whole app."""
        held = self._version_id()
        if held != self._target.version_id:
            Annotations.of(self._release).add_error(str(OtherCode(self._target, held)))
        return []

    def _version_id(self) -> str:
        """What the Version of the present code is called, or would be in a template that is to hold none."""
        before = len(self._function.node.children)
        version = self._function.current_version
        found = str(Stack.of(version).resolve(resource_of(version).logical_id))
        if len(self._function.node.children) > before:
            self._function.node.try_remove_child(version.node.id)
        return found
