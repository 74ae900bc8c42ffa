"""Which functions a command is about: those that were named, or all of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from deployer.cli.asked import Asked
    from deployer.cli.commands import Commands
    from deployer.config import Settings


@dataclass(frozen=True, slots=True)
class Selected:
    """One function, and the commands that are about it."""

    settings: Settings
    commands: Commands


def select(asked: Asked) -> tuple[Selected, ...]:
    """Each function, in the order in which they were named, or else of the file.

    Raises ConfigError, for names that there are not too, before anything is done about any of them.
    """
    environment = asked.named_environment
    from deployer.cli.commands import Commands
    from deployer.config import load

    config = load(asked.config)
    several = len(config.functions) > 1
    return tuple(
        Selected(config.settings(environment, name), Commands(environment, (name,) if several else (), asked.config))
        for name in dict.fromkeys(asked.functions or config.functions)
    )


def only(selected: tuple[Selected, ...], what: str) -> Selected:
    """The one function that `what` can be about. Raises UsageError when there are several."""
    if len(selected) != 1:
        names = ", ".join(one.settings.function for one in selected)
        raise click.UsageError(f"{what} is for one function; say which with --function: {names}")
    return selected[0]
