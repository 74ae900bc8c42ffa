"""Event files: what a test invokes the new version with."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import NoReturn

from deployer.config.suggest import quoted
from deployer.core.errors import DeployerError

_MOST: int = 6 * 1024 * 1024  # bytes that a synchronous call can carry, by Lambda's quotas page


class UnusableEvent(DeployerError):
    """A file is no event that can be sent, for `problem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem


def event_in(path: FilePath, shown: str) -> bytes:
    """The event in the file at `path`, which is called `shown`. Raises UnusableEvent."""
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise UnusableEvent(f"there is no file {quoted(shown)}") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnusableEvent(f"{quoted(shown)} cannot be read: {reason}") from error
    if len(text) > _MOST:
        raise UnusableEvent(f"{quoted(shown)} has {len(text)} bytes, at most {_MOST} can be sent")
    try:
        json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise UnusableEvent(f"{quoted(shown)} is nested too deep to be read") from error
    except ValueError as error:
        raise UnusableEvent(f"{quoted(shown)} is not JSON: {error}") from error
    return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is none of its numbers")
