"""Pages of a list: MaxItems, Marker, NextMarker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from deployer.local.rules.refusals import invalid
from deployer.local.rules.world import Call

Entry = TypeVar("Entry")


def page(call: Call, entries: Sequence[dict[str, Any]], key: str, *, most: int) -> dict[str, Any]:
    """The page that the request asks for, of at most `most` entries however many it asks for (§1c)."""
    shown, rest = cut(call, entries, most=most)
    return {key: shown, **rest}


def cut(call: Call, entries: Sequence[Entry], *, most: int) -> tuple[list[Entry], dict[str, str]]:
    """What is on the page, and the NextMarker where there are more: for lists too long to be shown whole each time."""
    size = min(int(call.params.get("MaxItems") or most), most)
    marker = call.params.get("Marker") or "0"
    if not marker.isdigit():
        raise invalid(f"Invalid value at 'marker': {marker}")
    start = int(marker)
    rest = {"NextMarker": str(start + size)} if start + size < len(entries) else {}
    return list(entries[start : start + size]), rest
