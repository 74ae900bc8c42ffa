"""The services beside Lambda, as moto has them: IAM, S3, CloudWatch, layers, and the account of an access key.

moto keeps their state for the whole process, so two embedded Lambdas in one process share these, and only these.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError
from moto.core.base_backend import AccountSpecificBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AWSManagedPolicy, get_account_id_from, iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from deployer.local import alarms, metrics
from deployer.local.rules.world import Invocation, S3Missing
from deployer.local.surroundings import apart

ACCOUNT = DEFAULT_ACCOUNT_ID

AWS_POLICIES = "arn:aws:iam::aws:policy/"

_PARTITION = "aws"

Made = TypeVar("Made")


def application() -> Any:
    """Moto as a WSGI application, every service of it."""
    metrics.install()
    alarms.install()
    # moto asks a session of AWS's libraries for the names of regions, and keeps it; this is the first time.
    whatever_the_profile(AccountSpecificBackend.get_session)
    return DomainDispatcherApplication(_backend_app)


def _backend_app(service: Any) -> Any:
    # Some services, like EC2, make a session of their own when they are first imported.
    return whatever_the_profile(lambda: create_backend_app(service))


def whatever_the_profile(make: Callable[[], Made]) -> Made:
    """Make it, also where the person's own AWS settings are unusable, as with a profile that is not there.

    Only then are they set aside, and for that moment, as other threads of the process may be reading them.
    """
    try:
        return make()
    except BotoCoreError:
        with apart():
            return make()


def account_of(access_key: str) -> str:
    """The account that an access key belongs to; keys that moto never gave out belong to ACCOUNT."""
    account: str = get_account_id_from(access_key)
    return account


def reset() -> None:
    """Forget the state of every service, in the whole process."""
    moto_api_backend.reset()


def role(account: str, name: str) -> str:
    """The ARN of a role that Lambda may assume, made when it is not there."""
    backend = iam_backends[account][_PARTITION]
    try:
        found = backend.get_role(name)
    except NotFoundException:
        found = backend.create_role(
            role_name=name,
            assume_role_policy_document=json.dumps(_TRUST),
            path="/",
            permissions_boundary=None,
            description="",
            tags=[],
            max_session_duration="3600",
        )
    arn: str = found.arn
    return arn


def know_aws_policies(account: str) -> None:
    """Let the account's IAM have AWS's own managed policies; not from the start, as a tenth of a second is much."""
    # The names and documents of all are a file of a megabyte.
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    backend = iam_backends[account][_PARTITION]
    if not any(arn.startswith(AWS_POLICIES) for arn in backend.managed_policies):
        for name, given in json.loads(aws_managed_policies_data).items():
            policy = AWSManagedPolicy.from_data(name, account, backend.region_name, given)
            backend.managed_policies[policy.arn] = policy


_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class MotoNeighbours:
    """What Lambda asks of the other services, answered by moto."""

    def role_exists(self, account: str, arn: str) -> bool:
        """Whether the role is there and its trust policy names Lambda."""
        try:
            found = iam_backends[account][_PARTITION].get_role_by_arn(arn)
        except NotFoundException:
            return False
        return "lambda.amazonaws.com" in unquote(found.assume_role_policy_document)

    def s3_object(self, account: str, bucket: str, key: str, version: str | None) -> bytes:
        """The object's bytes; raises S3Missing."""
        try:
            found = s3_backends[account][_PARTITION].get_object(bucket, key, version)
        except MissingBucket as error:
            raise S3Missing("NoSuchBucket", "The specified bucket does not exist") from error
        if found is None and version is not None:
            raise S3Missing("NoSuchVersion", "The specified version does not exist.")
        if found is None:
            raise S3Missing("NoSuchKey", "The specified key does not exist.")
        value: bytes = found.value
        return value

    def layer_size(self, account: str, region: str, arn: str) -> int | None:
        """Bytes of a layer version published here; None when there is none."""
        # moto's own Lambda is a sixth of the time to start, and layers are rare.
        from moto.awslambda.utils import get_backend

        found = get_backend(account, region).layers_versions_by_arn(arn)
        return None if found is None else int(found.code_size)

    def put_metrics(self, account: str, region: str, invocation: Invocation) -> None:
        """Let CloudWatch count one invocation."""
        metrics.put(account, region, invocation)
