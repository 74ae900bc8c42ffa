"""Judge a document by the schema, key by key, so that everything wrong with it is told at once."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from enum import Enum
from typing import Any

from deployer.config.duration import meant, seconds
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
    Scalar,
    String,
    Table,
    Whole,
    Word,
)
from deployer.config.members import unknown_beside, unknown_raw
from deployer.config.positions import Path
from deployer.config.rollout.tables import ROLLOUT_TABLE
from deployer.config.schema import ENVIRONMENT_TABLE, FILE_TABLE, FUNCTION_TABLE, RAW_TABLE
from deployer.config.suggest import did_you_mean, kind_of, listed, quoted

_RESERVED_VARIABLES = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
}  # "Defined runtime environment variables" in the Lambda developer guide


class Invalid(Enum):
    """Stands in the document where a value was refused, so that nothing further is said about it."""

    INVALID = "invalid"


def validate(document: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[Path, str]]]:
    """The document with `Invalid.INVALID` for each refused value, and every problem with its path.

    Unknown keys are left out of the document that is returned.
    """
    validator = _Validator()
    return validator.table(document, FILE_TABLE, ()), validator.problems


class _Validator:
    """Collects problems while it walks a document along the schema."""

    def __init__(self) -> None:
        self.problems: list[tuple[Path, str]] = []

    def refuse(self, path: Path, what: str) -> Invalid:
        self.problems.append((path, what))
        return Invalid.INVALID

    def check(self, value: object, kind: Kind, path: Path) -> Any:
        match kind:
            case Table():
                return (
                    self.table(value, kind, path) if isinstance(value, dict) else self.mistaken(value, "a table", path)
                )
            case Names():
                return self.names(value, kind, path)
            case List():
                return self.items(value, kind, path)
            case Raw():
                return self.raw(value, path) if isinstance(value, dict) else self.mistaken(value, "a table", path)
            case Flag() | Whole() | Number() | Between() | Duration() | Day() | Word() | String():
                return self.scalar(value, kind, path)

    def scalar(self, value: object, kind: Scalar, path: Path) -> Any:
        match kind:
            case Flag():
                return value if isinstance(value, bool) else self.mistaken(value, "true or false", path)
            case Whole() | Number() | Between():
                return self.number(value, kind, path)
            case Duration():
                return self.duration(value, kind, path)
            case Day():
                return self.day(value, kind, path)
            case Word(words=words):
                return self.word(value, words, path)
            case String():
                return self.string(value, kind, path)

    def mistaken(self, value: object, expected: str, path: Path) -> Invalid:
        hint = "; write it in quotes" if expected == "a string" and not isinstance(value, (dict, list)) else ""
        return self.refuse(path, f"expected {expected}, got {kind_of(value)}{hint}")

    def table(self, table: dict[str, Any], kind: Table, path: Path) -> dict[str, Any]:
        known = {key.name: key for key in kind.keys}
        for name in table.keys() - known.keys():
            self.refuse((*path, name), _unknown(name, kind))
        for name in (key.name for key in kind.keys if key.needed and key.name not in table):
            self.refuse((*path, name), "is missing")
        return {name: self.check(table[name], known[name].kind, (*path, name)) for name in table if name in known}

    def names(self, table: object, kind: Names, path: Path) -> Any:
        if not isinstance(table, dict):
            return self.mistaken(table, "a table", path)
        checked = {name: self.check(value, kind.value, (*path, name)) for name, value in table.items()}
        for name in table:
            if what := _wrong_name(name, str(path[-1]), kind):
                checked[name] = self.refuse((*path, name), what)
        return checked

    def items(self, value: object, kind: List, path: Path) -> Any:
        if not isinstance(value, list):
            return self.mistaken(value, "a list", path)
        if kind.most is not None and len(value) > kind.most:
            return self.refuse(path, f"expected at most {kind.most}, got {len(value)}")
        if len(value) < kind.least:
            return self.refuse(path, f"expected at least {kind.least}, got none")
        before = len(self.problems)
        checked = [self.check(item, kind.item, (*path, index)) for index, item in enumerate(value)]
        if len(self.problems) == before:
            return checked
        if path[-1] == "canary_increments" and not _rising(value):
            # Otherwise it is said only once the shares themselves are right.
            self.refuse(path, f"{quoted(value)}: each share must be above the one before")
        return Invalid.INVALID

    def word(self, value: object, words: tuple[str, ...], path: Path) -> Any:
        if value in words:
            return value
        meant = did_you_mean(value, words) if isinstance(value, str) else ""
        return self.refuse(path, f"expected {listed(map(quoted, words))}, got {quoted(value)}{meant}")

    def number(self, value: object, kind: Whole | Number | Between, path: Path) -> Any:
        whole = isinstance(kind, Whole)
        expected = f"a {kind}"
        if isinstance(value, bool) or not isinstance(value, (int, float)) or (whole and not isinstance(value, int)):
            return self.mistaken(value, expected, path)
        return value if _inside(value, kind) else self.refuse(path, f"expected {expected}, got {value}")

    def duration(self, value: object, kind: Duration, path: Path) -> Any:
        text = value if isinstance(value, str) else str(value)
        length = seconds(text)
        if isinstance(value, str) and length is not None and kind.least <= length <= kind.most:
            return value
        found = meant(text) if length is None else None
        got = quoted(value) if isinstance(value, str) else kind_of(value)
        hint = f"; did you mean {quoted(found)}?" if found else ""
        return self.refuse(path, f"expected a {kind}, got {got}{hint}")

    def day(self, value: object, kind: Day, path: Path) -> Any:
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            return self.mistaken(value, f"a {kind}", path)
        return value if kind.least <= value.year <= kind.most else self.refuse(path, f"expected a {kind}, got {value}")

    def string(self, value: object, kind: String, path: Path) -> Any:
        if not isinstance(value, str):
            return self.mistaken(value, "a string", path)
        if path[-1] == "release_env_var" and value in _RESERVED_VARIABLES:
            return self.refuse(path, f"{value} is reserved: Lambda sets this variable itself")
        if kind.pattern is None or re.fullmatch(kind.pattern, value):
            return value
        return self.refuse(path, f"expected {kind.hint}, got {quoted(value)}")

    def raw(self, value: object, path: Path) -> Any:
        """A value that Lambda judges: whatever JSON can carry."""
        match value:
            case dict():
                return {key: self.raw(inner, (*path, key)) for key, inner in value.items()}
            case list():
                return [self.raw(inner, (*path, index)) for index, inner in enumerate(value)]
            case str() | bool() | int() | float():
                return value
            case _:
                return self.mistaken(value, "a string, number, list or table", path)


def _inside(value: float, kind: Whole | Number | Between) -> bool:
    return kind.above < value < kind.below if isinstance(kind, Number) else kind.least <= value <= kind.most


def _rising(shares: list[object]) -> bool:
    """Whether each share is above the one before, as far as they are numbers."""
    numbers = [share for share in shares if isinstance(share, (int, float)) and not isinstance(share, bool)]
    return not any(later <= earlier for earlier, later in itertools.pairwise(numbers))


def _wrong_name(name: str, table: str, kind: Names) -> str | None:
    """What is wrong with a name that the user chose, or None."""
    if table == "environment" and name in _RESERVED_VARIABLES:
        return "is reserved: Lambda sets this variable itself"
    return None if re.fullmatch(kind.pattern, name) else f"a name here is made of {kind.hint}"


def _unknown(name: str, table: Table) -> str:
    """Say what to write instead of an unknown key, or where it belongs."""
    known = [key.name for key in table.keys]
    if table is RAW_TABLE:
        return unknown_raw(name)
    if table is FUNCTION_TABLE and (member := unknown_beside(name)):
        return member
    if table in (ENVIRONMENT_TABLE, FILE_TABLE, FUNCTION_TABLE) and (home := _home(name)):
        return f"does not stand here, but {home}{did_you_mean(name, known)}"
    if table is ROLLOUT_TABLE and (inner := _table_with(name, table)):
        return f"does not stand here, but in the table {inner}"
    return "unknown key" + (did_you_mean(name, known) or f"; known here: {', '.join(sorted(known))}")


def _table_with(name: str, around: Table) -> str | None:
    """The table directly inside `around` that has a key of this name."""
    tables = ((key.name, key.kind) for key in around.keys if isinstance(key.kind, Table))
    return next((inner for inner, table in tables if any(key.name == name for key in table.keys)), None)


def _home(name: str) -> str | None:
    if any(key.name == name for key in FUNCTION_TABLE.keys):
        return "under [functions.NAME]"
    if any(key.name == name for key in ENVIRONMENT_TABLE.keys):
        return "at the top or under [environments.NAME]"
    if any(key.name == name for key in FILE_TABLE.keys):
        return "at the top"
    return "in a table rollout" if any(key.name == name for key in ROLLOUT_TABLE.keys) else None
