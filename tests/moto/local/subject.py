"""One function name of the embedded Lambda, and what most tests ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ACCOUNT, REGION = "123456789012", "eu-central-1"


class Refused(NamedTuple):
    """An error answer: code, HTTP status, message."""

    code: str
    status: int
    message: str


class Subject:
    """A function name and what can be asked of it; every answer comes without its ResponseMetadata."""

    def __init__(self, client: LambdaClient, name: str, role: str, zipped: Callable[..., bytes]) -> None:
        self.client: Any = client
        self.name = name
        self.role = role
        self.zipped = zipped
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"

    def __call__(self, operation: str, **given: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client, operation)(**{"FunctionName": self.name, **given})
        answer.pop("ResponseMetadata")
        return answer

    def refused(self, operation: str, **given: Any) -> Refused:
        """What a call that must not be accepted is told."""
        with pytest.raises(ClientError) as caught:
            self(operation, **given)
        error = caught.value.response
        return Refused(error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Message"])

    def create(self, **more: Any) -> dict[str, Any]:
        """CreateFunction with a small python handler, unless `more` says otherwise."""
        given = {"Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": self.zipped()}, **more}
        return self(
            "create_function", Role=more.pop("Role", self.role), **{k: v for k, v in given.items() if k != "Role"}
        )

    def configure(self, **settings: Any) -> dict[str, Any]:
        """UpdateFunctionConfiguration."""
        return self("update_function_configuration", **settings)

    def latest(self) -> dict[str, Any]:
        """GetFunctionConfiguration of `$LATEST`."""
        return self("get_function_configuration")

    def publish(self, **given: Any) -> str:
        """The number that PublishVersion answers."""
        number: str = self("publish_version", **given)["Version"]
        return number

    def versions(self, count: int) -> None:
        """Publish so many more versions, each with another Description."""
        for index in range(count):
            self.configure(Description=f"version {index}")
            self.publish()

    def alias(self, version: str = "1", weights: dict[str, float] | None = None, **more: Any) -> dict[str, Any]:
        """CreateAlias `live`."""
        routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights is not None else {}
        return self("create_alias", **{"Name": "live", "FunctionVersion": version, **routing, **more})

    def move(self, **given: Any) -> dict[str, Any]:
        """UpdateAlias `live`."""
        return self("update_alias", **{"Name": "live", **given})

    def got(self, name: str = "live") -> dict[str, Any]:
        """GetAlias."""
        return self("get_alias", Name=name)
