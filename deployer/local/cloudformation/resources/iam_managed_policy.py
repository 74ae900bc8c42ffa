"""AWS::IAM::ManagedPolicy, attached to the roles that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.documents import document, taken
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site, finished

_CREATE_ONLY: Final = frozenset({"Description", "ManagedPolicyName", "Path"})


def _create(site: Site, properties: Properties) -> Made:
    made = site.client("iam").create_policy(
        PolicyName=properties.get("ManagedPolicyName") or site.name(128),
        PolicyDocument=document(properties["PolicyDocument"]),
        **taken(properties, ("Description", "Path")),
    )
    arn = made["Policy"]["Arn"]
    return finished(Made(arn, {"PolicyArn": arn}), lambda: _attach(site, arn, {}, properties))


def _update(site: Site, arn: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    if before.get("PolicyDocument") != after["PolicyDocument"]:
        _say(site.client("iam"), arn, document(after["PolicyDocument"]))
    _attach(site, arn, before, after)
    return {"PolicyArn": arn}


def _say(iam: Any, arn: str, text: str) -> None:
    """A new default version; IAM keeps five, and one is enough here."""
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    _forget_versions(iam, arn)


def _forget_versions(iam: Any, arn: str) -> None:
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])


def _attach(site: Site, arn: str, before: Properties, after: Properties) -> None:
    iam = site.client("iam")
    held, wanted = set(before.get("Roles", ())), set(after.get("Roles", ()))
    for role in sorted(held - wanted):
        _detach(iam, role, arn)
    for role in sorted(wanted - held):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)


def _detach(iam: Any, role: str, arn: str) -> None:
    unless_gone(lambda: iam.detach_role_policy(RoleName=role, PolicyArn=arn))


def _delete(site: Site, arn: str, properties: Properties) -> None:
    _attach(site, arn, properties, {})
    unless_gone(lambda: site.client("iam").delete_policy(PolicyArn=arn))


KIND: Final = Kind(
    type_name="AWS::IAM::ManagedPolicy",
    properties=_CREATE_ONLY | {"PolicyDocument", "Roles"},
    required=frozenset({"PolicyDocument"}),
    create_only=_CREATE_ONLY,
    create=_create,
    update=_update,
    delete=_delete,
)
