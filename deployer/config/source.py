"""The file that a configuration comes from: found, read, parsed, and where each of its keys stands."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from deployer.config.errors import ConfigError, Problem
from deployer.config.positions import Path, positions
from deployer.config.suggest import dotted

FILE = "deployer.toml"
PROJECT_FILE = "pyproject.toml"
_IN_PROJECT_FILE = ("tool", "deployer")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Source:
    """A file's document: for pyproject.toml the table `[tool.deployer]`, else all of it."""

    def __init__(self, path: FilePath) -> None:
        self.path = path
        self.name = shown(path)
        self._text = _read(path)
        self._above: Path = _IN_PROJECT_FILE if path.name == PROJECT_FILE else ()
        whole = _parse(self._text, self.name)
        self.document: dict[str, Any] | None = _inner(whole, self._above, self.name)

    @cached_property
    def _lines(self) -> dict[Path, int]:
        return positions(self._text)

    def line(self, path: Path) -> int | None:
        """The line of a key; of the nearest table around it where the key itself is not in the file."""
        whole = (*self._above, *path)
        return next((self._lines[above] for above in _upwards(whole) if above in self._lines), None)

    def where(self, path: Path) -> str:
        """`deployer.toml:12`."""
        return f"{self.name}:{self.line(path)}"

    def problems(self, found: Iterable[tuple[Path, str]]) -> list[Problem]:
        """What was found, each thing once, in the order of the file."""
        problems = {Problem(self.name, self.line(path), dotted(path), what) for path, what in found}
        return sorted(problems, key=lambda problem: (problem.line or 0, problem.key, problem.what))


def find(path: FilePath | None, start: FilePath | None) -> Source:
    """The file named by `path`, or the first one found from `start` upwards.

    Raises ConfigError when there is none, or two in one directory, or when it cannot be read.
    """
    if path is not None:
        source = Source(path)
        if source.document is None:
            raise _refusal(source.name, "has no table [tool.deployer]; `deployer init` writes a configuration")
        return source
    if (found := nearest(start)) is not None:
        return found
    what = f"neither {FILE} nor [tool.deployer] in {PROJECT_FILE}, here or above; `deployer init` writes one"
    raise _refusal(shown(FilePath.cwd() if start is None else start), what)


def nearest(start: FilePath | None) -> Source | None:
    """The first one found from `start` upwards, if there is one. Raises ConfigError for two in one directory."""
    begin = FilePath.cwd() if start is None else start.absolute()
    found = (_in_directory(directory) for directory in (begin, *begin.parents))
    return next((source for source in found if source is not None), None)


def _in_directory(directory: FilePath) -> Source | None:
    found = [
        source
        for name in (FILE, PROJECT_FILE)
        if (directory / name).is_file() and (source := Source(directory / name)).document is not None
    ]
    if len(found) > 1:
        raise _refusal(found[0].name, f"{found[1].name} has a table [tool.deployer] too; keep one of the two")
    return found[0] if found else None


def shown(path: FilePath) -> str:
    """The path as seen from the working directory, where it lies below it or in a directory above it."""
    here = FilePath.cwd()
    whole = path.absolute()
    near = whole.is_relative_to(here) or whole.parent in here.parents
    return os.path.relpath(whole, here) if near else str(whole)


def _read(path: FilePath) -> str:
    name = shown(path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _refusal(name, "no such file; `deployer init` writes one") from error
    except IsADirectoryError as error:
        raise _refusal(name, f"is a directory; name the file in it, e.g. {shown(path / FILE)}") from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise _refusal(
            name, f"is not UTF-8: byte 0x{error.object[error.start]:02x}", before.count(b"\n") + 1
        ) from error
    except OSError as error:
        raise _refusal(name, f"cannot be read: {error.strerror}") from error


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = str(error)
        at = _AT_LINE.search(what)
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        raise _refusal(name, f"not TOML: {_AT_LINE.sub('', what)}", line) from error
    except RecursionError as error:
        raise _refusal(name, "is nested too deep to be read") from error


def _inner(whole: dict[str, Any], above: Path, name: str) -> dict[str, Any] | None:
    """The table at `above`; None where there is none."""
    table: Any = whole
    for part in above:
        table = table.get(part) if isinstance(table, dict) else None
    if table is not None and not isinstance(table, dict):
        raise _refusal(name, f"{dotted(above)}: expected a table")
    return table


def _upwards(path: Path) -> Iterable[Path]:
    return (path[:length] for length in range(len(path), -1, -1))


def _refusal(name: str, what: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(name, line, "", what)])
