"""A strategy as JSON data, as it stands in a template's Metadata."""

from __future__ import annotations

from deployer.core.errors import InvalidValue
from deployer.core.increments import CanaryIncrements
from deployer.core.strategy import BlueGreen, Canary, Development, OnNewer, Strategy
from deployer.core.wire import Json


def strategy_data(strategy: Strategy) -> dict[str, Json]:
    """The strategy by the names that `deployer.toml` uses; shares as text, so that no reader rounds them."""
    match strategy:
        case Development():
            return {"strategy": "latest"}
        case BlueGreen(refuse_newer):
            return {"strategy": "blue_green", "on_newer": "refuse" if refuse_newer else "move"}
        case Canary(increments, on_newer):
            shares: list[Json] = [str(share) for share in increments.shares]
            return {"strategy": "canary", "on_newer": str(on_newer), "canary_increments": shares}


def read_strategy(data: object) -> Strategy:
    """Read what `strategy_data` wrote. Raises InvalidValue for anything else."""
    match data:
        case {"strategy": "latest"}:
            return Development()
        case {"strategy": "blue_green", "on_newer": "move" | "refuse" as on_newer}:
            return BlueGreen(refuse_newer=on_newer == "refuse")
        case {"strategy": "canary", "on_newer": str(on_newer), "canary_increments": list(shares)} if on_newer in set(
            OnNewer
        ):
            return Canary(CanaryIncrements.of(shares), OnNewer(on_newer))
        case _:
            raise InvalidValue(data, "is no strategy that this deployer knows")
