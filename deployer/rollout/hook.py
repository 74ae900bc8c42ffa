"""Hooks: what the user has run before and after each step, and when a rollout ends.

A `Hook` is a setting. `resolve` finds its function or its command before anything begins; `run_hooks` runs those of one
moment. Each is told the same, `HookContext.data`:

    PythonCall   a function of the user's, with the HookContext; it fails by raising, or by returning False
    LambdaCall   a function at Lambda, with the JSON; it fails by an error, or by answering {"ok": false, "why": ...}
    Command      a process, without a shell, with the JSON at its stdin and as variables; it fails by its status
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from deployer.core.errors import DeployerError, InvalidValue
from deployer.core.percent import Percent
from deployer.rollout.command import Launch, run_command
from deployer.rollout.entry_point import CannotLoad, check_name, load, outcome
from deployer.rollout.event import End, Hooked
from deployer.rollout.invocation import InvokeFunction, document, failure, shown
from deployer.rollout.limit import within

_FORMAT: Final = "lambda-rollouts/hook"
_VERSION: Final = 1


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
class PythonCall:
    """A function "module:function", its module beside the configuration file."""

    function: str

    def __post_init__(self) -> None:
        check_name(self.function)


@dataclass(frozen=True, slots=True)
class LambdaCall:
    """A function at Lambda, by its name or ARN, with or without a qualifier."""

    function: str

    def __post_init__(self) -> None:
        if not self.function:
            raise InvalidValue(self.function, "a hook names the Lambda function that it calls")


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments, run in the directory of the configuration file."""

    arguments: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.arguments or not self.arguments[0] or any("\0" in word for word in self.arguments):
            raise InvalidValue(self.arguments, "a hook's command is a program and its arguments")


Doing: TypeAlias = PythonCall | LambdaCall | Command


@dataclass(frozen=True, slots=True)
class Hook:
    """What is run at which moments, for `limit` seconds at most, and what its failure does."""

    name: str
    moments: tuple[Moment, ...]
    doing: Doing
    on_failure: OnFailure = OnFailure.HOLD
    limit: float = 60.0

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidValue(self.name, "a hook has a name")
        if not self.moments or len(set(self.moments)) < len(self.moments):
            raise InvalidValue(self.moments, "a hook is run at one moment or several, each named once")
        if self.limit <= 0:
            raise InvalidValue(self.limit, "the limit of a hook is above 0 seconds")


@dataclass(frozen=True, slots=True)
class HookContext:
    """What a hook is told at one moment.

    `weight` is version2's share; `version2` is None, and `weight` 0, where one version has all traffic. `step` counts
    from 1, and `share` is what that step gives version1. `ended` is how the rollout ended, at its end.
    """

    moment: Moment
    function_name: str
    alias: str
    version1: str
    version2: str | None = None
    weight: Percent = field(default_factory=lambda: Percent(0))
    step: int = 0
    share: Percent = field(default_factory=lambda: Percent(0))
    release: str | None = None
    ended: End | None = None

    def data(self) -> dict[str, Any]:
        """As JSON data. Within a version members may be added; none is removed or changes its meaning."""
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "moment": str(self.moment),
            "function_name": self.function_name,
            "alias": self.alias,
            "version1": self.version1,
            "version2": self.version2,
            "weight": self.weight.hundredths / 100,
            "step": {"index": self.step, "share": self.share.hundredths / 100},
            "release": self.release,
            "ended": None if self.ended is None else str(self.ended),
        }

    def variables(self) -> dict[str, str]:
        """As environment variables; those without a value are left out."""
        values = {
            "DEPLOYER_MOMENT": str(self.moment),
            "DEPLOYER_FUNCTION": self.function_name,
            "DEPLOYER_ALIAS": self.alias,
            "DEPLOYER_VERSION1": self.version1,
            "DEPLOYER_VERSION2": self.version2,
            "DEPLOYER_WEIGHT": str(self.weight),
            "DEPLOYER_STEP": str(self.step),
            "DEPLOYER_SHARE": str(self.share),
            "DEPLOYER_RELEASE": self.release,
            "DEPLOYER_ENDED": None if self.ended is None else str(self.ended),
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Ports:
    """How hooks reach what they run. `monotonic`: seconds that never go back."""

    invoke: InvokeFunction
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    monotonic: Callable[[], float] = time.monotonic


class HookFailed(DeployerError):
    """A hook says no, for `why`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


Run: TypeAlias = Callable[[HookContext, Ports], None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A hook of which everything has been found. `run` returns when it succeeded, and raises when it did not."""

    hook: Hook
    run: Run


@dataclass(frozen=True, slots=True)
class Ran:
    """The hooks of one moment. `gravest` is what their failures come to; None where none failed."""

    hooked: tuple[Hooked, ...]
    gravest: OnFailure | None


def resolve(hooks: Sequence[Hook], folder: Path) -> tuple[Ready, ...]:
    """The hooks with their functions and programs, looked for in `folder`. Raises CannotLoad for the first missing."""
    return tuple(Ready(hook, _runner(hook, folder)) for hook in hooks)


def run_hooks(hooks: Sequence[Ready], context: HookContext, ports: Ports) -> Ran:
    """Run those of the context's moment in their order.

    One that has the rollout roll back is the last, as nothing graver can follow; at the end, all are run.
    """
    hooked: list[Hooked] = []
    failed: list[OnFailure] = []
    for ready in hooks:
        if context.moment not in ready.hook.moments:
            continue
        hooked.append(_hooked(ready, context, ports))
        if hooked[-1].problem:
            failed.append(ready.hook.on_failure)
        if OnFailure.ROLL_BACK in failed and context.moment is not Moment.END:
            break
    return Ran(tuple(hooked), min(failed, key=list(OnFailure).index, default=None))


def _hooked(ready: Ready, context: HookContext, ports: Ports) -> Hooked:
    problem = ""
    began = ports.monotonic()
    try:
        ready.run(context, ports)
    except Exception as error:  # noqa: BLE001  # a hook is the user's: whatever it raises is its failure
        problem = shown(outcome(error).encode())
    return Hooked(ready.hook.name, str(context.moment), ports.monotonic() - began, problem)


def _runner(hook: Hook, folder: Path) -> Run:
    match hook.doing:
        case PythonCall(name):
            return partial(_call_python, load(name, folder), hook.limit)
        case LambdaCall(function):
            return partial(_call_lambda, function, hook.limit)
        case Command(arguments):
            return partial(_run_command, (program(arguments[0], folder), *arguments[1:]), folder, hook.limit)


def program(name: str, folder: Path) -> str:
    """The program's file: one with a slash in its name lies below `folder`, any other on the PATH.

    Raises CannotLoad.
    """
    found = shutil.which(str(folder.resolve() / name) if "/" in name else name)
    if found is None:
        where = f"in {folder}" if "/" in name else "on the PATH"
        raise CannotLoad(name, f"there is no such program {where}, or it may not be run")
    return found


def _call_python(function: Callable[..., object], limit: float, context: HookContext, _: Ports) -> None:
    if within(limit, lambda: function(context)) is False:
        raise HookFailed("the function says no")


def _call_lambda(function: str, limit: float, context: HookContext, ports: Ports) -> None:
    answer = ports.invoke(function, json.dumps(context.data()).encode(), limit)
    if words := failure(answer):
        raise HookFailed(words)
    try:
        data = document(answer.payload)
    except (ValueError, RecursionError):
        return  # it ended well, and says nothing that we know
    if isinstance(data, dict) and data.get("ok") is False:
        raise HookFailed(str(data.get("why") or "the function says no"))


def _run_command(arguments: Sequence[str], folder: Path, limit: float, context: HookContext, ports: Ports) -> None:
    told = json.dumps(context.data()).encode()
    run_command(Launch(arguments, folder, {**ports.environ, **context.variables()}, told, limit))
