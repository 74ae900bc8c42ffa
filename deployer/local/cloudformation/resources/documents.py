"""Small translations between templates and the APIs of other services."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from deployer.local.cloudformation.resources.kind import Properties


def document(given: Any) -> str:
    """A policy document, an object in templates, as the JSON text that APIs take."""
    return given if isinstance(given, str) else json.dumps(given)


def taken(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    """Those of the properties that are there."""
    return {name: properties[name] for name in names if name in properties}


def tags(properties: Properties) -> dict[str, str]:
    """Tags by key."""
    return {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", ())}


def removed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Keys that were there and are no more."""
    return sorted(before.keys() - after.keys())
