"""What things cost, in cents."""

PRICES = {"tea": 700, "mug": 1_200, "kettle": 4_900}


def of(sku: str) -> int:
    """The price of one; raises KeyError for what the shop does not sell."""
    return PRICES[sku]
