"""A CloudFormation template, parsed. Its resources are of all kinds, most of them none of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from deployer.core.content import table

Template: TypeAlias = Mapping[str, Any]
"""An empty one stands for a stack that is not deployed yet."""


def resources(template: Template) -> dict[str, Mapping[str, Any]]:
    """The resources by logical id, without what stands among them and is none: loops (`Fn::ForEach`) and includes."""
    found = table(template.get("Resources"))
    return {name: one for name, one in found.items() if isinstance(one, Mapping) and isinstance(one.get("Type"), str)}


def properties(template: Template, logical_id: str) -> Mapping[str, Any] | None:
    """What a resource says, be it nothing; None when the template holds no such resource."""
    resource = resources(template).get(logical_id)
    return None if resource is None else table(resource.get("Properties"))
