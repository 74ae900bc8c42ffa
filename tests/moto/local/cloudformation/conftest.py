"""A stack of the embedded Lambda, not yet there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .subject import StackSubject

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda


@pytest.fixture
def stack(local: LocalLambda, function_name: str) -> StackSubject:
    """On both readings of what PublishVersion calls unchanged."""
    return StackSubject(local, function_name)


@pytest.fixture
def plain(local_by_content: LocalLambda, function_name: str) -> StackSubject:
    """On one reading alone, for what publishing has no part in."""
    return StackSubject(local_by_content, function_name)
