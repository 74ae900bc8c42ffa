"""What a person asked for on the command line of `deployer cdk`, beyond the command itself."""

from __future__ import annotations

import functools
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from deployer.cli.asked import Callback, config_option, env_option, output_option

stack_option = click.option(
    "--stack", "stacks", metavar="NAME", multiple=True, help="A stack of the app; may be repeated."
)
function_option = click.option(
    "--function",
    "functions",
    metavar="NAME",
    multiple=True,
    help="A function by its name at Lambda; may be repeated. All of the stacks, by default.",
)
targets_option = click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file of targets. By default deployer-targets.json beside cdk.json.",
)


@dataclass(frozen=True, slots=True)
class CdkAsked:
    """Which releases of the app; empty and None mean any. `targets` None is the file beside cdk.json."""

    stacks: tuple[str, ...]
    functions: tuple[str, ...]
    environment: str | None
    config: Path | None
    targets: Path | None
    json: bool

    def typed(self, command: str, *options: str) -> str:
        """A command about the same releases and the same file, as it is typed."""
        named = (*(("--stack", name) for name in self.stacks), *(("--function", name) for name in self.functions))
        given = (("--env", self.environment), ("--config", self.config), ("--out", self.targets))
        words = [str(word) for option in (given[0], *named, *given[1:]) if option[1] is not None for word in option]
        return shlex.join(("deployer", "cdk", command, *options, *words))


def asks(function: Callback) -> Callback:
    """Give a command the options that say which releases, as one CdkAsked."""

    @functools.wraps(function)
    def call(
        *,
        stacks: tuple[str, ...],
        functions: tuple[str, ...],
        environment: str | None,
        config: Path | None,
        out: Path | None,
        output: str,
        **rest: Any,
    ) -> int:
        return function(CdkAsked(stacks, functions, environment, config, out, output == "json"), **rest)

    decorated: Callback = call
    for option in (output_option, config_option, targets_option, function_option, stack_option, env_option):
        decorated = option(decorated)
    return decorated
