"""What an update would do, without doing any of it: the changes of a change set, and whether there are any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deployer.local.cloudformation import deployment
from deployer.local.cloudformation.convergence import outputs, wanted
from deployer.local.cloudformation.desk import Desk
from deployer.local.cloudformation.handling import replaces
from deployer.local.cloudformation.intrinsics import Scope, Target
from deployer.local.cloudformation.refusals import StackRefusal, invalid
from deployer.local.cloudformation.resources import KINDS
from deployer.local.cloudformation.stack import Deployment, Resource, Stack
from deployer.local.cloudformation.template import Declared

# What stands in a property for a value that only the update will bring (§13).
KNOWN_AFTER_APPLY: Final = "{{changeSet:KNOWN_AFTER_APPLY}}"


class _Unknown:
    """A resource that is not there yet."""

    def reference(self) -> Any:
        """Known once it is made."""
        return KNOWN_AFTER_APPLY

    def attribute(self, _name: str) -> Any:
        """Known once it is made."""
        return KNOWN_AFTER_APPLY


@dataclass(frozen=True, slots=True)
class Preview:
    """Changes of resources as DescribeChangeSet shows them; `any` is true for changed outputs and tags too."""

    resources: tuple[Mapping[str, Any], ...]
    any: bool


def changes(desk: Desk, stack: Stack, asked: Deployment) -> Preview:
    """What deploying `asked` on the stack would change."""
    scope = deployment.scope(desk, asked, stack.name, stack.stack_id)
    known: dict[str, Target] = {}
    scope.resources = known
    declared = wanted(asked.template, scope)
    _refuse_other_types(declared, stack)
    found = [change for one in declared.values() for change in _change(one, stack, scope, known)]
    gone = [one for name, one in stack.resources.items() if name not in declared and one.standing]
    resources = (*found, *map(_removal, gone))
    return Preview(resources, bool(resources) or _besides(stack, asked, scope))


def _refuse_other_types(declared: Mapping[str, Declared], stack: Stack) -> None:
    standing = {name: one.declared.type_name for name, one in stack.resources.items() if one.standing}
    other = sorted(name for name, one in declared.items() if standing.get(name, one.type_name) != one.type_name)
    if other:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(other)}]"
        )


def _besides(stack: Stack, asked: Deployment, scope: Scope) -> bool:
    """Changes of the stack itself. A status that failed is to be repaired, whatever the template says."""
    failed = stack.status in {"CREATE_FAILED", "UPDATE_FAILED"}
    return failed or tuple(outputs(asked.template, scope)) != stack.outputs or asked.tags != stack.deployed.tags


def _change(declared: Declared, stack: Stack, scope: Scope, known: dict[str, Target]) -> Iterator[Mapping[str, Any]]:
    name = declared.logical_id
    current = stack.resources.get(name)
    if current is None or not current.standing:
        known[name] = _Unknown()
        yield _described("Add", declared)
        return
    after = _foreseen(declared, scope)
    replaced = after is not None and replaces(declared, current.properties, after)
    known[name] = _Unknown() if replaced else current
    differing = sorted(declared.properties) if after is None else _differing(current.properties, after)
    details = [_detail(declared, one, after) for one in differing]
    if declared.metadata != current.declared.metadata:
        details.append({"Target": {"Attribute": "Metadata", "RequiresRecreation": "Never"}, **_DIRECT})
    if details or current.failed:
        yield _described("Modify", declared, current, details)


def _foreseen(declared: Declared, scope: Scope) -> Mapping[str, Any] | None:
    """Its properties as far as they are known; None where a function cannot work with what is not."""
    try:
        resolved: Mapping[str, Any] = scope.resolve(declared.properties)
    except StackRefusal:
        return None
    return resolved


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


_DIRECT: Final = {"Evaluation": "Static", "ChangeSource": "DirectModification"}


def _detail(declared: Declared, name: str, after: Mapping[str, Any] | None) -> Mapping[str, Any]:
    unsure = after is None or KNOWN_AFTER_APPLY in str(after.get(name))
    create_only = name in KINDS[declared.type_name].create_only
    recreation = "Never" if not create_only else "Conditionally" if unsure else "Always"
    evaluation = "Dynamic" if unsure else "Static"
    return {
        "Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation},
        "Evaluation": evaluation,
        "ChangeSource": "ResourceAttribute" if unsure else "DirectModification",
    }


def _described(
    action: str, declared: Declared, current: Resource | None = None, details: list[Mapping[str, Any]] | None = None
) -> Mapping[str, Any]:
    found = details or []
    recreations = {one["Target"]["RequiresRecreation"] for one in found}
    replacement = "True" if "Always" in recreations else "Conditional" if "Conditionally" in recreations else "False"
    modified = {
        "PhysicalResourceId": current.physical_id,
        "Replacement": replacement,
        "PolicyAction": _policy_action(declared, replacement),
    } if current is not None else {}  # fmt: skip
    change = {
        "Action": action,
        "LogicalResourceId": declared.logical_id,
        "ResourceType": declared.type_name,
        "Scope": sorted({one["Target"]["Attribute"] for one in found}),
        "Details": found,
        **{key: value for key, value in modified.items() if value},
    }
    return {"Type": "Resource", "ResourceChange": change}


def _policy_action(declared: Declared, replacement: str) -> str:
    if replacement == "False":
        return ""
    return "ReplaceAndRetain" if declared.replacement == "Retain" else "ReplaceAndDelete"


def _removal(resource: Resource) -> Mapping[str, Any]:
    change = {
        "Action": "Remove",
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.declared.type_name,
        "Scope": [],
        "Details": [],
        "PolicyAction": "Delete" if resource.declared.deletion == "Delete" else "Retain",
    }
    return {"Type": "Resource", "ResourceChange": change}
