"""`{env}`, `{function}`, `{account}` and `{region}` in the strings of a configuration.

`{{word}}` stands for a literal `{word}`; braces around anything but a word, as in JSON, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.config.suggest import listed
from deployer.config.validate import Invalid

_PLACEHOLDER = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A placeholder that cannot be filled; `unset` when it is known but its value is not given.

    `what` is None when its value was refused, which is told where it stands.
    """

    unset: bool
    what: str | None


class Placeholders:
    """The values for one function in one environment; None for one not given, Invalid for one refused."""

    def __init__(self, values: Mapping[str, str | Invalid | None]) -> None:
        self._values = values

    def fill(self, value: Any, *, secret: bool = False) -> tuple[Any, list[Unfilled]]:
        """Fill every string of `value`, in lists and tables too; what cannot be filled is left and told.

        Nothing is quoted from a value that is `secret`.
        """
        unfilled: list[Unfilled] = []

        def replace(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal is not None:
                return f"{{{literal}}}"
            filling = self._values.get(name)
            if not isinstance(filling, str):
                unfilled.append(self._unfilled(name, secret=secret))
                return found[0]
            return filling

        return _everywhere(value, replace), unfilled

    def _unfilled(self, name: str, *, secret: bool) -> Unfilled:
        if name not in self._values:
            known = listed([f"{{{key}}}" for key in self._values], "and")
            shown = "" if secret else f" {{{name}}}"
            what = f"unknown placeholder{shown}; there are {known}, and {{{{word}}}} is a literal {{word}}"
            return Unfilled(unset=False, what=what)
        if self._values[name] is None:
            return Unfilled(unset=True, what=f"uses {{{name}}}, but no {name} is given")
        return Unfilled(unset=False, what=None)


def _everywhere(value: Any, replace: Callable[[re.Match[str]], str]) -> Any:
    match value:
        case str():
            return _PLACEHOLDER.sub(replace, value)
        case list():
            return [_everywhere(item, replace) for item in value]
        case dict():
            return {key: _everywhere(item, replace) for key, item in value.items()}
        case _:
            return value
