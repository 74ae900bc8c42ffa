"""Which names a part of a template refers to: Ref, Fn::GetAtt, Fn::Sub."""

from __future__ import annotations

import re
from typing import Any

# ${Name}, ${Name.Attribute}, ${AWS::Region}; ${!Name} stands for itself.
SUBSTITUTE = re.compile(r"\$\{([^!}][^}]*)\}")


def names(node: Any) -> frozenset[str]:
    """All names that the node refers to, pseudo parameters included."""
    match node:
        case {"Ref": str(name)} if len(node) == 1:
            return frozenset({name})
        case {"Fn::GetAtt": target} if len(node) == 1:
            return frozenset({attribute(target)[0]})
        case {"Fn::Sub": given} if len(node) == 1:
            return _substituted(given)
        case dict():
            return _all(list(node.values()))
        case list():
            return _all(node)
        case _:
            return frozenset()


def attribute(target: Any) -> tuple[str, Any]:
    """Resource and attribute of both spellings of Fn::GetAtt."""
    if isinstance(target, str):
        name, _, rest = target.partition(".")
        return name, rest
    name, rest = target
    return name, rest


def _all(nodes: list[Any]) -> frozenset[str]:
    return frozenset().union(*(names(node) for node in nodes))


def _substituted(given: Any) -> frozenset[str]:
    text, own = (given, {}) if isinstance(given, str) else given
    found = {name.strip().partition(".")[0] for name in SUBSTITUTE.findall(text)}
    return frozenset(found - own.keys()) | names(own)
