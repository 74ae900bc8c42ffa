"""Which functions a command is about: those that were named, or all of the file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.cli.asked import Asked
    from deployer.cli.commands import Commands
    from deployer.config import Config, Settings


@dataclass(frozen=True, slots=True)
class Selected:
    """One function, the commands that are about it, and the configuration that it is from."""

    settings: Settings
    commands: Commands
    config: Config

    @contextmanager
    def reading_code(self) -> Iterator[None]:
        """Say of code that cannot be released at which line it is given. Raises ConfigError then."""
        from deployer.artifact import UnusableCode
        from deployer.config import ConfigError

        try:
            yield
        except UnusableCode as error:
            key = self._key_of(error.what)
            if key is None:
                raise
            settings = self.settings
            problem = self.config.problem(settings.environment, settings.function, key, str(error))
            raise ConfigError([problem]) from error

    def _key_of(self, what: str) -> str | None:
        """The key that gave what cannot be used; None where a command's option did."""
        members = self.settings.lambda_settings
        named = {
            f"{key} {members.get(member)!r}": key for key, member in (("handler", "Handler"), ("runtime", "Runtime"))
        }
        return {**named, self.settings.code: "code"}.get(what)


def select(asked: Asked, *, looking: bool = False) -> tuple[Selected, ...]:
    """Each function, in the order in which they were named, or else of the file.

    Raises ConfigError, for names that there are not too, before anything is done about any of them, and UsageError
    where a CDK app releases them, unless the command only looks at them.
    """
    return _select(asked, looking=looking)


def select_nevertheless(asked: Asked, *, looking: bool = False) -> tuple[Selected, ...]:
    """The same for a command that a mistake in the tables `rollout` must not stop, as it needs none of them.

    What is wrong there is told, and they are passed over: no notifier is told either.
    """
    from deployer.config import ConfigError

    try:
        return _select(asked, looking=looking)
    except ConfigError as error:
        try:
            selected = _select(asked, looking=looking, rollouts=False)
        except ConfigError:
            raise error from None
        from deployer.cli.complaint import complain
        from deployer.cli.paper import line, write

        complain(error)
        write((line("  passed over here, with all of `rollout`: nobody whom that names is told"),), sys.stderr)
        return selected


def _select(asked: Asked, *, looking: bool, rollouts: bool = True) -> tuple[Selected, ...]:
    environment = asked.named_environment
    from deployer.cli.commands import Commands
    from deployer.config import load

    config = load(asked.config, rollouts=rollouts)
    if config.cdk is not None and not (looking and config.functions):
        shown = "; `deployer cdk status` shows them" if looking else ""
        raise click.UsageError(
            f'{config.path.name} has adapter = "cdk": the functions are released by `deployer cdk` (docs/cdk.md){shown}'
        )
    several = len(config.functions) > 1
    return tuple(
        Selected(
            config.settings(environment, name),
            Commands(environment, (name,) if several else (), asked.config),
            config,
        )
        for name in dict.fromkeys(asked.functions or config.functions)
    )


def only(selected: tuple[Selected, ...], what: str) -> Selected:
    """The one function that `what` can be about. Raises UsageError when there are several."""
    if len(selected) != 1:
        names = ", ".join(one.settings.function for one in selected)
        raise click.UsageError(f"{what} is for one function; say which with --function: {names}")
    return selected[0]
