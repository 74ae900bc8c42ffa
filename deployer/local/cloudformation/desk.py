"""Where requests are dealt with: the stacks of one account and region, and all that their operations write by."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from deployer.local.cloudformation.faults import Faults
from deployer.local.cloudformation.handling import Handling
from deployer.local.cloudformation.lambda_api import LambdaApi
from deployer.local.cloudformation.refusals import invalid, no_stack
from deployer.local.cloudformation.resources import Site
from deployer.local.cloudformation.stack import Chronicle, Stack


@dataclass(slots=True)
class Realm:
    """The stacks of one account in one region, deleted ones included, by id."""

    account: str
    region: str
    stacks: dict[str, Stack] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def living(self) -> list[Stack]:
        """Those that are not deleted."""
        return [stack for stack in list(self.stacks.values()) if stack.deleted is None]

    def find(self, name: str) -> Stack | None:
        """By name, if it is not deleted, or by id."""
        if name in self.stacks:
            return self.stacks[name]
        return next((stack for stack in self.living() if stack.name == name), None)

    def stack(self, name: str) -> Stack:
        """The same; raises StackRefusal when there is none."""
        found = self.find(name)
        if found is None:
            raise no_stack(name)
        return found

    def owner(self, type_name: str, physical_id: str) -> Stack | None:
        """The stack that has this physical resource."""
        for stack in self.living():
            for one in list(stack.resources.values()):
                if one.standing and (one.declared.type_name, one.physical_id) == (type_name, physical_id):
                    return stack
        return None

    def exports(self) -> Mapping[str, str]:
        """What stacks export, by name."""
        return {one.export: one.value for stack in self.living() for one in stack.outputs if one.export}


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's view: the realm it is about, and how to reach other services as its caller."""

    realm: Realm
    access_key: str
    clock: Callable[[], datetime]
    lambda_api: LambdaApi
    client: Callable[[str], Any]
    faults: Faults

    def handling(self, stack: Stack) -> Handling:
        """What makes, changes and removes resources of the stack."""

        def site(logical_id: str) -> Site:
            realm = self.realm
            return Site(
                stack.name, stack.stack_id, logical_id, realm.account, realm.region, self.lambda_api, self.client
            )

        return Handling(self.faults, site)

    def chronicle(self, stack: Stack) -> Chronicle:
        """What writes the stack's events."""
        return Chronicle(stack, self.clock)

    def stored(self, name: str) -> str | None:
        """A parameter of the Systems Manager's store."""
        try:
            found: str = self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        except ClientError:
            return None
        return found

    def object(self, bucket: str, key: str) -> str:
        """The text of an S3 object."""
        try:
            body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            message = error.response["Error"]["Message"]
            raise invalid(f"S3 error: {message} (bucket {bucket}, key {key})") from error
        return body.decode()
