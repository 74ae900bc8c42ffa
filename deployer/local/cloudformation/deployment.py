"""From a request's members to what a stack is to be: template, parameters, tags, capabilities, all checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from deployer.local.cloudformation import parameters, rules, template
from deployer.local.cloudformation.convergence import wanted
from deployer.local.cloudformation.desk import Desk
from deployer.local.cloudformation.intrinsics import Scope
from deployer.local.cloudformation.refusals import StackRefusal, invalid
from deployer.local.cloudformation.resources import KINDS
from deployer.local.cloudformation.stack import Deployment
from deployer.local.cloudformation.template import Template

# bucket.s3.amazonaws.com, bucket.s3.eu-central-1.amazonaws.com, bucket.s3-eu-central-1.amazonaws.com
_VIRTUAL_HOST: Final = re.compile(r"(?P<bucket>.+)\.s3[.-](?:[a-z0-9-]+\.)*(?:amazonaws\.com(?:\.cn)?|localhost)")
_NAMES: Final = frozenset({"RoleName", "ManagedPolicyName"})
_GRANTED_BY: Final = {
    "CAPABILITY_IAM": {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"},
    "CAPABILITY_NAMED_IAM": {"CAPABILITY_NAMED_IAM"},
}


def requested(
    desk: Desk, members: Mapping[str, Any], previous: Deployment, stack_name: str, stack_id: str
) -> Deployment:
    """What the request wants; what it leaves out by "use previous" is taken from `previous`. Raises StackRefusal."""
    text = template_text(desk, members, previous)
    read = template.read(text)
    settled = parameters.settled(read, members.get("Parameters", ()), previous.parameters, desk.stored)
    tags = {one["Key"]: one["Value"] for one in members["Tags"]} if "Tags" in members else previous.tags
    asked = Deployment(
        read,
        settled,
        tags,
        tuple(members.get("Capabilities", ())),
        tuple(members.get("NotificationARNs", ())),
        members.get("RoleARN"),
    )
    _refuse(asked, scope(desk, asked, stack_name, stack_id))
    return asked


def template_text(desk: Desk, members: Mapping[str, Any], previous: Deployment | None = None) -> str:
    """The template's text: in the request, at a URL, or as deployed before."""
    if "TemplateBody" in members:
        body: str = members["TemplateBody"]
        return body
    if "TemplateURL" in members:
        return desk.object(*_located(members["TemplateURL"]))
    if members.get("UsePreviousTemplate") and previous is not None:
        return previous.template.text
    raise invalid("Either Template URL or Template Body must be specified.")


def _located(url: str) -> tuple[str, str]:
    """Bucket and key of both forms of S3 URL; any other host, as of this server, has the bucket in the path."""
    parts = urlsplit(url)
    virtual = _VIRTUAL_HOST.fullmatch(parts.hostname or "")
    path = unquote(parts.path.lstrip("/"))
    if virtual is not None:
        return virtual["bucket"], path
    bucket, _, key = path.partition("/")
    return bucket, key


def scope(desk: Desk, asked: Deployment, stack_name: str, stack_id: str) -> Scope:
    """What the template's functions may look at, resources aside."""
    pseudo = {
        "AWS::AccountId": desk.realm.account,
        "AWS::NotificationARNs": list(asked.notifications),
        "AWS::Partition": "aws",
        "AWS::Region": desk.realm.region,
        "AWS::StackId": stack_id,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }
    return Scope(
        values=pseudo | {name: one.value for name, one in asked.parameters.items()},
        mappings=asked.template.section("Mappings"),
        conditions=asked.template.section("Conditions"),
        exports=desk.realm.exports(),
    )


def _refuse(asked: Deployment, seen: Scope) -> None:
    """What nothing can be made of, told before anything is touched."""
    rules.refuse_failed(asked.template, seen)
    resources = wanted(asked.template, seen).values()
    unknown = [f"{one.type_name} ({one.logical_id})" for one in resources if one.type_name not in KINDS]
    if unknown:
        raise invalid(
            f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]; "
            f"the embedded CloudFormation knows {', '.join(sorted(KINDS))}"
        )
    for one in resources:
        if one.update_policy:
            raise invalid(
                f"The embedded CloudFormation follows no UpdatePolicy: {', '.join(sorted(one.update_policy))} of "
                f"{one.logical_id} would leave the traffic to CodeDeploy"
            )
    needed = capability(asked.template)
    if needed is not None and not _GRANTED_BY[needed] & set(asked.capabilities):
        raise StackRefusal("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")


def capability(read: Template) -> str | None:
    """What a request must grant for the template's roles and policies, if it has any."""
    iam = [one for one in read.resources.values() if one.type_name.startswith("AWS::IAM::")]
    if any(_NAMES & one.properties.keys() for one in iam):
        return "CAPABILITY_NAMED_IAM"
    return "CAPABILITY_IAM" if iam else None
