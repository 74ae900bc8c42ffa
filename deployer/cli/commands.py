"""The commands that people are told to type, whole: they work as they stand, and are about the same functions."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from deployer.cli.group import COMMANDS

_OF_FUNCTIONS: Final = frozenset(COMMANDS) - {"init", "local", "demo", "cdk"}  # these are about no function of a file
_IN_TEXT: Final = re.compile(r"`(?:deployer )?([a-z-]+)((?: [^`]*)?)`")
_ARGUMENTS: Final = {
    "package": "--out FILE",
    "route": "VERSION1 [VERSION2 WEIGHT]",
}  # of what does nothing without them


@dataclass(frozen=True, slots=True)
class Commands:
    """Where commands are about: `functions` empty where the file has but one, `config` None where none was named.

    `targets` is the file of targets where a CDK app has another one. `group` is what commands begin with, and `names`
    are those that it has. `driven`: a `deploy` with an option is typed as `rollout`, which has the same options.
    No `environment`: the app has but one.
    """

    environment: str | None
    functions: tuple[str, ...] = ()
    config: Path | None = None
    targets: Path | None = None
    group: str = "deployer"
    names: frozenset[str] = _OF_FUNCTIONS
    driven: bool = False

    def typed(self, command: str, *options: str) -> str:
        """A command as it is typed."""
        return " ".join((self.group, command, *map(shlex.quote, options), *map(shlex.quote, self._where)))

    def typed_with_file(self, command: str, *options: str) -> str:
        """The same where a file among the options says itself what it is about."""
        config = () if self.config is None else ("--config", str(self.config))
        return " ".join((self.group, command, shlex.join((*options, *config))))

    def about(self, functions: Iterable[str]) -> Commands:
        """The same about other functions."""
        return replace(self, functions=tuple(functions))

    def whole(self, text: str) -> str:
        """A text of the library's, where `deploy --again` is a call: each command in it as it is typed."""
        return _IN_TEXT.sub(self._whole, text)

    def _whole(self, found: re.Match[str]) -> str:
        name, rest = found[1], found[2].strip()
        if name not in self.names or "--env" in rest:
            return found[0]
        if self.driven and name == "deploy" and rest.startswith("--"):
            name = "rollout"
        return f"`{self.typed(' '.join(filter(None, (name, rest or _ARGUMENTS.get(name, '')))))}`"

    @property
    def _where(self) -> tuple[str, ...]:
        named = tuple(word for name in self.functions for word in ("--function", name))
        environment = () if self.environment is None else ("--env", self.environment)
        config = () if self.config is None else ("--config", str(self.config))
        targets = () if self.targets is None else ("--out", str(self.targets))
        return (*environment, *named, *config, *targets)
