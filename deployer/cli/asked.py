"""What a person asked for on the command line, beyond the command itself."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click

from deployer.core.errors import DeployerError, InvalidValue
from deployer.core.percent import Percent
from deployer.core.version import Published, Version, read_published, read_version

ENVIRONMENT_VARIABLE = "DEPLOYER_ENV"

Callback: TypeAlias = Callable[..., int]


class Declined(DeployerError):
    """A person was asked, and did not agree."""

    def __str__(self) -> str:
        return "not confirmed; nothing was written"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where and what: `functions` empty means all of the file; `environment` None only where a command allows it."""

    environment: str | None
    functions: tuple[str, ...]
    config: Path | None
    json: bool

    @property
    def named_environment(self) -> str:
        """The environment. Raises UsageError where none was named."""
        if self.environment is None:
            raise click.UsageError(f"missing option '--env' (or {ENVIRONMENT_VARIABLE})")
        return self.environment


class _Read(click.ParamType[object]):
    """An argument that the library itself reads."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter with the library's own words."""
        try:
            return self._read(value) if isinstance(value, str) else value
        except InvalidValue as error:
            self.fail(str(error), param, ctx)


def _version(text: str) -> Version:
    return read_version(text)


def _published(text: str) -> Published:
    return read_published(text)


def _percent(text: str) -> Percent:
    return Percent.of(text.removesuffix("%").strip())


class _ToWrite(click.Path):
    """A file to write: its directory has to be there before anything is done."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter where there is no such directory."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no directory {path.parent}.", param, ctx)
        return path


TO_WRITE = _ToWrite()
VERSION = _Read("version", _version)
PUBLISHED = _Read("number", _published)
PERCENT = _Read("percent", _percent)

output_option = click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, or one JSON document (docs/output.schema.json).",
)
env_option = click.option(
    "--env",
    "environment",
    metavar="NAME",
    envvar=ENVIRONMENT_VARIABLE,
    help=f"The environment (or {ENVIRONMENT_VARIABLE}).",
)
function_option = click.option(
    "--function",
    "functions",
    metavar="NAME",
    multiple=True,
    help="A function of the file; may be repeated. All, by default.",
)
config_option = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration. By default deployer.toml or pyproject.toml, here or above.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask, in a protected environment.")
again_option = click.option("--again", is_flag=True, help="Release what was rolled back, as it is.")


def _reason(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    if given is not None and not given.strip():
        raise click.BadParameter("give the reason")
    return given


override_option = click.option(
    "--override",
    metavar="REASON",
    callback=_reason,
    help="Go forward although a freeze window is shut, or `stop` is set.",
)
adopt_option = click.option("--adopt", is_flag=True, help="Take over a transition that another tool began.")


def asks(function: Callback) -> Callback:
    """Give a command the options that say where and what, as one Asked."""

    @functools.wraps(function)
    def call(
        *, environment: str | None, functions: tuple[str, ...], config: Path | None, output: str, **rest: Any
    ) -> int:
        return function(Asked(environment, functions, config, output == "json"), **rest)

    decorated: Callback = call
    for option in (output_option, config_option, function_option, env_option):
        decorated = option(decorated)
    return decorated


def agreed(question: str) -> bool:
    """What a person answers. Raises Abort; what is told of that is on a line of its own, not behind the question."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        click.echo(err=True)
        raise


def may_ask() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()
