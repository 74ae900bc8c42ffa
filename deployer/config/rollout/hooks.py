"""What is run before and after each step, and at the end."""

from __future__ import annotations

from typing import Any

from deployer.config.duration import checked
from deployer.config.merge import Given
from deployer.config.rollout.settings import (
    CommandHook,
    HookRun,
    HookSettings,
    LambdaHook,
    Moment,
    OnFailure,
    PythonHook,
)
from deployer.config.rollout.tables import HOOK_BUILT_IN
from deployer.config.rollout.written import Written
from deployer.config.suggest import listed
from deployer.config.validate import Invalid

_RUNS = ("python", "lambda", "command")


def hooks(written: Written) -> tuple[HookSettings, ...]:
    """All hooks, in the order of the file."""
    found = (_hook(written, given) for given in written.items("hooks"))
    return tuple(hook for hook in found if hook is not None)


def _hook(written: Written, given: Given) -> HookSettings | None:
    key = one_of(written, given, _RUNS)
    if key == "command" and given.value[key][0] == "":
        written.find(given, "expected a program, got an empty text", key, 0)
        return None
    if key is None or refused(given.value.get("name")) or refused(given.value[key]):
        return None
    table: dict[str, Any] = {**HOOK_BUILT_IN, **given.value}
    return HookSettings(
        name=table.get("name") or _called(key, table[key]),
        moment=Moment(table["at"]),
        run=_run(key, table[key]),
        timeout=checked(table["timeout"]),
        on_failure=OnFailure(table["on_failure"]),
    )


def one_of(written: Written, given: Given, keys: tuple[str, ...]) -> str | None:
    """The one of these keys that a table has; where it is not just one, that is said."""
    found = [key for key in keys if key in given.value]
    if not found:
        written.find(given, f"needs one of {listed(keys)}")
    for key in found[1:]:
        written.find(given, f"does not go with {found[0]} in one table; write two", key)
    return found[0] if len(found) == 1 else None


def refused(value: object) -> bool:
    """Whether a value, or one within a list, was refused."""
    return isinstance(value, Invalid) or (isinstance(value, list) and any(isinstance(item, Invalid) for item in value))


def _called(key: str, value: Any) -> str:
    return " ".join(value) if key == "command" else str(value)


def _run(key: str, value: Any) -> HookRun:
    if key == "python":
        return PythonHook(value)
    return LambdaHook(value) if key == "lambda" else CommandHook(tuple(value))
