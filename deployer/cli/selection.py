"""Which functions a command is about: those that were named, or all of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from deployer.cli.asked import Asked
    from deployer.config import Settings


def select(asked: Asked, *, looking: bool = False) -> tuple[Settings, ...]:
    """The settings of each function, in the order in which they were named, or else of the file.

    Raises ConfigError, for names that there are not too, before anything is done about any of them, and UsageError
    where a CDK app releases them, unless the command only looks at them.
    """
    environment = asked.named_environment
    from deployer.config import load

    config = load(asked.config)
    if config.cdk is not None and not (looking and config.functions):
        name = config.path.name
        raise click.UsageError(
            f'{name} has adapter = "cdk": the functions are released by `deployer cdk` (docs/cdk.md)'
        )
    names = dict.fromkeys(asked.functions or config.functions)
    return tuple(config.settings(environment, name) for name in names)


def only(selected: tuple[Settings, ...], what: str) -> Settings:
    """The one function that `what` can be about. Raises UsageError when there are several."""
    if len(selected) != 1:
        names = ", ".join(settings.function for settings in selected)
        raise click.UsageError(f"{what} is for one function; say which with --function: {names}")
    return selected[0]
