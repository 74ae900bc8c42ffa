"""AWS::IAM::Role with its inline and attached policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local import neighbours
from deployer.local.cloudformation.resources.documents import document, removed, tags, taken
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Importable, Kind, Made, Properties, Site, finished

_DEFAULTS: Final[Properties] = {"Description": "", "MaxSessionDuration": 3600}
_CREATE_ONLY: Final = frozenset({"Path", "RoleName"})


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("RoleName") or site.name(64)
    made = site.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=document(properties["AssumeRolePolicyDocument"]),
        **taken(properties, ("Description", "Path", "PermissionsBoundary")),
        **_session(taken(properties, ["MaxSessionDuration"])),
        Tags=properties.get("Tags", []),
    )["Role"]
    attributes = {"Arn": made["Arn"], "RoleId": made["RoleId"]}
    return finished(Made(name, attributes), lambda: _policies(site, name, {}, properties))


def _look(site: Site, named: Mapping[str, str]) -> Made:
    return Made(named["RoleName"], _attributes(site.client("iam"), named["RoleName"]))


def _update(site: Site, name: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    iam = site.client("iam")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document(after["AssumeRolePolicyDocument"]))
    iam.update_role(RoleName=name, **_session({**_DEFAULTS, **taken(after, _DEFAULTS)}))
    _boundary(iam, name, before, after)
    _policies(site, name, before, after)
    gone = removed(tags(before), tags(after))
    if gone:
        iam.untag_role(RoleName=name, TagKeys=gone)
    if tags(after):
        iam.tag_role(RoleName=name, Tags=after["Tags"])
    return _attributes(iam, name)


def _attributes(iam: Any, name: str) -> dict[str, Any]:
    role = iam.get_role(RoleName=name)["Role"]
    return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


def _session(given: dict[str, Any]) -> dict[str, Any]:
    """A number, which a template may hold as text."""
    return {key: int(value) if key == "MaxSessionDuration" else value for key, value in given.items()}


def _boundary(iam: Any, name: str, before: Properties, after: Properties) -> None:
    if "PermissionsBoundary" in after:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=after["PermissionsBoundary"])
    elif "PermissionsBoundary" in before:
        iam.delete_role_permissions_boundary(RoleName=name)


def _policies(site: Site, name: str, before: Properties, after: Properties) -> None:
    iam = site.client("iam")
    held, wanted = _inline(before), _inline(after)
    for policy in removed(held, wanted):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, text in wanted.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
    attached, asked = set(before.get("ManagedPolicyArns", ())), set(after.get("ManagedPolicyArns", ()))
    if any(arn.startswith(neighbours.AWS_POLICIES) for arn in asked):
        neighbours.know_aws_policies(site.account)
    for arn in sorted(attached - asked):
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in sorted(asked - attached):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def _inline(properties: Properties) -> dict[str, str]:
    return {one["PolicyName"]: document(one["PolicyDocument"]) for one in properties.get("Policies", ())}


def _delete(site: Site, name: str, properties: Properties) -> None:
    iam = site.client("iam")

    def without_policies() -> None:
        _policies(site, name, properties, {})
        iam.delete_role(RoleName=name)

    unless_gone(without_policies)


KIND: Final = Kind(
    type_name="AWS::IAM::Role",
    properties=_CREATE_ONLY
    | {
        "AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "PermissionsBoundary",
        "Policies", "Tags",
    },
    required=frozenset({"AssumeRolePolicyDocument"}),
    create_only=_CREATE_ONLY,
    create=_create,
    update=_update,
    delete=_delete,
    importable=Importable(("RoleName",), _look),
)  # fmt: skip
