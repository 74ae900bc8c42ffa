"""Judge a document by the schema, key by key, so that everything wrong with it is told at once."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from msgspec import Struct, inspect

from deployer.config.keys import bare, own_key_of_member, struct_type, text_of
from deployer.config.positions import Path
from deployer.config.schema import Environment, File, Function, Text
from deployer.config.suggest import did_you_mean, kind_of, listed, quoted

_SET_BY_A_RELEASE = {"DryRun", "Publish", "PublishTo", "RevisionId"}
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
    return validator.table(document, File, ()), validator.problems


class _Validator:
    """Collects problems while it walks a document along the schema."""

    def __init__(self) -> None:
        self.problems: list[tuple[Path, str]] = []

    def refuse(self, path: Path, what: str) -> Invalid:
        self.problems.append((path, what))
        return Invalid.INVALID

    def check(self, value: object, kind: inspect.Type, path: Path) -> Any:
        text = text_of(kind)
        match bare(kind):
            case inspect.StructType(cls=table):
                return (
                    self.table(value, table, path) if isinstance(value, dict) else self.mistaken(value, "a table", path)
                )
            case inspect.DictType() as names:
                return self.names(value, names, text, path)
            case inspect.ListType() as items:
                return self.items(value, items, path)
            case inspect.LiteralType(values=values):
                return self.choice(value, values, path)
            case inspect.IntType() | inspect.FloatType() as number:
                return self.number(value, number, path)
            case inspect.BoolType():
                return value if isinstance(value, bool) else self.mistaken(value, "true or false", path)
            case inspect.StrType() as string:
                return self.string(value, string, text, path)
            case _:
                return self.raw(value, path)

    def mistaken(self, value: object, expected: str, path: Path) -> Invalid:
        hint = "; write it in quotes" if expected == "a string" and not isinstance(value, (dict, list)) else ""
        return self.refuse(path, f"expected {expected}, got {kind_of(value)}{hint}")

    def table(self, table: dict[str, Any], schema: type[Struct], path: Path) -> dict[str, Any]:
        known = {found.encode_name: found for found in struct_type(schema).fields}
        for key in table.keys() - known.keys():
            self.refuse((*path, key), _unknown(key, schema))
        for key in (name for name, found in known.items() if found.required and name not in table):
            self.refuse((*path, key), "is missing")
        return {key: self.check(value, known[key].type, (*path, key)) for key, value in table.items() if key in known}

    def names(self, table: object, kind: inspect.DictType, text: Text | None, path: Path) -> Any:
        if not isinstance(table, dict):
            return self.mistaken(table, "a table", path)
        checked = {name: self.check(value, kind.value_type, (*path, name)) for name, value in table.items()}
        for name in table:
            if what := _wrong_name(name, str(path[-1]), kind.key_type, text):
                checked[name] = self.refuse((*path, name), what)
        return checked

    def items(self, value: object, kind: inspect.ListType, path: Path) -> Any:
        if not isinstance(value, list):
            return self.mistaken(value, "a list", path)
        if kind.max_length is not None and len(value) > kind.max_length:
            return self.refuse(path, f"expected at most {kind.max_length}, got {len(value)}")
        if len(value) < (kind.min_length or 0):
            return self.refuse(path, f"expected at least {kind.min_length}, got none")
        before = len(self.problems)
        checked = [self.check(item, kind.item_type, (*path, index)) for index, item in enumerate(value)]
        return checked if len(self.problems) == before else Invalid.INVALID

    def choice(self, value: object, values: tuple[object, ...], path: Path) -> Any:
        if value in values:
            return value
        words = [str(word) for word in values]
        meant = did_you_mean(value, words) if isinstance(value, str) else ""
        return self.refuse(path, f"expected {listed(map(quoted, words))}, got {quoted(value)}{meant}")

    def number(self, value: object, kind: inspect.IntType | inspect.FloatType, path: Path) -> Any:
        whole = isinstance(kind, inspect.IntType)
        expected = ("a whole number" if whole else "a number") + _range(kind)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or (whole and not isinstance(value, int)):
            return self.mistaken(value, expected, path)
        inside = (
            (kind.ge is None or value >= kind.ge)
            and (kind.le is None or value <= kind.le)
            and (kind.gt is None or value > kind.gt)
            and (kind.lt is None or value < kind.lt)
        )
        return value if inside else self.refuse(path, f"expected {expected}, got {value}")

    def string(self, value: object, kind: inspect.StrType, text: Text | None, path: Path) -> Any:
        if not isinstance(value, str):
            return self.mistaken(value, "a string", path)
        if path[-1] == "release_env_var" and value in _RESERVED_VARIABLES:
            return self.refuse(path, f"{value} is reserved: Lambda sets this variable itself")
        if _fits(value, kind):
            return value
        return self.refuse(path, f"expected {text.hint if text else ''}, got {quoted(value)}")

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


def _wrong_name(name: str, table: str, kind: inspect.Type, text: Text | None) -> str | None:
    """What is wrong with a name that the user chose, or None."""
    if table == "lambda" and (own := own_key_of_member().get(name)):
        return f"has a key of its own: write {own}"
    if table == "lambda" and name in _SET_BY_A_RELEASE:
        return "is set by the release itself"
    if table == "environment" and name in _RESERVED_VARIABLES:
        return "is reserved: Lambda sets this variable itself"
    return None if _fits(name, kind) else f"a name here is made of {text.hint if text else kind}"


def _fits(value: str, kind: inspect.Type) -> bool:
    pattern = kind.pattern if isinstance(kind, inspect.StrType) else None
    return pattern is None or re.fullmatch(pattern, value) is not None


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.gt is not None:
        return f" above {kind.gt} and below {kind.lt}"
    return f" from {kind.ge} to {kind.le}"


def _unknown(key: str, schema: type[Struct]) -> str:
    """Say what to write instead of an unknown key, or where it belongs."""
    known = [found.encode_name for found in struct_type(schema).fields]
    if schema is Function and key in own_key_of_member():
        return f"unknown key; did you mean {own_key_of_member()[key]}?"
    if schema in (Environment, File, Function) and (home := _home(key)):
        return f"does not stand here, but {home}{did_you_mean(key, known)}"
    return "unknown key" + (did_you_mean(key, known) or f"; known here: {', '.join(sorted(known))}")


def _home(key: str) -> str | None:
    if any(found.encode_name == key for found in struct_type(Function).fields):
        return "under [functions.NAME]"
    if any(found.encode_name == key for found in struct_type(Environment).fields):
        return "at the top or under [environments.NAME]"
    return "at the top" if key == "environments" else None
