"""The JSON Schema of events, made from their types: `docs/event.schema.json` is what `schema` returns."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from deployer.core.percent import Percent
from deployer.core.state import AliasState, Move
from deployer.rollout.event import Subject
from deployer.rollout.event_wire import FORMAT, TYPES, VERSION
from deployer.rollout.json_form import NOT_FINITE, fields_of, inner

_AT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
_PERCENT: Final[Mapping[str, Any]] = {"type": "number", "minimum": 0, "maximum": 100}
_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_PLAIN: Final[Mapping[Any, Mapping[str, Any]]] = {
    str: _TEXT,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"anyOf": [{"type": "number"}, {"enum": list(NOT_FINITE)}]},
    Percent: _PERCENT,
}


def schema() -> dict[str, Any]:
    """Of one event, whatever happened."""
    definitions = {"state": _state(), **{name: _object(kind) for name, kind in TYPES.items()}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of a rollout",
        "description": "One line of a JSON-lines file, or the body of a webhook or of a message. "
        f"Within version {VERSION} members may be added; none is removed or changes its meaning.",
        "anyOf": [_event(name) for name in TYPES],
        "$defs": definitions,
    }


def _event(name: str) -> dict[str, Any]:
    members = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "type": {"const": name},
        "at": {"type": "string", "pattern": _AT},
        "subject": _object(Subject),
        "what": {"$ref": f"#/$defs/{name}"},
    }
    return {"title": name, "type": "object", "properties": members, "required": list(members)}


def _object(kind: type) -> dict[str, Any]:
    members = {name: _of(hint) for name, hint, _ in fields_of(kind)}
    described = " ".join((inspect.getdoc(kind) or "").split())
    return {"description": described, "type": "object", "properties": members, "required": list(members)}


def _of(kind: Any) -> dict[str, Any]:
    if kind == AliasState:
        return {"$ref": "#/$defs/state"}
    if (option := inner(kind)) is not None:
        return {"anyOf": [_of(option), {"type": "null"}]}
    if typing.get_origin(kind) is tuple:
        return {"type": "array", "items": _of(typing.get_args(kind)[0])}
    if typing.get_origin(kind) is Mapping:
        return {"type": "object", "additionalProperties": _of(typing.get_args(kind)[1])}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"enum": [str(member) for member in kind]}
    if dataclasses.is_dataclass(kind) and kind is not Percent:
        return _object(typing.cast("type", kind))
    return dict(_PLAIN[kind])


def _state() -> dict[str, Any]:
    pair = {"version1": _TEXT, "version2": _TEXT}
    return {
        "description": "What an alias shows; `weight` is the share of version2, in percent.",
        "anyOf": [
            _named("absent", {}),
            _named("stable", {"version1": _TEXT}),
            _named("transition", {**pair, "weight": _PERCENT}),
            _named("settling", {**pair, "weight": _PERCENT, "move": {"enum": [str(move) for move in Move]}}),
        ],
    }


def _named(state: str, members: Mapping[str, Any]) -> dict[str, Any]:
    whole = {"state": {"const": state}, **members}
    return {"type": "object", "properties": whole, "required": list(whole)}
