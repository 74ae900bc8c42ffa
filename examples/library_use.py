"""Release an order service from Python: plan, canary, manual routing, rollback, status.

    python examples/library_use.py            # against an embedded Lambda that it starts itself

For your own function in your own account leave out `embedded_lambda` and name your role; the rest stays as it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import deployer.local
from deployer import Canary, CanaryIncrements, Deployer, DeployerError, Plan, Refusal, Stable

CODE = Path(__file__).parent / "orders" / "src"


@contextmanager
def embedded_lambda() -> Iterator[str]:
    """An embedded Lambda that every AWS client of this process talks to; the ARN of a role that it has."""
    with deployer.local.start() as local:
        os.environ.update(local.environment())
        yield local.role()


def orders(role: str, memory_size: int) -> Deployer:
    """One function and one alias. Code and settings together are what a release is made of."""
    return Deployer(
        function_name="orders",
        alias="LIVE",
        code=CODE,
        settings={"Runtime": "python3.13", "Handler": "app.handler", "Role": role, "MemorySize": memory_size},
        strategy=Canary(CanaryIncrements.of([10, 50])),
    )


def release(function: Deployer) -> None:
    """Deploy until one version has all traffic. In real life time passes, and metrics are looked at, in between."""
    while True:
        decision = function.plan()
        if isinstance(decision, Refusal):
            print(f"refused: {decision.text}; {decision.way_out}")
            return
        if not decision.actions:
            print("nothing to do")
            return
        outcome = function.deploy()
        print(f"LIVE: {outcome.before} -> {outcome.after}")
        if isinstance(outcome.after, Stable):
            return


def main() -> int:
    """Run through a function's life."""
    with embedded_lambda() as role:
        release(orders(role, memory_size=256))

        larger = orders(role, memory_size=512)
        for step in larger.rollout():
            print("ahead:", step.write.after if isinstance(step, Plan) and step.write else step)
        release(larger)
        release(larger)

        print("by hand:", larger.route(2, 1, weight=40).after)
        print("rolled back:", larger.rollback().after)
        try:
            larger.rollback(to=7)
        except DeployerError as error:
            print(f"{type(error).__name__}: {error}")

        status = larger.status()
        print(f"{status.alias} of {status.function_name}: {status.state}")
        for entry in larger.history():
            print(f"version {entry.version}: {entry.share or 0} % of the traffic")
    return 0


if __name__ == "__main__":
    sys.exit(main())
