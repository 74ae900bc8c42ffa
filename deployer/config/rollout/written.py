"""A table `rollout` as it holds for one function in one environment: merged, filled, each value with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from deployer.config.finding import Finding
from deployer.config.keys import by_path
from deployer.config.kinds import (
    Between,
    Day,
    Duration,
    Flag,
    Kind,
    List,
    Names,
    Number,
    Raw,
    String,
    Table,
    Whole,
    Word,
)
from deployer.config.merge import Given, merged
from deployer.config.placeholders import Placeholders
from deployer.config.positions import Path
from deployer.config.rollout.tables import BUILT_IN_ROLLOUT, ROLLOUT
from deployer.config.texts import mistake_in
from deployer.config.validate import Invalid


class Written:
    """What is written, and what is built in where nothing is. `findings` grows as its parts are read."""

    def __init__(self, tables: Iterable[Given], placeholders: Placeholders) -> None:
        self.findings: list[Finding] = []
        self._placeholders = placeholders
        self._varying: set[Path] = set()
        self.leaves = {path: self._filled_leaf(path, given) for path, given in merged(tables).items()}

    def find(self, given: Given, what: str, *within: str | int) -> None:
        """Say what is wrong with what was given, or with something within it."""
        path = (*(given.path or ("rollout",)), *within)
        self.findings.append(Finding(path, what, unset=path in self._varying))

    def given(self, *path: str) -> Given | None:
        """What is given for a key; None where nothing is, or where it was refused."""
        given = self.leaves.get(path)
        return None if given is None or isinstance(given.value, Invalid) else given

    def value(self, *path: str) -> Any:
        """The value of a key; what is built in stands in for what was refused."""
        given = self.given(*path)
        return _built_in(path) if given is None else given.value

    def sound(self, *path: str) -> bool:
        """Whether nothing that was given for a key was refused."""
        given = self.leaves.get(path)
        return given is None or not isinstance(given.value, Invalid)

    def items(self, *path: str) -> list[Given]:
        """The tables of a list, each with its own place."""
        given = self.given(*path)
        if given is None or given.path is None:
            return []
        return [Given(item, given.level, (*given.path, index)) for index, item in enumerate(given.value)]

    # Placeholders are filled and texts looked at in one walk along the schema.

    def _filled_leaf(self, path: tuple[str, ...], given: Given) -> Given:
        if given.path is None or isinstance(given.value, Invalid):
            return given
        return Given(self._filled(given.value, kind_at(path), given.path), given.level, given.path)

    def _filled(self, value: Any, kind: Kind, path: Path) -> Any:
        match kind:
            case String():
                return self._text(value, kind, path)
            case List(item=item):
                return [self._filled(inner, item, (*path, index)) for index, inner in enumerate(value)]
            case Table(keys=keys):
                kinds = {key.name: key.kind for key in keys}
                return {name: self._filled(inner, kinds[name], (*path, name)) for name, inner in value.items()}
            case Names(value=inner):
                return {name: self._filled(text, inner, (*path, name)) for name, text in value.items()}
            case Raw():
                return self._raw(value, path)
            case Flag() | Whole() | Number() | Between() | Duration() | Day() | Word():
                return value

    def _raw(self, value: Any, path: Path) -> Any:
        match value:
            case dict():
                return {name: self._raw(inner, (*path, name)) for name, inner in value.items()}
            case list():
                return [self._raw(inner, (*path, index)) for index, inner in enumerate(value)]
            case str():
                return self._text(value, String(), path)
            case _:
                return value

    def _text(self, value: str, kind: String, path: Path) -> Any:
        filled, unfilled = self._placeholders.fill(value, secret=kind.secret)
        self.findings += [Finding(path, found.what, found.unset) for found in unfilled if found.what is not None]
        if unfilled:
            return Invalid.INVALID
        if filled != value:
            self._varying.add(path)
        if what := mistake_in(filled, kind):
            self.findings.append(Finding(path, what))
            return Invalid.INVALID
        return filled


@cache
def _kinds() -> dict[tuple[str, ...], Kind]:
    return {path: key.kind for path, key in by_path(ROLLOUT)}


def kind_at(path: tuple[str, ...]) -> Kind:
    """The kind of a key, or of a name of the user's own in the table of a key."""
    kinds = _kinds()
    if (kind := kinds.get(path)) is not None:
        return kind
    above = kinds[path[:-1]]
    return above.value if isinstance(above, Names) else above


def order(path: tuple[str | int, ...]) -> int:
    """Sorts paths as the schema has their keys."""
    known: list[tuple[str | int, ...]] = list(_kinds())
    return next(known.index(path[:length]) for length in range(len(path), 0, -1) if path[:length] in known)


def _built_in(path: tuple[str, ...]) -> Any:
    value: Any = BUILT_IN_ROLLOUT
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
