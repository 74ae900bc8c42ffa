"""The constraints that the service model states (lengths, ranges, patterns, counts): Lambda checks them first.

botocore ships the model and enforces nearly nothing of it itself (§2), so a client can send what Lambda refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from deployer.local.rules import refusals

# Lambda words a wrong runtime in another way, see `configuration`; patterns that name regions or
# partitions hold no rule about releases.
_OWN_WORDING = frozenset({"Runtime"})


@cache
def lambda_model() -> Mapping[str, Any]:
    """Lambda's service model as botocore ships it."""
    from botocore.loaders import Loader

    model: Mapping[str, Any] = Loader().load_service_model("lambda", "service-2")
    return model


def check(operation: str, values: Mapping[str, Any]) -> None:
    """Refuse with ValidationException what the model of `operation` forbids in `values` (by member name)."""
    shape = lambda_model()["operations"][operation]["input"]["shape"]
    found = list(_structure(shape, values, ""))
    if found:
        raise refusals.violations(found)


def _structure(shape: str, values: Mapping[str, Any], path: str) -> Iterator[str]:
    described = lambda_model()["shapes"][shape]
    for name, member in described["members"].items():
        inner = f"{path}.{_camel(name)}" if path else _camel(name)
        if values.get(name) is not None:
            yield from _value(member["shape"], values[name], inner)
        elif name in described.get("required", ()):
            yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"


def _value(shape: str, value: Any, path: str) -> Iterator[str]:
    described = lambda_model()["shapes"][shape]
    match described["type"]:
        case "structure" if isinstance(value, Mapping):
            yield from _structure(shape, value, path)
        case "map" if isinstance(value, Mapping):
            yield from _map(described, value, path)
        case "list" if isinstance(value, list):
            yield from _failed(path, f"[{', '.join(map(str, value))}]", _bounds(described, len(value), "length"))
            for index, item in enumerate(value, 1):
                yield from _value(described["member"]["shape"], item, f"{path}.{index}.member")
        case "string" | "integer" | "long" | "double" if shape not in _OWN_WORDING:
            yield from _failed(path, _printable(described, value), _scalar(described, value))


def checkable(pattern: str) -> bool:
    """Whether python's expressions can say it; the few with Unicode categories are of tags alone."""
    return "\\p{" not in pattern


def _map(described: Mapping[str, Any], values: Mapping[str, Any], path: str) -> Iterator[str]:
    """A map is refused as a whole, and the message lists every constraint of its keys or values (recorded)."""
    shapes = lambda_model()["shapes"]
    keys, items = shapes[described["key"]["shape"]], shapes[described["value"]["shape"]]
    entries = None
    if not described.get("sensitive"):
        entries = "{" + ", ".join(f"{key}={shown(value)}" for key, value in values.items()) + "}"
    if any(_scalar(keys, key) for key in values):
        yield _sentence(path, entries, f"Map keys must satisfy constraint: [{', '.join(_all_rules(keys))}]")
    if any(_scalar(items, value) for value in values.values()):
        rules = ", ".join([*_all_rules(items), "Member must not be null"])
        yield _sentence(path, entries, f"Map value must satisfy constraint: [{rules}]")


def _scalar(described: Mapping[str, Any], value: Any) -> list[str]:
    """The rules that one string or number breaks."""
    if isinstance(value, str):
        broken = _bounds(described, utf16_length(value), "length")
        pattern = described.get("pattern")
        if pattern and checkable(pattern) and not re.fullmatch(pattern, value):
            broken.append(f"Member must satisfy regular expression pattern: {pattern}")
        if "enum" in described and value not in described["enum"]:
            broken.append(f"Member must satisfy enum value set: [{', '.join(described['enum'])}]")
        return broken
    return _bounds(described, value, "value") if isinstance(value, (int, float)) else []


def _bounds(described: Mapping[str, Any], measured: float, what: str) -> list[str]:
    broken = []
    if "max" in described and measured > described["max"]:
        broken.append(f"Member must have {what} less than or equal to {described['max']}")
    if "min" in described and measured < described["min"]:
        broken.append(f"Member must have {what} greater than or equal to {described['min']}")
    return broken


def _all_rules(described: Mapping[str, Any]) -> list[str]:
    what = "length" if described["type"] == "string" else "value"
    rules = []
    if "max" in described:
        rules.append(f"Member must have {what} less than or equal to {described['max']}")
    if "min" in described:
        rules.append(f"Member must have {what} greater than or equal to {described['min']}")
    if "pattern" in described:
        rules.append(f"Member must satisfy regular expression pattern: {described['pattern']}")
    return rules


def _failed(path: str, value: str | None, broken: list[str]) -> Iterator[str]:
    for rule in broken:
        yield _sentence(path, value, rule)


def _printable(described: Mapping[str, Any], value: object) -> str | None:
    return None if described.get("sensitive") else shown(value)


def _sentence(path: str, value: str | None, rule: str) -> str:
    """`value` is None where the model calls the shape sensitive, whose values Lambda does not repeat."""
    what = "Value" if value is None else f"Value '{value}'"
    return f"{what} at '{path}' failed to satisfy constraint: {rule}"


def shown(value: object) -> str:
    """A value as Lambda's messages print it: weights always with a decimal point."""
    return str(float(value)) if isinstance(value, float) else str(value)


def utf16_length(text: str) -> int:
    """The length that the API counts: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
