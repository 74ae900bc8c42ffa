"""A file that has to hold one JSON object: those of the CDK CLI, and those that it makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deployer.core.errors import DeployerError


class InvalidFile(DeployerError):
    """A file that is not as it must be: `where` it is, and its `problem`."""

    def __init__(self, where: Path, problem: str) -> None:
        super().__init__(where, problem)
        self.where = where
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


def read_object(file: Path, invalid: type[InvalidFile], missing: str | None = None) -> Mapping[str, Any]:
    """The object. Raises `invalid`; `missing` is the problem of a file that is not there."""
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
