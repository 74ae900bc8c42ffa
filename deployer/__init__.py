"""Release AWS Lambda functions through versions and aliases: blue/green, canary, rollback.

    from deployer import Canary, CanaryIncrements, Deployer

    orders = Deployer(function_name="orders", code="src/orders", strategy=Canary(CanaryIncrements.of([25, 50, 75])))
    orders.deploy()

Importing this loads nothing; each name comes when it is asked for, as boto3 takes long to import.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.aws.failure import AwsFailure
    from deployer.aws.prepared import Outcome, Refused
    from deployer.aws.status import Entry, Status
    from deployer.core import (
        BlueGreen,
        Canary,
        CanaryIncrements,
        Decision,
        Deploy,
        DeployerError,
        Development,
        OnNewer,
        Percent,
        Plan,
        Promote,
        Published,
        Refusal,
        Rollback,
        Route,
        Stable,
        Transition,
    )
    from deployer.deployer import Deployer
    from deployer.rollout.event import End
    from deployer.rollout.rollout import Rollout

__all__ = [
    "AwsFailure",
    "BlueGreen",
    "Canary",
    "CanaryIncrements",
    "Decision",
    "Deploy",
    "Deployer",
    "DeployerError",
    "Development",
    "End",
    "Entry",
    "OnNewer",
    "Outcome",
    "Percent",
    "Plan",
    "Promote",
    "Published",
    "Refusal",
    "Refused",
    "Rollback",
    "Rollout",
    "Route",
    "Stable",
    "Status",
    "Transition",
]

_OUTSIDE_CORE = {
    "AwsFailure": "deployer.aws.failure",
    "Deployer": "deployer.deployer",
    "End": "deployer.rollout.event",
    "Entry": "deployer.aws.status",
    "Outcome": "deployer.aws.prepared",
    "Refused": "deployer.aws.prepared",
    "Rollout": "deployer.rollout.rollout",
    "Status": "deployer.aws.status",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_OUTSIDE_CORE.get(name, "deployer.core")), name)
