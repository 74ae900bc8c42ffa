"""Holds a document against docs/output.schema.json: only the words that this schema uses, and closed objects.

Closed, although the schema is open to its readers: a member that nobody described is a mistake of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import deployer

SCHEMA: dict[str, Any] = json.loads(
    (Path(deployer.__file__).parents[1] / "docs" / "output.schema.json").read_text(encoding="utf-8")
)
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    *("$ref", "$defs", "$schema", "title", "description"),
    *("anyOf", "const", "enum", "type", "pattern", "minimum", "maximum", "maxItems"),
    *("properties", "required", "items", "additionalProperties"),
}


def valid(text: str) -> dict[str, Any]:
    """The document in `text`, which must be all of it and fit the schema."""
    document: dict[str, Any] = json.loads(text)
    problems = list(mistakes(document, SCHEMA, "$"))
    if problems:  # of many kinds of documents, those of this command say what is wrong
        kinds = (kind for kind in SCHEMA["anyOf"] if document.get("command") in _named(kind))
        problems += [problem for kind in kinds for problem in mistakes(document, kind, "$")]
    assert not problems, problems
    return document


def _named(kind: dict[str, Any]) -> list[str]:
    """The commands that a kind of document is of."""
    command = kind["properties"]["command"]
    return command["enum"] if "enum" in command else [command["const"]]


def mistakes(value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
    """What does not fit, and where."""
    assert set(schema) <= _KNOWN, f"{at}: this check does not know {set(schema) - _KNOWN}"
    if "$ref" in schema:
        yield from mistakes(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema:
        tried = [list(mistakes(value, option, at)) for option in schema["anyOf"]]
        yield from min(tried, key=len) if all(tried) else []
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    yield from _typed(value, schema, at)
    if isinstance(value, dict):
        yield from _members(value, schema, at)
    for index, item in enumerate(value if isinstance(value, list) else []):
        yield from mistakes(item, schema.get("items", {}), f"{at}[{index}]")


def _typed(value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    allowed = tuple(kind for name in names for kind in _TYPES[name])
    if names and (not isinstance(value, allowed) or (isinstance(value, bool) and "boolean" not in names)):
        yield f"{at}: {value!r} is no {' or '.join(names)}"
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    elif "minimum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        yield f"{at}: {value!r} is out of range"
    elif "maxItems" in schema and len(value) > schema["maxItems"]:
        yield f"{at}: too many items"


def _members(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    known = schema.get("properties")
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}.{name}: is missing"
    for name, member in value.items():
        if known is not None and name not in known:
            yield f"{at}.{name}: is not described"
        inner = (known or {}).get(name, schema.get("additionalProperties", {}))
        yield from mistakes(member, inner, f"{at}.{name}")
