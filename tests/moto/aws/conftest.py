"""A function name of the embedded Lambda with all that a test needs to release it."""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.endpoint
import pytest
from aws_world import FakeClock, World, Zips

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda


@pytest.fixture(scope="session")
def zips(tmp_path_factory: pytest.TempPathFactory) -> Zips:
    """The same zips for all tests."""
    return Zips(tmp_path_factory.mktemp("zips"))


@pytest.fixture
def make_world(
    zips: Zips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function_name: str, served_time: Any
) -> Callable[[LocalLambda], World]:
    """A world on an embedded Lambda: `AWS_ENDPOINT_URL` leads there, and botocore's own waits take no time."""
    clock = FakeClock()
    monkeypatch.setattr(served_time, "tell", clock.now)
    # botocore backs off between attempts with the machine's own clock.
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=clock.sleep))

    def make(local: LocalLambda) -> World:
        monkeypatch.setenv("AWS_ENDPOINT_URL", local.endpoint_url)
        return World(local, function_name, zips, local.role("test"), tmp_path, clock)

    return make


@pytest.fixture
def world(local: LocalLambda, make_world: Callable[[LocalLambda], World]) -> World:
    """On both readings of what PublishVersion calls unchanged."""
    return make_world(local)


@pytest.fixture
def plain(local_by_content: LocalLambda, make_world: Callable[[LocalLambda], World]) -> World:
    """On one reading alone, for what publishing has no part in."""
    return make_world(local_by_content)


@pytest.fixture
def touchy(local_by_touch: LocalLambda, make_world: Callable[[LocalLambda], World]) -> World:
    """On the other reading alone."""
    return make_world(local_by_touch)
