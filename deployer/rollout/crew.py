"""Puts a driver together from what a configuration says: who looks, who tests, who is told.

Whatever can be found wrong beforehand is: a function that is not there, a file that cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deployer.aws.invocation import Invocations
from deployer.aws.session import Session
from deployer.config.rollout.settings import (
    CommandHook,
    HookRun,
    HookSettings,
    LambdaHook,
    NotifyBus,
    NotifyFile,
    NotifySettings,
    NotifyTopic,
    NotifyWebhook,
    PythonHook,
    RolloutSettings,
    TrialSettings,
)
from deployer.core import Published
from deployer.deployer import Deployer
from deployer.rollout import hook, trial
from deployer.rollout.driver import Driver
from deployer.rollout.event import Event, Happening, Subject, Tested
from deployer.rollout.eyes import AwsEyes
from deployer.rollout.notifiers.event_bridge import EventBridge
from deployer.rollout.notifiers.json_lines import JsonLines
from deployer.rollout.notifiers.sns import Sns
from deployer.rollout.notifiers.webhook import Webhook
from deployer.rollout.ports import Hooks, Trial
from deployer.rollout.stream import Listener, Stream


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
    notifiers = (_notifier(one, deployer.session) for one in settings.notify)
    stream = Stream(*listeners, *notifiers)
    return Driver(
        deployer=deployer,
        watch=settings.watch,
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


def _notifier(settings: NotifySettings, session: Session) -> Listener:
    match settings:
        case NotifyFile(path):
            return JsonLines(path)
        case NotifyWebhook(url):
            return Webhook(url)
        case NotifyTopic(arn):
            return Sns(session.sns_client, arn)
        case NotifyBus(name):
            return EventBridge(session.events_client, name)


def _trial(settings: Sequence[TrialSettings], folder: Path, deployer: Deployer) -> Trial:
    tests = trial.resolve([_test(one) for one in settings], folder)
    invocations = _invocations(deployer)

    def run(new: Published, old: Published | None) -> Tested:
        pair = trial.Pair(deployer.function_name, deployer.alias, new, old)
        return trial.run(tests, pair, invocations.call)

    return run


def _test(settings: TrialSettings) -> trial.Test:
    return trial.Test(
        name=settings.name,
        event=b"{}" if settings.event is None else settings.event.read_bytes(),
        status=settings.status,
        json=settings.json,
        within=settings.within,
        check=settings.check,
        shadow=None if settings.shadow is None else trial.Shadow(settings.shadow),
    )


def _hooks(settings: Sequence[HookSettings], folder: Path, deployer: Deployer) -> Hooks:
    ready = hook.resolve([_hook(one) for one in settings], folder)
    ports = hook.Ports(_invocations(deployer).call_function, monotonic=deployer.clock.monotonic)
    return lambda context: hook.run_hooks(ready, context, ports)


def _hook(settings: HookSettings) -> hook.Hook:
    moments = (hook.Moment(settings.moment),)
    doing, then = _doing(settings.run), hook.OnFailure(settings.on_failure)
    return hook.Hook(settings.name, moments, doing, then, settings.timeout)


def _doing(run: HookRun) -> hook.Doing:
    match run:
        case PythonHook(target):
            return hook.PythonCall(target)
        case LambdaHook(function):
            return hook.LambdaCall(function)
        case CommandHook(words):
            return hook.Command(words)


def _invocations(deployer: Deployer) -> Invocations:
    return Invocations(deployer.session.invoking_client, deployer.function_name, deployer.clock)
