"""An order service: prices an order, in cents.

{"id": "A-1", "items": [{"sku": "tea", "quantity": 2}, {"sku": "mug"}]}
-> {"order": "A-1", "goods": 2600, "shipping": 490, "total": 3090, "version": "3"}
"""

from __future__ import annotations

from typing import Any

import prices

FREE_SHIPPING_FROM = 10_000
SHIPPING = 490


class EmptyOrder(ValueError):
    """An order without items."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda calls this with one order."""
    goods = sum(prices.of(item["sku"]) * quantity(item) for item in items(event))
    shipping = 0 if goods >= FREE_SHIPPING_FROM else SHIPPING
    return {
        "order": event["id"],
        "goods": goods,
        "shipping": shipping,
        "total": goods + shipping,
        "version": context.function_version,
    }


def items(event: dict[str, Any]) -> list[dict[str, Any]]:
    """What was ordered: at least one thing."""
    ordered: list[dict[str, Any]] = event["items"]
    if not ordered:
        raise EmptyOrder(event["id"])
    return ordered


def quantity(item: dict[str, Any]) -> int:
    """How many; a shop that sells one of it need not say so."""
    return int(item.get("quantity", 1))
