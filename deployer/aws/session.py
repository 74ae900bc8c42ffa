"""Clients, and the guard that they belong to the right account."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import botocore.exceptions

from deployer.aws.clock import Clock, SystemClock
from deployer.aws.credentials import expiry
from deployer.aws.failure import WrongAccount, connecting, explained
from deployer.aws.timekeeper import Timekeeper

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient
    from botocore.config import Config
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sts import STSClient

C = TypeVar("C", bound="BaseClient")

# The default of three attempts gives up on a 5xx answer after a tenth of a second.
ATTEMPTS: Final = 8


@dataclass(frozen=True)
class Session:
    """Where an environment's functions live. `account`: 12 digits that every answer must belong to, or None.

    `clock` is the machine's; `timekeeper` corrects it by what the clients' answers say.
    """

    region: str | None = None
    account: str | None = None
    profile: str | None = None
    clock: Clock = field(default_factory=SystemClock, compare=False, repr=False)

    @cached_property
    def timekeeper(self) -> Timekeeper:
        """What time it is at AWS, as far as one of the clients has had an answer."""
        return Timekeeper(self.clock)

    @cached_property
    def lambda_client(self) -> LambdaClient:
        """The Lambda client, its retries set explicitly."""
        return self._made(lambda boto3: boto3.client("lambda", config=_config()))

    def invoking_client(self, seconds: float) -> LambdaClient:
        """One for invocations alone: each is sent once, and its answer waited for so many seconds.

        An invocation that is sent again because its answer did not come would do its work twice.
        """
        return self._made(
            lambda boto3: boto3.client("lambda", config=_config(total_max_attempts=1, read_timeout=seconds))
        )

    @cached_property
    def s3_client(self) -> S3Client:
        """For code that comes from or goes by way of S3."""
        return self._made(lambda boto3: boto3.client("s3", config=_config()))

    @property
    def _sts_client(self) -> STSClient:
        return self._made(lambda boto3: boto3.client("sts", config=_config()))

    @cached_property
    def cloudformation_client(self) -> CloudFormationClient:
        """For functions that are released through a stack."""
        return self._made(lambda boto3: boto3.client("cloudformation", config=_config()))

    @cached_property
    def cloudwatch_client(self) -> CloudWatchClient:
        """For metrics and alarms."""
        return self._made(lambda boto3: boto3.client("cloudwatch", config=_config()))

    @cached_property
    def tagging_client(self) -> ResourceGroupsTaggingAPIClient:
        """For alarms that are named by their tags."""
        return self._made(lambda boto3: boto3.client("resourcegroupstaggingapi", config=_config()))

    @cached_property
    def sns_client(self) -> SNSClient:
        """For notices to a topic."""
        return self._made(lambda boto3: boto3.client("sns", config=_telling()))

    @cached_property
    def events_client(self) -> EventBridgeClient:
        """For notices to an event bus."""
        return self._made(lambda boto3: boto3.client("events", config=_telling()))

    @cached_property
    def _boto3(self) -> boto3.session.Session:
        import boto3

        return boto3.session.Session(profile_name=self.profile, region_name=self.region)

    def _made(self, make: Callable[[boto3.session.Session], C]) -> C:
        with connecting(f"connect to AWS{self._where}"):
            # One that is set to nothing would become part of an address.
            if not self._boto3.region_name:
                raise botocore.exceptions.NoRegionError
            client = _callable(make(self._boto3))
        self.timekeeper.listen(client)
        return client

    @property
    def _where(self) -> str:
        return f" with profile {self.profile}" if self.profile else ""

    @property
    def credentials_end(self) -> float | None:
        """When nothing renews the credentials any more, in Unix seconds; None where that is not known, or never.

        Raises NotAllowed for a profile that is not there, Misconfigured for settings that cannot be read.
        """
        with connecting(f"see when the credentials{self._where} end"):
            return expiry(self._boto3)

    def partition(self, region: str) -> str:
        """The partition that a region belongs to: `aws`, `aws-cn` and so on."""
        return self._boto3.get_partition_for_region(region)

    def guard(self, arn: str) -> None:
        """Raise WrongAccount unless the ARN is of the environment's account and region."""
        _, _, _, region, account, *_ = arn.split(":")
        for what, named, found in (("account", self.account, account), ("region", self.region, region)):
            if named is not None and named != found:
                raise _wrong(what, named, found)

    def guard_absent(self) -> None:
        """The same when there is nothing yet whose ARN could tell: one GetCallerIdentity."""
        if self.account is None:
            return
        with explained("see which account the credentials belong to"):
            found = self._sts_client.get_caller_identity()["Account"]
        if found != self.account:
            raise _wrong("account", self.account, found)


def _wrong(what: str, named: str, found: str) -> WrongAccount:
    return WrongAccount(
        "go on",
        f"the environment names {what} {named}, but the credentials lead to {found}; nothing was written",
        "use the environment's own profile, or correct the configuration",
    )


def _callable(client: C) -> C:
    """The client, unless botocore made it with an address whose port is none: a ValueError here, not at each call."""
    _ = urlsplit(client.meta.endpoint_url).port
    return client


def _telling() -> Config:
    """For whoever is only told: one that does not answer must not keep a driver from looking."""
    return _config(total_max_attempts=1, connect_timeout=3, read_timeout=5)


def _config(*, total_max_attempts: int | None = None, connect_timeout: float = 10, read_timeout: float = 60) -> Config:
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": total_max_attempts or ATTEMPTS},
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        tcp_keepalive=True,
        user_agent_extra=f"deployer/{importlib.metadata.version('lambda-rollouts')}",
    )
