"""A function of the embedded Lambda, not yet there or there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .subject import Subject

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@pytest.fixture
def subject(unchecked_client: LambdaClient, function_name: str, role: str, zipped: Callable[..., bytes]) -> Subject:
    """A name with no function yet."""
    return Subject(unchecked_client, function_name, role, zipped)


@pytest.fixture
def function(subject: Subject) -> Subject:
    """A function that is there."""
    subject.create()
    return subject
