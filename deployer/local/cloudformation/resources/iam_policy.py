"""AWS::IAM::Policy: an inline policy of roles (users and groups have no part in a release)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.documents import document
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site


def _create(site: Site, properties: Properties) -> Made:
    name = site.name(128)
    _update(site, name, {}, properties)
    return Made(name, {"Id": name})


def _update(site: Site, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    iam = site.client("iam")
    for role in after["Roles"]:
        policy = document(after["PolicyDocument"])
        iam.put_role_policy(RoleName=role, PolicyName=after["PolicyName"], PolicyDocument=policy)
    for role, name in _placed(before) - _placed(after):
        _remove(iam, role, name)
    return {"Id": physical_id}


def _placed(properties: Properties) -> set[tuple[str, str]]:
    return {(role, properties["PolicyName"]) for role in properties.get("Roles", ())}


def _remove(iam: Any, role: str, name: str) -> None:
    unless_gone(lambda: iam.delete_role_policy(RoleName=role, PolicyName=name))


def _delete(site: Site, _physical_id: str, properties: Properties) -> None:
    for role, name in _placed(properties):
        _remove(site.client("iam"), role, name)


KIND: Final = Kind(
    type_name="AWS::IAM::Policy",
    properties=frozenset({"PolicyDocument", "PolicyName", "Roles"}),
    required=frozenset({"PolicyDocument", "PolicyName", "Roles"}),
    create_only=frozenset(),
    create=_create,
    update=_update,
    delete=_delete,
)
