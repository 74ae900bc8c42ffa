"""The four environments that are there out of the box: those of `deployer.toml`, as CDK can have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deployer.core.errors import InvalidValue
from deployer.core.increments import CanaryIncrements
from deployer.core.strategy import BlueGreen, Canary, Development, OnNewer, Policy, Strategy

ENVIRONMENTS: Final[Mapping[str, Policy]] = {
    "sbx": Policy(Development()),
    "tst": Policy(Development()),
    "stg": Policy(BlueGreen()),
    # Restarts where deployer.toml's waits: CloudFormation pushes newer code whatever is under way.
    "prd": Policy(Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART), protected=True),
}


class UnknownEnvironment(InvalidValue):
    """An environment of which neither we nor the caller say how it releases."""

    what = "environment"


def policy_of(environment: str, strategy: Strategy | None, *, protected: bool | None) -> Policy:
    """How an environment releases: what is given beats what is built in. Raises UnknownEnvironment."""
    built_in = ENVIRONMENTS.get(environment)
    if built_in is None:
        if strategy is None:
            raise UnknownEnvironment(environment, f"give its strategy; built in are {', '.join(ENVIRONMENTS)}")
        return Policy(strategy, bool(protected))
    return Policy(strategy or built_in.strategy, built_in.protected if protected is None else protected)
