"""A file that has to hold one JSON object: those of the CDK CLI, and those that it makes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deployer.core.errors import DeployerError


def read_object(
    file: Path, invalid: Callable[[Path, str], DeployerError], missing: str | None = None
) -> Mapping[str, Any]:
    """The object. Raises what `invalid` makes of the file and its problem; `missing` is that of a file not there."""
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        problem = missing if isinstance(error, FileNotFoundError) else None
        raise invalid(file, problem or f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise invalid(file, f"is no JSON ({error})") from error
    if not isinstance(data, dict):
        raise invalid(file, "holds no JSON object")
    return data
