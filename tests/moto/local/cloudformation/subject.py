"""One stack name of the embedded Lambda, and what tests ask of it and of its function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

_LOOKS = ("Get", "List")


class StackSubject:
    """A stack name. Its function has the same name; `marked` is where the events and calls begin that it tells."""

    def __init__(self, local: LocalLambda, name: str) -> None:
        config = Config(retries={"mode": "standard", "total_max_attempts": 1})
        given: dict[str, Any] = {"endpoint_url": local.endpoint_url, "region_name": local.region, "config": config}
        self.local = local
        self.name = name
        self.client: Any = boto3.client("cloudformation", **given)
        self.lambdas: Any = boto3.client("lambda", **given)
        self.marked = (0, len(local.calls))

    def __call__(self, operation: str, **given: Any) -> dict[str, Any]:
        """The answer to an operation on this stack."""
        answer: dict[str, Any] = getattr(self.client, operation)(**{"StackName": self.name, **given})
        answer.pop("ResponseMetadata")
        return answer

    def refused(self, operation: str, **given: Any) -> tuple[str, str]:
        """Code and message of what must not be accepted."""
        with pytest.raises(ClientError) as caught:
            self(operation, **given)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    def create(self, template: dict[str, Any], **more: Any) -> None:
        """CreateStack."""
        self("create_stack", TemplateBody=json.dumps(self.named(template)), **more)

    def update(self, template: dict[str, Any], **more: Any) -> None:
        """UpdateStack, told of from here on."""
        self.mark()
        self("update_stack", TemplateBody=json.dumps(self.named(template)), **more)

    def named(self, template: dict[str, Any]) -> dict[str, Any]:
        """The template with this test's own name for its function `Fn`."""
        held: dict[str, Any] = json.loads(json.dumps(template))
        if "Fn" in held["Resources"]:
            held["Resources"]["Fn"]["Properties"].setdefault("FunctionName", self.name)
        return held

    def mark(self) -> None:
        """Tell only of what happens from here on."""
        self.marked = (len(self._all_events()), len(self.local.calls))

    @property
    def status(self) -> str:
        """Of the stack."""
        return str(self.described()["StackStatus"])

    @property
    def reason(self) -> str:
        """Why it has that status."""
        return str(self.described().get("StackStatusReason", ""))

    def described(self) -> dict[str, Any]:
        """The stack."""
        found: dict[str, Any] = self("describe_stacks")["Stacks"][0]
        return found

    def outputs(self) -> dict[str, str]:
        """Its outputs by key."""
        return {one["OutputKey"]: one["OutputValue"] for one in self.described().get("Outputs", ())}

    def _all_events(self) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        try:
            return [event for page in pages for event in page["StackEvents"]][::-1]
        except ClientError:
            return []

    def events(self) -> list[tuple[str, str]]:
        """Logical id and status, oldest first; the stack's own id is `stack`."""
        own = {self.name: "stack"}
        return [
            (own.get(one["LogicalResourceId"], one["LogicalResourceId"]), one["ResourceStatus"])
            for one in self._all_events()[self.marked[0] :]
        ]

    def reasons(self, status: str) -> list[str]:
        """Why resources have come to the status."""
        return [one.get("ResourceStatusReason", "") for one in self._all_events() if one["ResourceStatus"] == status]

    def writes(self) -> list[str]:
        """What CloudFormation wrote to Lambda, by operation."""
        return [
            call.operation
            for call in self.local.calls[self.marked[1] :]
            if call.user_agent == "cloudformation.amazonaws.com" and not call.operation.startswith(_LOOKS)
        ]

    def resources(self) -> dict[str, str]:
        """Physical ids by logical ids."""
        listed = self("describe_stack_resources")["StackResources"]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in listed}

    def versions(self) -> list[str]:
        """The numbers that are published."""
        listed = self.lambdas.list_versions_by_function(FunctionName=self.name)["Versions"]
        return [one["Version"] for one in listed if one["Version"] != "$LATEST"]

    def configuration(self, qualifier: str = "$LATEST") -> dict[str, Any]:
        """Of the function or a version."""
        found: dict[str, Any] = self.lambdas.get_function_configuration(FunctionName=self.name, Qualifier=qualifier)
        return found

    def alias(self) -> dict[str, Any]:
        """The alias `live`, as far as a template says it."""
        found = self.lambdas.get_alias(FunctionName=self.name, Name="live")
        return {name: found[name] for name in ("FunctionVersion", "Description", "RoutingConfig") if name in found}
