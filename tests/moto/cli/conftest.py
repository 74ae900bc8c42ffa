"""A project on the embedded Lambda."""

from __future__ import annotations

import functools
import itertools
import os
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import botocore.endpoint
import pytest
from cli_traffic import NOBODY, FakeTime, Traffic
from cli_world import ENVIRONMENTS, Project

import deployer.local
from deployer.aws.clock import SystemClock
from deployer.local import LocalSettings

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

_COUNT = itertools.count(1)


@pytest.fixture
def make_project_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Project]:
    """Makes a project of the functions that are named, on an embedded Lambda. botocore's own waits take no time."""
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=lambda _seconds: None))
    for name in ("NO_COLOR", "DEPLOYER_ENV", "DEPLOYER_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def make(local: LocalLambda, *functions: str) -> Project:
        for name, value in local.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(_profiles(tmp_path / "aws-config", local)))
        here = tmp_path / "project"
        here.mkdir()
        monkeypatch.chdir(here)
        prefix = f"cli-{os.getpid()}-{next(_COUNT)}"
        return Project(here, local, boto3.client("lambda"), prefix, capsys, functions or ("orders",))

    return make


@pytest.fixture
def make_project(
    make_project_on: Callable[..., Project], local_by_content: LocalLambda
) -> Iterator[Callable[..., Project]]:
    """The same on one reading of publishing, for what that has no part in."""
    before = local_by_content.settings
    yield functools.partial(make_project_on, local_by_content)
    local_by_content.configure(**before.as_json())


def _profiles(file: Path, local: LocalLambda) -> Path:
    """A profile for each environment, all of them of the embedded Lambda."""
    keys = "aws_access_key_id = local\naws_secret_access_key = local\n"
    profiles = (f"[profile {name}]\nregion = {local.region}\n{keys}" for name in ENVIRONMENTS)
    file.write_text("".join(profiles), encoding="utf-8")
    return file


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """A project of one function."""
    return make_project()


@pytest.fixture(scope="session")
def _time() -> FakeTime:
    return FakeTime()


@pytest.fixture(scope="session")
def local_by_time(_time: FakeTime) -> Iterator[LocalLambda]:
    """An embedded Lambda whose time is the tests' own."""
    with deployer.local.start(LocalSettings(dedupe="content", seed=1), clock=_time.now) as running:
        yield running


@pytest.fixture
def time(_time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTime]:
    """The time of commands and of the embedded Lambda: it passes when a command sleeps, and never goes back."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: _time.now())
    monkeypatch.setattr(SystemClock, "monotonic", lambda _self: _time.now())
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, seconds: _time.sleep(seconds))
    yield _time
    _time.minutely = _time.meanwhile = NOBODY


@pytest.fixture
def make_watched(
    make_project_on: Callable[..., Project], local_by_time: LocalLambda, time: FakeTime
) -> Callable[..., tuple[Project, Traffic]]:
    """Makes a project whose functions have traffic."""

    def make(*functions: str) -> tuple[Project, Traffic]:
        project = make_project_on(local_by_time, *functions)
        traffic = Traffic(project, local_by_time)
        time.minutely = traffic.minute
        return project, traffic

    return make
