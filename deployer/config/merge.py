"""What the file says about one function in one environment, from the most general to the most particular.

    built in  <  built in for the environment  <  top level  <  [environments.E]  <  [functions.F]
              <  [environments.E.functions.F]

What is written beats what is built in, and what is written for one function beats what is written for all of them.
Tables are merged key by key, at every depth; lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from deployer.config.positions import Path
from deployer.config.rollout.tables import BUILT_IN_ROLLOUT

BUILT_IN: Mapping[str, Any] = {
    "adapter": "api",
    "alias": "LIVE",
    "strategy": "blue_green",
    "protected": False,
    "artifact_prefix": "deployer/",
    "name": "{function}-{env}",
    "build": "auto",
    "exclude": [],
    "rollout": BUILT_IN_ROLLOUT,
}
BUILT_IN_ENVIRONMENTS: Mapping[str, Mapping[str, Any]] = {
    "sbx": {"strategy": "latest"},
    "tst": {"strategy": "latest"},
    "stg": {"strategy": "blue_green"},
    "prd": {"strategy": "canary", "canary_increments": [25, 50, 75], "protected": True},
}


class Level(IntEnum):
    """Where a value was given; a higher level wins."""

    BUILT_IN = 0
    BUILT_IN_ENVIRONMENT = 1
    TOP = 2
    ENVIRONMENT = 3
    FUNCTION = 4
    ENVIRONMENT_FUNCTION = 5

    def meant_for(self, ruling: Level) -> bool:
        """Whether a value of this level is meant for what one of level `ruling` decides.

        It is when it stands beside that or, nearer, in the environment itself; else it may be meant for others too.
        """
        return self == ruling or (self in (Level.ENVIRONMENT, Level.ENVIRONMENT_FUNCTION) and ruling < self)


@dataclass(frozen=True, slots=True)
class Given:
    """A value, its level, and its path in the document (None for what is built in)."""

    value: Any
    level: Level
    path: Path | None


class Layers:
    """The six levels for one function in one environment."""

    def __init__(self, document: Mapping[str, Any], environment: str, function: str) -> None:
        written = _table(_table(document, "environments"), environment)
        self._levels: tuple[tuple[Level, Mapping[str, Any], Path | None], ...] = (
            (Level.BUILT_IN, BUILT_IN, None),
            (Level.BUILT_IN_ENVIRONMENT, BUILT_IN_ENVIRONMENTS.get(environment, {}), None),
            (Level.TOP, document, ()),
            (Level.ENVIRONMENT, written, ("environments", environment)),
            (Level.FUNCTION, _table(_table(document, "functions"), function), ("functions", function)),
            (
                Level.ENVIRONMENT_FUNCTION,
                _table(_table(written, "functions"), function),
                ("environments", environment, "functions", function),
            ),
        )

    def candidates(self, key: str) -> list[Given]:
        """Every level's value of a plain key, the winner first."""
        return [
            Given(table[key], level, None if path is None else (*path, key))
            for level, table, path in reversed(self._levels)
            if key in table
        ]

    def winner(self, key: str) -> Given | None:
        """The value of a plain key, or None where no level has one."""
        return next(iter(self.candidates(key)), None)

    def leaves(self) -> dict[tuple[str, ...], Given]:
        """All that the function's own tables say, merged."""
        return merged(Given(table, level, path) for level, table, path in self._levels[-2:])


def merged(tables: Iterable[Given]) -> dict[tuple[str, ...], Given]:
    """The leaves of all tables, from the most general one; a table itself is a leaf with value {}."""
    found: dict[tuple[str, ...], Given] = {}
    for given in tables:
        for leaf, value in _leaves(given.value, ()):
            inside = [known for known in found if known != leaf and known[: len(leaf)] == leaf]
            for replaced in inside if value != {} else ():
                del found[replaced]
            found[leaf] = Given(value, given.level, None if given.path is None else (*given.path, *leaf))
    return found


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table under `key`, or an empty one where there is none or it was refused."""
    inner = table.get(key)
    return inner if isinstance(inner, Mapping) else {}


def _leaves(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield (*above, key), {}
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value
