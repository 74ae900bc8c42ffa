"""Where in an app a function can be released from."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import IConstruct

from deployer.cdk_adapter.rendering import InvalidRelease


def refuse_nested(construct: IConstruct, name: str) -> None:
    """Raise InvalidRelease for what is in a nested stack. `name` is what is released."""
    stack = Stack.of(construct)
    if stack.nested:
        why = (
            f"is in the nested stack {stack.node.path}, which CloudFormation deploys as part of another, and which "
            "`deployer cdk plan` does not see: put the function and its release into a Stack of their own"
        )
        raise InvalidRelease(name, why)
