"""A shop on the embedded Lambda."""

from __future__ import annotations

import functools
import itertools
import os
import types
from pathlib import Path
from typing import TYPE_CHECKING

import boto3.session
import botocore.endpoint
import pytest
from cdk_cli import Example, installed
from shop import Shop

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

_COUNT = itertools.count(1)
# Reading botocore's models again for each command would take most of the tests' time.
_SESSION = functools.cache(boto3.session.Session)


@pytest.fixture
def example(tmp_path: Path, request: pytest.FixtureRequest, local_by_content: LocalLambda) -> Example:
    """A copy of the example, with the CDK CLI that is kept in pytest's cache."""
    return Example.copied(tmp_path, local_by_content, installed(request.config.cache.mkdir("cdk-cli")))


@pytest.fixture
def shop(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    local_by_content: LocalLambda,
) -> Shop:
    """A working directory with an app that releases nothing yet. botocore's own waits take no time."""
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=lambda _seconds: None))
    monkeypatch.setattr(boto3.session, "Session", _SESSION)
    for name in ("NO_COLOR", "DEPLOYER_ENV", "DEPLOYER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in local_by_content.environment().items():
        monkeypatch.setenv(name, value)
    here = tmp_path / "shop"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", f"{here / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return Shop(here, local_by_content, f"cdk{os.getpid()}x{next(_COUNT)}", capfd)
