"""Removing what may be gone already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from deployer.local.rules.refusals import Refusal

_NOT_FOUND: Final = 404
_CODES: Final = frozenset(
    {
        "404", "AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucket", "NoSuchBucketPolicy", "NoSuchEntity",
        "ParameterNotFound", "QueueDoesNotExist", "RepositoryNotFoundException", "ResourceNotFoundException",
    }
)  # fmt: skip


def unless_gone(write: Callable[[], Any]) -> None:
    """Do it; that there is nothing to do it to is no failure."""
    try:
        write()
    except Refusal as refusal:
        if refusal.status != _NOT_FOUND:
            raise
    except ClientError as error:
        if error.response["Error"]["Code"] not in _CODES:
            raise
