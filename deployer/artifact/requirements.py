"""What a directory says it depends on: its `requirements.txt`, else the `[project]` of its `pyproject.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from deployer.artifact.errors import UnusableCode

_REQUIREMENTS, _PYPROJECT = "requirements.txt", "pyproject.toml"


def find_requirements(directory: Path) -> Path | None:
    """The file that lists its dependencies, None when it needs no build.

    `requirements.txt` comes first, as it is what a lock is exported to. A pyproject.toml counts when it has a
    `[project]`; others are settings of tools.
    """
    requirements, pyproject = directory / _REQUIREMENTS, directory / _PYPROJECT
    if requirements.is_file():
        return requirements
    if pyproject.is_file() and "project" in _parsed(pyproject):
        return pyproject
    return None


def as_requirements(file: Path, scratch: Path) -> Path | None:
    """A file in the format of requirements.txt with the same dependencies; None when there are none.

    Those of a pyproject.toml are written into the directory `scratch`. UnusableCode when they are known only to its
    build backend, or malformed.
    """
    if file.suffix != ".toml":
        return file
    project = _parsed(file).get("project", {})
    if "dependencies" in project.get("dynamic", ()):
        problem = "has dynamic dependencies, known only to its build backend"
        raise UnusableCode(file, problem, "write or export them to requirements.txt beside it")
    dependencies = project.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(item, str) for item in dependencies):
        raise UnusableCode(file, "project.dependencies is no list of strings", "see the pyproject.toml specification")
    if not dependencies:
        return None
    written = scratch / _REQUIREMENTS
    written.write_text("".join(f"{item}\n" for item in dependencies), encoding="utf-8")
    return written


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableCode(file, f"is no TOML ({error})", "mend the file") from error
    except OSError as error:
        raise UnusableCode(file, f"cannot be read ({error.strerror})", "check its permissions") from error
