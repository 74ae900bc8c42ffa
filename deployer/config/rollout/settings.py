"""How a release goes the whole way by itself, as a configuration says it, in plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from deployer.core.errors import InvalidValue
from deployer.core.freeze import Freeze
from deployer.core.watch.policy import Watch

Shadow = Literal["show", "fail"]
Moment = Literal["before", "after", "end"]
OnFailure = Literal["roll_back", "hold", "ignore"]
OnInterrupt = Literal["stop", "roll_back"]


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """One test of the new version before it has traffic: invoked with `event`, judged by expectations or by `check`.

    event   absolute path of a JSON file that could be read when the configuration was
    status  the `statusCode` of the answer; `json` is what the answer must contain; `within` its time in seconds
    check   `module:function`, which judges alone; without `event` it may invoke with its own
    shadow  what a difference to the old version's answer does; None does not ask the old one
    """

    name: str
    event: Path | None = None
    status: int | None = None
    json: Mapping[str, object] | None = field(default=None, hash=False)
    within: int | None = None
    check: str | None = None
    shadow: Shadow | None = None

    def __post_init__(self) -> None:
        if self.event is None and self.check is None:
            raise InvalidValue(self.name, "a test has an event, a check, or both")
        expected = (self.status, self.json, self.within, self.shadow)
        if self.check is not None and any(value is not None for value in expected):
            raise InvalidValue(self.name, "a test has a check or expectations, not both")


@dataclass(frozen=True, slots=True)
class PythonHook:
    """A Python callable, `module:function`."""

    target: str


@dataclass(frozen=True, slots=True)
class LambdaHook:
    """A Lambda function, by name or ARN."""

    function: str


@dataclass(frozen=True, slots=True)
class CommandHook:
    """A command, word by word."""

    words: tuple[str, ...]


HookRun: TypeAlias = PythonHook | LambdaHook | CommandHook


@dataclass(frozen=True, slots=True)
class HookSettings:
    """What is run before or after each step or at the end; `timeout` in seconds."""

    name: str
    moment: Moment
    run: HookRun
    timeout: int = 30
    on_failure: OnFailure = "hold"


@dataclass(frozen=True, slots=True)
class NotifyFile:
    """A file to append to, by its absolute path."""

    path: Path


@dataclass(frozen=True, slots=True)
class NotifyWebhook:
    """A URL to post to. Whoever knows it can post there, so it stays out of the repr."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotifyTopic:
    """An SNS topic, by ARN."""

    arn: str


@dataclass(frozen=True, slots=True)
class NotifyBus:
    """An EventBridge bus, by name or ARN."""

    name: str


NotifySettings: TypeAlias = NotifyFile | NotifyWebhook | NotifyTopic | NotifyBus


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """Everything that the table `rollout` says about one function in one environment.

    `directory` is where the configuration is: commands run there, and modules are found from there. In the windows of
    `freeze`, and at all where `stopped` says why, nothing goes forward, by whichever command.
    """

    watch: Watch
    directory: Path
    freeze: Freeze = field(default_factory=Freeze)
    stopped: str | None = None
    tests: tuple[TrialSettings, ...] = ()
    hooks: tuple[HookSettings, ...] = ()
    notify: tuple[NotifySettings, ...] = ()
    on_interrupt: OnInterrupt = "stop"
