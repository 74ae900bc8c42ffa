"""The text of a template: JSON, or YAML with CloudFormation's short forms."""

from __future__ import annotations

import json
from typing import Any, Final

import yaml

from deployer.local.cloudformation.refusals import invalid

# Names that a short form has in full without `Fn::`.
_BARE: Final = frozenset({"Ref", "Condition"})


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # PyYAML comes without types
    """YAML with short forms; dates stay text, as in `2012-10-17`."""


def parsed(text: str) -> Any:
    """What the text says; raises StackRefusal when it is neither JSON nor YAML."""
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader of our own
    except (ValueError, yaml.YAMLError) as error:
        raise invalid(f"Template format error: JSON or YAML not well-formed. ({error})") from error


def _short(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    """`!GetAtt a.b` and the like in full."""
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in _BARE else f"Fn::{suffix}": value}


def _text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_multi_constructor("!", _short)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
