"""The stack at CloudFormation, as it is deployed. Read only: it is the CDK CLI that deploys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import botocore.exceptions

from deployer.aws.failure import NotOurs, Unsettled, code_of, explained, message_of
from deployer.aws.template_text import read_template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# A stack that was never deployed whole: the CDK CLI makes it anew.
_NOT_THERE: Final = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"})


# With these a deployment begins; a rollback that follows is a part of it.
_BEGUN: Final = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class StackSeen:
    """What GetTemplate and DescribeStackResources showed; both empty for a stack that is not there yet."""

    template: Mapping[str, Any]
    resources: tuple[Mapping[str, Any], ...]


NO_STACK: Final = StackSeen({}, ())


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack."""

    client: CloudFormationClient
    name: str

    def read(self) -> StackSeen:
        """Three calls; one where there is no such stack.

        Raises Unsettled while it is being deployed, and NotOurs when it has to be repaired first.
        """
        doing = f"read the stack {self.name}"
        with explained(doing):
            status = self._status()
            if status is None or status in _NOT_THERE:
                return NO_STACK
            if status.endswith("_IN_PROGRESS"):
                raise Unsettled(doing, f"it is {status}", "run the command again when that has ended")
            if status.endswith("_FAILED"):
                advice = "continue or finish its rollback in CloudFormation, then run the command again"
                raise NotOurs(doing, f"it is {status}", advice)
            resources = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
            body = self.client.get_template(StackName=self.name, TemplateStage="Original")["TemplateBody"]
        # A stack whose first import failed is there, and nothing in it.
        return StackSeen(read_template(doing, body), tuple(resources)) if body else NO_STACK

    def owner_of(self, physical_id: str, type_name: str) -> str | None:
        """The name of the stack, this one or another of the region, that has a resource; None where none has it."""
        with explained(f"look which stack has {physical_id}"):
            try:
                found = self.client.describe_stack_resources(PhysicalResourceId=physical_id)["StackResources"]
            except botocore.exceptions.ClientError as error:
                if _is_missing(error):
                    return None
                raise
        # They are all of that stack; a name may be that of a resource of another type.
        named = (
            one for one in found if (one.get("PhysicalResourceId"), one["ResourceType"]) == (physical_id, type_name)
        )
        return next((str(one["StackName"]) for one in named), None)

    def failures(self) -> dict[str, str]:
        """Why resources, and the stack itself, failed when it was last deployed: by logical id, what was first.

        A call for every hundred events. Raises AwsFailure.
        """
        found = {}
        with explained(f"read what failed in the stack {self.name}"):
            for event in self._last_deployment():
                if event["ResourceStatus"].endswith("_FAILED"):
                    found[event["LogicalResourceId"]] = event.get("ResourceStatusReason", "")
        return found

    def _last_deployment(self) -> Iterator[Mapping[str, Any]]:
        """Its events, the newest first."""
        for page in self.client.get_paginator("describe_stack_events").paginate(StackName=self.name):
            for event in page["StackEvents"]:
                if event.get("PhysicalResourceId") == event["StackId"] and event["ResourceStatus"] in _BEGUN:
                    return
                yield event

    def _status(self) -> str | None:
        try:
            (stack,) = self.client.describe_stacks(StackName=self.name)["Stacks"]
        except botocore.exceptions.ClientError as error:
            if _is_missing(error):
                return None
            raise
        return str(stack["StackStatus"])


def _is_missing(error: botocore.exceptions.ClientError) -> bool:
    return code_of(error) == "ValidationError" and "does not exist" in message_of(error)
