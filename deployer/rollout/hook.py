"""Hooks: what the user has run before and after each step, and when a rollout ends.

`resolve` finds the function or the command of each before anything begins; `run_hooks` runs those of one moment. Each
is told the same, `HookContext.data`:

    PythonHook   a function of the user's, with the HookContext; it fails by raising, or by returning False
    LambdaHook   a function at Lambda, with the JSON; it fails by an error, or by answering {"ok": false, "why": ...}
    CommandHook  a process, without a shell, with the JSON at its stdin and as variables; it fails by its status
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from deployer.config.rollout.settings import CommandHook, HookSettings, LambdaHook, Moment, OnFailure, PythonHook
from deployer.core.errors import DeployerError
from deployer.rollout.command import Launch, run_command
from deployer.rollout.context import HookContext
from deployer.rollout.entry_point import CannotLoad, load, outcome
from deployer.rollout.event import Hooked
from deployer.rollout.invocation import InvokeFunction, document, failure, shown
from deployer.rollout.limit import within
from deployer.rollout.ports import Ran


@dataclass(frozen=True, slots=True)
class Tools:
    """How hooks reach what they run. `monotonic`: seconds that never go back."""

    invoke: InvokeFunction
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    monotonic: Callable[[], float] = time.monotonic


class SaysNo(DeployerError):
    """A hook says no, for `why`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


Run: TypeAlias = Callable[[HookContext, Tools], None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A hook of which everything has been found. `run` returns when it succeeded, and raises when it did not."""

    hook: HookSettings
    run: Run


def resolve(hooks: Sequence[HookSettings], folder: Path) -> tuple[Ready, ...]:
    """The hooks with their functions and programs, looked for in `folder`. Raises CannotLoad for the first missing."""
    return tuple(Ready(hook, _runner(hook, folder)) for hook in hooks)


def run_hooks(hooks: Sequence[Ready], context: HookContext, tools: Tools) -> Ran:
    """Run those of the context's moment in their order.

    One that has the rollout roll back is the last, as nothing graver can follow; at the end, all are run.
    """
    hooked: list[Hooked] = []
    failed: list[OnFailure] = []
    for ready in hooks:
        if ready.hook.moment is not context.moment:
            continue
        hooked.append(_hooked(ready, context, tools))
        if hooked[-1].problem:
            failed.append(ready.hook.on_failure)
        if OnFailure.ROLL_BACK in failed and context.moment is not Moment.END:
            break
    return Ran(tuple(hooked), min(failed, key=list(OnFailure).index, default=None))


def _hooked(ready: Ready, context: HookContext, tools: Tools) -> Hooked:
    problem = ""
    began = tools.monotonic()
    try:
        ready.run(context, tools)
    except Exception as error:  # noqa: BLE001  # a hook is the user's: whatever it raises is its failure
        problem = shown(outcome(error).encode())
    return Hooked(ready.hook.name, str(context.moment), tools.monotonic() - began, problem)


def _runner(hook: HookSettings, folder: Path) -> Run:
    match hook.run:
        case PythonHook(target):
            return partial(_call_python, load(target, folder), hook.timeout)
        case LambdaHook(function):
            return partial(_call_lambda, function, hook.timeout)
        case CommandHook(words):
            return partial(_run_command, (program(words[0], folder), *words[1:]), folder, hook.timeout)


def program(name: str, folder: Path) -> str:
    """The program's file: one with a slash in its name lies below `folder`, any other on the PATH.

    Raises CannotLoad.
    """
    found = shutil.which(str(folder.resolve() / name) if "/" in name else name)
    if found is None:
        where = f"in {folder}" if "/" in name else "on the PATH"
        raise CannotLoad(name, f"there is no such program {where}, or it may not be run")
    return found


def _call_python(function: Callable[..., object], timeout: float, context: HookContext, _: Tools) -> None:
    if within(timeout, lambda: function(context)) is False:
        raise SaysNo("the function says no")


def _call_lambda(function: str, timeout: float, context: HookContext, tools: Tools) -> None:
    answer = tools.invoke(function, json.dumps(context.data()).encode(), timeout)
    if words := failure(answer):
        raise SaysNo(words)
    try:
        data = document(answer.payload)
    except (ValueError, RecursionError):
        return  # it ended well, and says nothing that we know
    if isinstance(data, dict) and data.get("ok") is False:
        raise SaysNo(str(data.get("why") or "the function says no"))


def _run_command(arguments: Sequence[str], folder: Path, timeout: float, context: HookContext, tools: Tools) -> None:
    told = json.dumps(context.data()).encode()
    run_command(Launch(arguments, folder, {**tools.environ, **context.variables()}, told, timeout))
