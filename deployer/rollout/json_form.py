"""Frozen dataclasses as JSON data and back, by the types of their fields, so that a field is never forgotten.

str, bool, int       as they are
float                a number; infinite and undefined ones, which JSON has not, by their names
StrEnum              its text
Percent              a number of percent
AliasState           as `deployer.core.wire` has it
X | None             X, or null
tuple[X, ...]        a list
Mapping[float, X]    an object; its names are the numbers
a dataclass          an object; members that no field has are passed over, those left out have the field's default
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final

from deployer.core.errors import DeployerError, InvalidValue
from deployer.core.percent import Percent
from deployer.core.state import AliasState
from deployer.core.wire import read_state_data, state_data

NOT_FINITE: Final = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}
"""The floats that JSON has no numbers for."""


class Unreadable(DeployerError, ValueError):
    """What stands at `where` is not what has to stand there."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem)
        self.where = where
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@cache
def fields_of(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """Each field of a dataclass: its name, its type, and whether it must be given."""
    hints = typing.get_type_hints(kind)
    return tuple(
        (
            field.name,
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    )


def inner(kind: Any) -> Any | None:
    """X of `X | None`; None for any other type."""
    options = typing.get_args(kind) if typing.get_origin(kind) in (types.UnionType, typing.Union) else ()
    others = [option for option in options if option is not types.NoneType]
    return others[0] if len(others) == 1 and len(options) > 1 else None


def write(value: Any, kind: Any) -> Any:
    """`value`, which is of `kind`, as JSON data."""
    if kind == AliasState:
        return state_data(value)
    if (option := inner(kind)) is not None:
        return None if value is None else write(value, option)
    if typing.get_origin(kind) is tuple:
        return [write(item, typing.get_args(kind)[0]) for item in value]
    if typing.get_origin(kind) is Mapping:
        return {_name(key): write(item, typing.get_args(kind)[1]) for key, item in sorted(value.items())}
    if dataclasses.is_dataclass(kind) and kind is not Percent:
        return {name: write(getattr(value, name), hint) for name, hint, _ in fields_of(typing.cast("type", kind))}
    return _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case Percent():
            return value.hundredths / 100
        case StrEnum():
            return str(value)
        case float() if not math.isfinite(value):
            return next(name for name, number in NOT_FINITE.items() if repr(number) == repr(value))
        case _:
            return value


def _name(key: float) -> str:
    return str(int(key)) if key == int(key) else repr(key)


def read(data: Any, kind: Any, where: str) -> Any:
    """The value of `kind` that `write` made `data` of. Raises Unreadable, with the place below `where`."""
    if (option := inner(kind)) is not None and kind != AliasState:
        return None if data is None else read(data, option, where)
    if typing.get_origin(kind) is tuple:
        items = _of_type(data, list, "a list", where)
        return tuple(read(item, typing.get_args(kind)[0], f"{where}[{index}]") for index, item in enumerate(items))
    if typing.get_origin(kind) is Mapping:
        members = _of_type(data, dict, "an object", where)
        return {_number(name, where): read(item, typing.get_args(kind)[1], where) for name, item in members.items()}
    try:
        return _read_one(data, kind, where)
    except InvalidValue as error:
        raise Unreadable(where, str(error)) from error


def _read_one(data: Any, kind: Any, where: str) -> Any:
    if kind == AliasState:
        return read_state_data(data)
    if kind is Percent:
        return Percent.of(_float(data, where))
    if kind is float:
        return _float(data, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _member(data, kind, where)
    if dataclasses.is_dataclass(kind):
        return _object(data, typing.cast("type", kind), where)
    return _of_type(data, kind, _WORDS[kind], where)


_WORDS: Final[Mapping[Any, str]] = {str: "a text", int: "a whole number", bool: "true or false"}


def _object(data: Any, kind: type, where: str) -> Any:
    members = _of_type(data, dict, "an object", where)
    given: dict[str, Any] = {}
    for name, hint, needed in fields_of(kind):
        if name in members:
            given[name] = read(members[name], hint, f"{where}.{name}")
        elif needed:
            raise Unreadable(f"{where}.{name}", "is missing")
    return kind(**given)


def _member(data: Any, kind: type[StrEnum], where: str) -> StrEnum:
    text = _of_type(data, str, "a text", where)
    if text not in set(kind):
        raise Unreadable(where, f"{text!r} is none of {', '.join(kind)}")
    return kind(text)


def _float(data: Any, where: str) -> float:
    if isinstance(data, str) and data in NOT_FINITE:
        return NOT_FINITE[data]
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise Unreadable(where, f"{data!r} is no number")
    return float(data)


def _number(name: str, where: str) -> float:
    try:
        return float(name)
    except ValueError as error:
        raise Unreadable(where, f"{name!r} is no number") from error


def _of_type(data: Any, kind: type, word: str, where: str) -> Any:
    if type(data) is not kind:
        raise Unreadable(where, f"{data!r} is not {word}")
    return data
