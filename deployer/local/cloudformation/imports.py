"""Which resources an IMPORT change set brings into a stack, held against what CloudFormation refuses.

The rules and their sources: `docs/lambda-facts.md` §13, "Imports". What stands in the request and the template is
refused at once; what is wrong with the resources themselves fails the change set (ImportFailed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from deployer.local.cloudformation import preview
from deployer.local.cloudformation.desk import Desk
from deployer.local.cloudformation.handling import importable
from deployer.local.cloudformation.refusals import ResourceFailed, invalid
from deployer.local.cloudformation.resources import KINDS
from deployer.local.cloudformation.stack import Deployment, Imports, Stack
from deployer.local.cloudformation.template import Declared, Template

_CHANGING: Final = frozenset({"Modify", "Remove"})


class ImportFailed(Exception):
    """What a change set has failed of."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def requested(desk: Desk, stack: Stack, asked: Deployment, members: Mapping[str, Any]) -> Imports:
    """What the request wants to import. Raises StackRefusal."""
    given: Sequence[Mapping[str, Any]] = members.get("ResourcesToImport", ())
    if not given:
        raise invalid("ResourcesToImport must be specified, and not be empty, for a change set of type IMPORT")
    imports = {one["LogicalResourceId"]: one.get("ResourceIdentifier", {}) for one in given}
    template = asked.template
    _refuse_strangers(given, template, stack)
    targets = [template.resources[name] for name in imports]
    _refuse_unimportable(targets)
    _refuse_without_policy(targets, template)
    _refuse_changes(preview.changes(desk, stack, asked).resources, imports)
    _refuse_outputs(template, stack.deployed.template)
    for one in targets:
        _refuse_identifiers(one, imports[one.logical_id])
    return imports


def _refuse_strangers(given: Iterable[Mapping[str, Any]], template: Template, stack: Stack) -> None:
    """Resources that the template does not have, or that the stack has already."""
    resources = template.resources
    missing = [
        one["LogicalResourceId"]
        for one in given
        if one["LogicalResourceId"] not in resources
        or resources[one["LogicalResourceId"]].type_name != one["ResourceType"]
    ]
    if missing:
        raise invalid(f"Resources {_listed(missing)} passed in ResourceToImport are missing from the template")
    there = [one["LogicalResourceId"] for one in given if _stands(stack, one["LogicalResourceId"])]
    if there:
        raise invalid(
            f"Resources {_listed(there)} passed in ResourceToImport are already in a stack and cannot be imported."
        )


def _stands(stack: Stack, name: str) -> bool:
    return name in stack.resources and stack.resources[name].standing


def _refuse_unimportable(targets: Iterable[Declared]) -> None:
    types = [one.type_name for one in targets if one.type_name not in KINDS or not KINDS[one.type_name].importable]
    if types:
        raise invalid(f"The following resource types are not supported for resource import: {','.join(types)}")


def _refuse_without_policy(targets: Iterable[Declared], template: Template) -> None:
    """Any policy will do, Delete too, but it must be said."""
    declared = template.section("Resources")
    silent = [one.logical_id for one in targets if "DeletionPolicy" not in declared[one.logical_id]]
    if silent:
        raise invalid(
            f"The following resources to import {_listed(silent)} must have DeletionPolicy attribute specified in the "
            "template."
        )


def _refuse_changes(changes: Iterable[Mapping[str, Any]], imports: Imports) -> None:
    """Whatever else the template would make, change or remove."""
    actions = {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"]["Action"] for one in changes}
    added = [name for name, action in actions.items() if action == "Add" and name not in imports]
    if added:
        raise invalid(f"Resources {_listed(added)} is missing from ResourceToImport list")
    changed = [name for name, action in actions.items() if action in _CHANGING]
    if changed:
        raise invalid(
            f"You have modified resources {_listed(changed)} in your template that are not being imported. Update, "
            "create or delete operations cannot be executed during import operations."
        )


def _refuse_outputs(template: Template, deployed: Template) -> None:
    before = deployed.section("Outputs")
    if any(before.get(key) != given for key, given in template.section("Outputs").items()):
        raise invalid("As part of the import operation, you cannot modify or add [Outputs]")


def _refuse_identifiers(declared: Declared, named: Mapping[str, str]) -> None:
    wanted = importable(declared).identifiers
    if named.keys() != set(wanted):
        raise invalid(
            f"The resource {declared.logical_id} of type {declared.type_name} is identified by {_listed(wanted)}, and "
            f"the request gives {_listed(named)}"
        )
    # As far as a template says it in plain text; a reference is settled when the import is carried out.
    other = [name for name in wanted if _says_otherwise(declared.properties.get(name), named[name])]
    if other:
        raise invalid(
            f"The template gives the resource {declared.logical_id} another {_listed(other)} than ResourceToImport"
        )


def _says_otherwise(said: Any, given: str) -> bool:
    return isinstance(said, str) and said != given


def found(desk: Desk, stack: Stack, asked: Deployment, imports: Imports) -> tuple[Mapping[str, Any], ...]:
    """The changes, once every resource was found and belongs to nobody. Raises ImportFailed."""
    return tuple(_change(desk, stack, asked.template.resources[name], named) for name, named in imports.items())


def _change(desk: Desk, stack: Stack, declared: Declared, named: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        physical_id = desk.handling(stack).look(declared, named).physical_id
    except ResourceFailed as error:
        raise ImportFailed(error.reason) from error
    owner = desk.realm.owner(declared.type_name, physical_id)
    if owner is not None:
        raise ImportFailed(f"{physical_id} already exists in stack {owner.stack_id}")
    change = {
        "Action": "Import",
        "LogicalResourceId": declared.logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": declared.type_name,
        "Scope": [],
        "Details": [],
    }
    return {"Type": "Resource", "ResourceChange": change}


def summaries(template: Template) -> list[Mapping[str, Any]]:
    """How each type of a template is identified; names that belong together are one, joined by commas."""
    told: dict[str, list[str]] = {}
    for one in template.resources.values():
        if one.type_name in KINDS and KINDS[one.type_name].importable:
            told.setdefault(one.type_name, []).append(one.logical_id)
    return [
        {
            "ResourceType": type_name,
            "LogicalResourceIds": names,
            "ResourceIdentifiers": [",".join(importable(template.resources[names[0]]).identifiers)],
        }
        for type_name, names in sorted(told.items())
    ]


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"
