"""The embedded Lambda for tests: one server a session for each reading of publish de-duplication, never reset.

Tests stay apart by the names of their functions. Nothing may connect to anything but loopback.
"""

from __future__ import annotations

import io
import itertools
import os
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

import deployer.local
from deployer.local import LocalSettings

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from deployer.local.local_lambda import LocalLambda

_COUNT = itertools.count(1)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection, or a look-up of a name, beyond loopback fails the test that makes it.

    What pytest raises is no Exception, so no client takes it for a fault of the network and tries again.
    """
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
            pytest.fail(f"connection to {address!r}")
        connect(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in _LOOPBACK:
            pytest.fail(f"look-up of {host!r}")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(autouse=True)
def _dummy_aws(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No credentials, profiles or endpoints of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)


class ServedTime:
    """The time of the embedded Lambdas that tests share: the machine's, or that of a test's own clock."""

    def __init__(self) -> None:
        self.tell: Callable[[], float] = time.time

    def now(self) -> float:
        return self.tell()


@pytest.fixture(scope="session")
def served_time() -> ServedTime:
    return ServedTime()


@pytest.fixture(scope="session")
def local_by_content(served_time: ServedTime) -> Iterator[LocalLambda]:
    """The embedded Lambda that calls a publish unchanged when code and settings are equal."""
    with deployer.local.start(LocalSettings(dedupe="content", seed=1), clock=served_time.now) as running:
        yield running


@pytest.fixture(scope="session")
def local_by_touch(served_time: ServedTime) -> Iterator[LocalLambda]:
    """The embedded Lambda that calls a publish unchanged when nothing was updated since the last."""
    with deployer.local.start(LocalSettings(dedupe="touch", seed=1), clock=served_time.now) as running:
        yield running


@pytest.fixture(params=["content", "touch"])
def local(request: pytest.FixtureRequest) -> Iterator[LocalLambda]:
    """Either; settings that a test changes are put back after it."""
    running: LocalLambda = request.getfixturevalue(f"local_by_{request.param}")
    before = running.settings
    yield running
    running.configure(**before.as_json())


@pytest.fixture
def lambda_client(local: LocalLambda) -> LambdaClient:
    """A boto3 client for it that retries nothing, so that a test sees each answer."""
    return boto3.client(
        "lambda",
        endpoint_url=local.endpoint_url,
        region_name=local.region,
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )


@pytest.fixture
def unchecked_client(local: LocalLambda) -> LambdaClient:
    """A client that sends what botocore would refuse itself."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1}, parameter_validation=False)
    return boto3.client("lambda", endpoint_url=local.endpoint_url, region_name=local.region, config=config)


@pytest.fixture
def role(local: LocalLambda) -> str:
    """The ARN of a role that Lambda may assume."""
    return local.role("test")


@pytest.fixture
def function_name() -> str:
    """A name that no other test of this process uses."""
    return f"function-{os.getpid()}-{next(_COUNT)}"


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    """Makes a deployment zip from a handler's source (`index.py`), the same bytes for the same source."""

    def make(source: str = "def handler(event, context):\n    return event\n") -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(zipfile.ZipInfo("index.py"), source)
        return held.getvalue()

    return make
