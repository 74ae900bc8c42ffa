"""Pages of a list: MaxItems, Marker, NextMarker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployer.local.rules.refusals import invalid
from deployer.local.rules.world import Call


def page(call: Call, entries: Sequence[dict[str, Any]], key: str, *, most: int) -> dict[str, Any]:
    """The page that the request asks for, of at most `most` entries however many it asks for (§1c)."""
    size = min(int(call.params.get("MaxItems") or most), most)
    marker = call.params.get("Marker") or "0"
    if not marker.isdigit():
        raise invalid(f"Invalid value at 'marker': {marker}")
    start = int(marker)
    rest = {"NextMarker": str(start + size)} if start + size < len(entries) else {}
    return {key: list(entries[start : start + size]), **rest}
