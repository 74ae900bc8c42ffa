"""What the rollouts of a function reach beyond it, as its configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.aws.policy import Reach
from deployer.config.rollout.settings import LambdaHook, NotifyBus, NotifyTopic

if TYPE_CHECKING:
    from deployer.config import Settings
    from deployer.core.watch.policy import Watch


def reach(settings: Settings, partition: str, region: str, account: str) -> Reach | None:
    """By ARN where there are any, of `region` and `account` where only a name is given; None without rollouts."""
    rollout = settings.rollout
    if rollout is None:
        return None

    def arn(service: str, name: str) -> str:
        return f"arn:{partition}:{service}:{region}:{account}:{name}"

    hooks = (hook.run.function for hook in rollout.hooks if isinstance(hook.run, LambdaHook))
    buses = (notifier.name for notifier in rollout.notify if isinstance(notifier, NotifyBus))
    alarms = rollout.watch.gates.alarms
    return Reach(
        metrics=_measures(rollout.watch),
        alarms=alarms is not None,
        tags=alarms is not None and bool(alarms.tags),
        tests=bool(rollout.tests),
        functions=tuple(name if name.startswith("arn:") else arn("lambda", f"function:{name}") for name in hooks),
        topics=tuple(notifier.arn for notifier in rollout.notify if isinstance(notifier, NotifyTopic)),
        buses=tuple(name if name.startswith("arn:") else arn("events", f"event-bus/{name}") for name in buses),
    )


def _measures(watch: Watch) -> bool:
    bakes = (watch.bake, *watch.bakes.values(), watch.final)
    return watch.gates.measured or any(bake.invocations for bake in bakes)
