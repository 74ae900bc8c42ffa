"""`deployer init`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from deployer.cli.asked import output_option
from deployer.cli.exits import Exit

_HANDLER: Final = re.compile(r"^def ((?:lambda_)?handler)\(", re.MULTILINE)
_SKIPPED: Final = frozenset({"tests", "test", "node_modules", "build", "dist", "venv", "env", "site-packages"})
_DEPTH: Final = 3
_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")
_ROOM: Final = 60  # characters of a name, with four of Lambda's 64 left for "-prd"

_TEMPLATE: Final = """\
# How `deployer` releases the functions of this project. All keys: docs/configuration.md;
# every value and where it comes from: `deployer config --env prd`.

# For all environments; each may have its own, below. Whoever has credentials of another account is stopped before
# anything is written:
# account = "123456789012"
# region = "eu-west-1"

# At Lambda it is called {function}-sbx, {function}-tst, {function}-stg and {function}-prd.
[functions.{function}]
# For a function that is there already under another name; {{env}} is the environment. Environments with one name and
# alias need an account each, below, so that none of them releases to another's function:
# name = "{function}"
{code}
runtime = "python3.13"
# Needed only where the function does not exist yet; {{account}} is the one given above, or by the environment:
# role = "arn:aws:iam::{{account}}:role/{function}-{{env}}"
# What is not given here is left as it is at Lambda:
# memory_size = 256
# timeout = 10

# Four environments are there already: sbx and tst follow $LATEST, stg releases all at once,
# prd by canary, and asks first.
[environments.prd]
canary_increments = [25, 50, 75]
# account = "210987654321"
# region = "eu-central-1"
# profile = "prd"
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A handler in a file below the working directory."""

    directory: str
    handler: str


@click.command("init", short_help="Write a small deployer.toml to begin with.")
@click.option("--function", "function", metavar="NAME", help="What to call the function; the directory's name, else.")
@output_option
def command(*, function: str | None, output: str) -> int:
    """Write a small deployer.toml into the working directory, for the handler that is found below it.

    A configuration that is there already is never touched.
    """
    from deployer.config import load

    here = Path.cwd()
    path = here / "deployer.toml"
    found = find_handler(here)
    name = function or default_name(here)
    if len(name) > _ROOM or not name or _NAME.search(name):
        raise click.UsageError(f"--function {name!r}: letters, digits, - and _, {_ROOM} at most")
    _see_no_other(here)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(configuration(name, found))
    except FileExistsError as error:
        raise click.UsageError("deployer.toml is there already, and is left as it is") from error
    config = load(path)
    _tell(config.path, name, found, as_json=output == "json")
    return Exit.DONE


def _see_no_other(here: Path) -> None:
    """Raises UsageError where pyproject.toml has a configuration: of two nobody could tell which counts."""
    from deployer.config.source import PROJECT_FILE, Source

    project = here / PROJECT_FILE
    if project.is_file() and Source(project).document is not None:
        raise click.UsageError(f"{PROJECT_FILE} has a table [tool.deployer] already; nothing was written")


def _tell(path: Path, name: str, found: Found | None, *, as_json: bool) -> None:
    from deployer.cli import document
    from deployer.cli.paper import line, write

    if as_json:
        handler = None if found is None else found.handler
        directory = None if found is None else found.directory
        members = {"path": str(path), "function": name, "handler": handler, "code": directory}
        document.emit("init", Exit.DONE, members)
        return
    write((line(f"wrote {path.name} for function {name}"),))
    if found is None:
        write((line("no handler was found: set `code` and `handler`"),))
    else:
        write((line(f"handler {found.handler} in {found.directory}"),))
    write((line("next: `deployer config --env sbx` shows what it says, `deployer plan --env sbx` what it would do"),))


def configuration(function: str, found: Found | None) -> str:
    """The text of the file."""
    if found is None:
        code = 'code = "src"\n# handler = "app.handler"'
    else:
        # A JSON string is a TOML string, whatever the directory is called.
        code = f"code = {json.dumps(found.directory)}\nhandler = {json.dumps(found.handler)}"
    return _TEMPLATE.format(function=function, code=code)


def default_name(here: Path) -> str:
    """The directory's name, in the letters, and of the length, that a function may have."""
    return _NAME.sub("-", here.name).strip("-")[:_ROOM] or "function"


def find_handler(here: Path) -> Found | None:
    """The first file that defines `handler` or `lambda_handler`, the shallowest before the deeper."""
    for path in sorted(_sources(here, _DEPTH), key=lambda path: (len(path.parts), path)):
        match = _HANDLER.search(path.read_text(encoding="utf-8", errors="replace"))
        if match is not None:
            directory = path.parent.relative_to(here).as_posix()
            return Found(directory, f"{path.stem}.{match[1]}")
    return None


def _sources(folder: Path, depth: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _SKIPPED:
            continue
        if path.is_file() and path.suffix == ".py" and not path.name.startswith(("test_", "conftest")):
            yield path
        elif path.is_dir() and depth > 1 and not path.is_symlink():
            yield from _sources(path, depth - 1)
