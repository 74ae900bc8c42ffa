"""One function that a stack releases: synth, plan, deploy and verify, as `deployer cdk` does with the CDK CLI.

Templates are rendered here as plain dicts, like those of `AliasRelease`, so that many can be made without node; a test
of the constructs holds the two equal.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from aws_world import boto3_session

from deployer.aws.clock import Clock, SystemClock
from deployer.aws.session import Session
from deployer.cdk_adapter.deployed import MARK
from deployer.cdk_adapter.preflight import releases
from deployer.cdk_adapter.strategy import strategy_data
from deployer.cdk_adapter.target import Target
from deployer.core import (
    LATEST,
    NEW,
    BlueGreen,
    Canary,
    Deploy,
    Development,
    Published,
    Refusal,
    Request,
    Stable,
    Transition,
    Version,
)
from deployer.core.version import New
from deployer.stack.decision import prepare
from deployer.stack.resolved import Resolved
from deployer.stack.site import Site
from deployer.stack.verification import verify

if TYPE_CHECKING:
    from aws_world import World, Zips

    from deployer.local.local_lambda import LocalLambda

Strategy = BlueGreen | Canary | Development
Template = dict[str, Any]


BUCKET = "stack-assets"


class StackFailed(Exception):
    """CloudFormation rolled the deployment back."""


class Lent:
    """The clock of whichever world works with a stack at the moment."""

    def __init__(self) -> None:
        self.owner: Clock = SystemClock()

    def now(self) -> float:
        return self.owner.now()

    def monotonic(self) -> float:
        return self.owner.monotonic()

    def sleep(self, seconds: float) -> None:
        self.owner.sleep(seconds)


_OF_WHOEVER = Lent()


@functools.cache
def session_at(local: LocalLambda) -> Session:
    """One for all stacks of that server: making clients takes longer than what is done with them."""
    session = Session(local.region, local.account, clock=_OF_WHOEVER)
    session.__dict__["_boto3"] = boto3_session()
    # Made here, while the environment leads there.
    assert session.lambda_client.meta.endpoint_url == session.cloudformation_client.meta.endpoint_url
    assert session.lambda_client.meta.endpoint_url == local.endpoint_url
    return session


@functools.cache
def uploaded(local: LocalLambda, zips: Zips, code: int) -> str:
    """The key of that code in the bucket, once it is there."""
    s3 = boto3_session().client("s3", region_name=local.region)
    key = f"code-{code}.zip"
    place: Any = {"LocationConstraint": local.region}
    if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    s3.put_object(Bucket=BUCKET, Key=key, Body=zips[code].read_bytes())
    return key


@dataclass
class StackWorld:
    """The stack of a World's function. `code` and `settings` are what is checked out."""

    world: World
    strategy: Strategy
    code: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    protected: bool = False
    salt: str = ""
    targets: list[Target] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"stack-{self.world.name}"

    @property
    def client(self) -> Any:
        return session_at(self.world.local).cloudformation_client

    # What is checked out, as CDK renders it

    def properties(self) -> dict[str, Any]:
        given = {**self.world.settings(self.code), **self.settings}
        code = {"S3Bucket": BUCKET, "S3Key": uploaded(self.world.local, self.world.zips, self.code)}
        return {**given, "FunctionName": self.world.name, "Code": code}

    @property
    def version_id(self) -> str:
        """Like `current_version`: another one for each content of the function; `salt` is a CDK with another hash."""
        frozen = {name: value for name, value in self.properties().items() if name != "Tags"}
        digest = hashlib.sha256(json.dumps([frozen, self.salt], sort_keys=True).encode()).hexdigest()[:12]
        return f"FnCurrentVersion{digest}"

    def template(self, target: Target | None = None) -> Template:
        """For planning without a target, else for what the target says."""
        develops = isinstance(self.strategy, Development)
        target = target or Target(self.world.name, "LIVE", Stable(LATEST if develops else NEW), "", not develops)
        resources: dict[str, Any] = {"Fn": {"Type": "AWS::Lambda::Function", "Properties": self.properties()}}
        if target.emits_version:
            resources[self.version_id] = {
                "Type": "AWS::Lambda::Version",
                "Properties": {"FunctionName": {"Ref": "Fn"}, "Description": f"{MARK}{self.version_id}"},
                "DeletionPolicy": "RetainExceptOnCreate",
                "UpdateReplacePolicy": "Retain",
            }
        resources["Live"] = self._alias(target)
        return {"Resources": resources}

    def _alias(self, target: Target) -> dict[str, Any]:
        emitted = {"version": self.version_id} if target.emits_version else {}
        properties: dict[str, Any] = {"FunctionName": {"Ref": "Fn"}, "Name": "LIVE"}
        if target.description:
            properties["Description"] = target.description
        match target.routing:
            case Stable(version):
                properties["FunctionVersion"] = self._number(version)
            case Transition(version1, version2, weight):
                properties["FunctionVersion"] = self._number(version1)
                second = {"FunctionVersion": str(version2), "FunctionWeight": weight.fraction}
                properties["RoutingConfig"] = {"AdditionalVersionWeights": [second]}
        return {
            "Type": "AWS::Lambda::Alias",
            "Properties": properties,
            "Metadata": {
                "deployer": {
                    "format": 1,
                    "function": "Fn",
                    "function_name": self.world.name,
                    "alias": "LIVE",
                    **emitted,
                    "strategy": strategy_data(self.strategy),
                    "protected": self.protected,
                }
            },
        }

    def _number(self, version: Version | New) -> Any:
        return {"Fn::GetAtt": [self.version_id, "Version"]} if version == NEW else str(version)

    # What is done with it

    def site(self) -> Site:
        _OF_WHOEVER.owner = self.world.clock
        template = self.template()
        (found,) = releases(template)
        return Site(
            stack_name=self.name,
            release=found,
            template=template,
            session=session_at(self.world.local),
            account=self.world.local.account,
            region=self.world.local.region,
        )

    def plan(self, request: Request | None = None) -> Resolved:
        return prepare(self.site(), request or Deploy())

    def apply(self, template: Template) -> None:
        """`cdk deploy` of a template. Raises StackFailed when it was rolled back."""
        there = self._status()
        if there == "ROLLBACK_COMPLETE":
            # It was never there whole, and takes no update: the CDK CLI makes it anew, too.
            self.client.delete_stack(StackName=self.name)
            there = None
        if there is None:
            self.client.create_stack(StackName=self.name, TemplateBody=json.dumps(template))
        else:
            try:
                self.client.update_stack(StackName=self.name, TemplateBody=json.dumps(template))
            except self.client.exceptions.ClientError as error:
                if "No updates are to be performed" not in str(error):
                    raise
                return  # whatever became of the deployment before this one
        if "ROLLBACK" in str(self._status()):
            events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
            raise StackFailed(next(one["ResourceStatusReason"] for one in events if "FAILED" in one["ResourceStatus"]))

    def _status(self) -> str | None:
        try:
            return str(self.client.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"])
        except self.client.exceptions.ClientError:
            return None

    def run(self, request: Request | None = None) -> Resolved:
        """Plan, deploy what the target says, verify."""
        site = self.site()
        resolved = prepare(site, request or Deploy())
        if isinstance(resolved.target, Refusal):
            return resolved
        self.targets.append(resolved.target)
        self.apply(self.template(resolved.target))
        verify(site, resolved.target)
        return resolved

    def checked_out(self, code: int, **settings: Any) -> StackWorld:
        """The same stack from another commit."""
        return replace(self, code=code, settings=settings)

    def logical_ids(self) -> set[str]:
        """The resources that the stack holds."""
        listed = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
        return {one["LogicalResourceId"] for one in listed if one["ResourceStatus"] != "DELETE_COMPLETE"}

    def published(self) -> list[Published]:
        return [Published(number) for number in sorted(self.world.versions())]
