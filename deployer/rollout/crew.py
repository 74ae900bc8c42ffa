"""Puts a driver together from what a configuration says: who looks, who tests, who is told.

Whatever can be found wrong beforehand is: a function that is not there, a file that cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final

from deployer.aws.invocation import Invocations
from deployer.config.rollout.settings import (
    HookSettings,
    Moment,
    RolloutSettings,
    TrialSettings,
)
from deployer.core import Published
from deployer.deployer import Deployer
from deployer.rollout import hook, trial
from deployer.rollout.audience import audience
from deployer.rollout.driver import Driver
from deployer.rollout.event import Event, Happening, Subject, Tested
from deployer.rollout.eyes import AwsEyes
from deployer.rollout.ports import Hooks, Trial
from deployer.rollout.stream import Listener, Stream

_BETWEEN: Final = 60
"""Seconds that all may take that is done between the hooks of a move: calls, and notices of how they ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one run of a rollout is driven, beyond what is configured: fields of Driver."""

    override: str | None = None
    every: float = 10.0
    stay: bool = False


def driver(
    deployer: Deployer, settings: RolloutSettings, subject: Subject, listeners: Sequence[Listener], manner: Manner
) -> Driver:
    """A driver of one alias, and everybody it needs; `listeners` are told beside the notifiers of the configuration.

    Raises DeployerError for tests, hooks and notifiers that cannot work.
    """
    stream = audience(settings.notify, deployer.session, listeners)
    return Driver(
        deployer=deployer,
        watch=replace(settings.watch, follow_up=_follow_up(settings.hooks)),
        eyes=AwsEyes(deployer.session, deployer.function_name, deployer.alias, settings.watch),
        tell=_teller(stream, subject, deployer.now),
        trial=_trial(settings.tests, settings.directory, deployer),
        hooks=_hooks(settings.hooks, settings.directory, deployer),
        override=manner.override,
        every=manner.every,
        stay=manner.stay,
        back_when_interrupted=settings.on_interrupt == "roll_back",
    )


def _teller(stream: Stream, subject: Subject, now: Callable[[], float]) -> Callable[[Happening], None]:
    return lambda what: stream.tell(Event(now(), subject, what))


def _trial(settings: Sequence[TrialSettings], folder: Path, deployer: Deployer) -> Trial:
    tests = trial.resolve(settings, folder)
    invocations = _invocations(deployer)

    def run(new: Published, old: Published | None) -> Tested:
        pair = trial.Pair(deployer.function_name, deployer.alias, new, old)
        return trial.run(tests, pair, invocations.call)

    return run


def _hooks(settings: Sequence[HookSettings], folder: Path, deployer: Deployer) -> Hooks:
    ready = hook.resolve(settings, folder)
    tools = hook.Tools(_invocations(deployer).call_function, monotonic=deployer.clock.monotonic)
    return lambda context: hook.run_hooks(ready, context, tools)


def _follow_up(hooks: Sequence[HookSettings]) -> int | None:
    """Within how many seconds the hooks that follow a move are through: see `Watch`."""
    timeouts = [one.timeout for one in hooks if one.moment is not Moment.BEFORE]
    return ceil(sum(timeouts)) + _BETWEEN if timeouts else None


def _invocations(deployer: Deployer) -> Invocations:
    return Invocations(deployer.session.invoking_client, deployer.function_name, deployer.clock)
