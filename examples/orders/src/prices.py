"""What things cost, in cents."""

import time

PRICES = {"tea": 700, "mug": 1_200, "kettle": 4_900}
# Seconds: how long the list takes to answer. It stands in for one that is asked over the network.
ANSWERS_IN = 0.0


def of(sku: str) -> int:
    """The price of one; raises KeyError for what the shop does not sell."""
    time.sleep(ANSWERS_IN)
    return PRICES[sku]
