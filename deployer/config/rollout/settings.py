"""How a release goes the whole way by itself, as a configuration says it, in plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from deployer.config.rollout.callable_name import check_name
from deployer.core.errors import InvalidValue
from deployer.core.freeze import Freeze
from deployer.core.watch.policy import Watch

OnInterrupt = Literal["stop", "roll_back"]


class Shadow(StrEnum):
    """What a difference between the old and the new version's answers does."""

    SHOW = "show"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """One test of the new version before it has traffic: one event, and what the new version has to make of it.

    The function must always end without an error of its own.

    event    absolute path of a JSON file; it is read again before anything begins. None, beside a check, sends `{}`
    status   the `statusCode` of the answer
    json     what the answer must hold: members of objects are looked for, all else has to be equal; None asks nothing
    within   how many seconds it may take
    check    `module:function`, called with a CheckContext: it judges alone, and may invoke with events of its own
    shadow   asks the old version too, and says what a difference does; None does not
    timeout  seconds after which an invocation, or the whole check, is given up
    """

    name: str
    event: Path | None = None
    status: int | None = None
    json: Mapping[str, object] | None = field(default=None, hash=False)
    within: float | None = None
    check: str | None = None
    shadow: Shadow | None = None
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidValue(self.name, "a test has a name")
        if self.event is None and self.check is None:
            raise InvalidValue(self.name, "a test has an event, a check, or both")
        if self.timeout <= 0 or (self.within is not None and not 0 < self.within <= self.timeout):
            shown = f"within {self.within} s, timeout {self.timeout} s"
            raise InvalidValue(shown, f"a test takes time, and `within` is at most its limit of {self.timeout:g} s")
        if self.check is not None:
            check_name(self.check)
            if any(asked is not None for asked in (self.status, self.json, self.within, self.shadow)):
                raise InvalidValue(self.name, "a test has either a check or expectations, not both")


class Moment(StrEnum):
    """When a hook is run. BEFORE a step the alias shows what it showed, AFTER it what the step made of it."""

    BEFORE = "before"
    AFTER = "after"
    END = "end"


class OnFailure(StrEnum):
    """What a hook that fails does to the rollout, the gravest first."""

    ROLL_BACK = "roll_back"
    HOLD = "hold"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class PythonHook:
    """A Python callable, `module:function`, its module beside the configuration file."""

    target: str

    def __post_init__(self) -> None:
        check_name(self.target)


@dataclass(frozen=True, slots=True)
class LambdaHook:
    """A Lambda function, by name or ARN, with or without a qualifier."""

    function: str

    def __post_init__(self) -> None:
        if not self.function:
            raise InvalidValue(self.function, "a hook names the Lambda function that it calls")


@dataclass(frozen=True, slots=True)
class CommandHook:
    """A command, word by word: a program and its arguments, run in the directory of the configuration file."""

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.words or not self.words[0] or any("\0" in word for word in self.words):
            raise InvalidValue(self.words, "a hook's command is a program and its arguments")


HookRun: TypeAlias = PythonHook | LambdaHook | CommandHook


@dataclass(frozen=True, slots=True)
class HookSettings:
    """What is run before or after each step or at the end, for `timeout` seconds at most, and what its failure does."""

    name: str
    moment: Moment
    run: HookRun
    timeout: float = 30.0
    on_failure: OnFailure = OnFailure.HOLD

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidValue(self.name, "a hook has a name")
        if self.timeout <= 0:
            raise InvalidValue(self.timeout, "the limit of a hook is above 0 seconds")


@dataclass(frozen=True, slots=True)
class NotifyFile:
    """A file to append to, by its absolute path."""

    path: Path

    def __str__(self) -> str:
        return f"the file {self.path}"


@dataclass(frozen=True, slots=True)
class NotifyWebhook:
    """A URL to post to. Whoever knows it can post there, so only its host is ever shown."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return f"the webhook at {urlsplit(self.url).hostname}"


@dataclass(frozen=True, slots=True)
class NotifyTopic:
    """An SNS topic, by ARN."""

    arn: str

    def __str__(self) -> str:
        return f"the SNS topic {self.arn}"


@dataclass(frozen=True, slots=True)
class NotifyBus:
    """An EventBridge bus, by name or ARN."""

    name: str

    def __str__(self) -> str:
        return f"the event bus {self.name}"


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
