"""Event files: what a test invokes the new version with."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import NoReturn

from deployer.config.suggest import quoted

_MOST: int = 6 * 1024 * 1024  # bytes that a synchronous call can carry, by Lambda's quotas page


def mistake_in(path: FilePath, shown: str) -> str | None:
    """What is wrong with the file at `path`, or None."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return f"there is no file {quoted(shown)}"
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return f"{quoted(shown)} cannot be read: {reason}"
    if len(text) > _MOST:
        return f"{quoted(shown)} has {len(text)} bytes, at most {_MOST} can be sent"
    try:
        json.loads(text, parse_constant=_refuse)
    except RecursionError:
        return f"{quoted(shown)} is nested too deep to be read"
    except ValueError as error:
        return f"{quoted(shown)} is not JSON: {error}"
    return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is none of its numbers")
