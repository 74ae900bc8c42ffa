"""A stock service: how many of a thing can be sold."""

from __future__ import annotations

from typing import Any

ON_SHELVES = {"tea": 40, "mug": 7}
RESERVED = 2


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda calls this with `{"sku": "tea"}`."""
    free = max(ON_SHELVES.get(event["sku"], 0) - RESERVED, 0)
    return {"sku": event["sku"], "free": free, "version": context.function_version}
