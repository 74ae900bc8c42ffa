"""The form of a plan file, and where a value departs from it.

A form is a type, a text or None that must stand there, a check, [the form of every item], {a form for each member, and
no other member}, or (one form, or another).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from deployer.core import InvalidValue, Operation, Verb

Form: TypeAlias = Any
"""A value such as the first lines describe; its type would say no more."""


def _operation_id(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        Operation(Verb.DEPLOY, value)
    except InvalidValue:
        return False
    return True


def _percent(value: object) -> bool:
    return type(value) in (int, float) and 0 < value <= 100  # type: ignore[operator]  # noqa: PLR2004


_TEXT_OR_NONE: Final[Form] = (str, None)
_STATES: Final[tuple[Mapping[str, Form], ...]] = (
    {"state": "absent"},
    {"state": "stable", "version1": str},
    {"state": "transition", "version1": str, "version2": str, "weight": _percent},
    {"state": "settling", "version1": str, "version2": str, "weight": _percent, "move": str},
)
_MEMORY: Final[Form] = {"head": _TEXT_OR_NONE, "trail": [str], "operation": str}
_ACTIONS: Final[Form] = (
    {"do": "create-function", "after": str},
    {"do": "push-settings", "before": str, "after": str, "settings": [str], "removed": [str]},
    {"do": "push-code", "before": str, "after": str, "code_sha256": str},
    {"do": "publish", "content": str},
    {"do": "create-alias", "before": _STATES, "after": _STATES, "memory": _MEMORY},
    {"do": "shift", "before": _STATES, "after": _STATES, "memory": _MEMORY},
)
_PLAN: Final[Form] = {
    "alias": tuple({"revision": _TEXT_OR_NONE, **state} for state in _STATES),
    "latest": _TEXT_OR_NONE,
    "latest_revision": _TEXT_OR_NONE,
    "wanted": _TEXT_OR_NONE,
    "decision": "plan",
    "verdict": _TEXT_OR_NONE,
    "actions": [_ACTIONS],
    "notices": [{"topic": str, "text": str, "loud": bool}],
}
FORM: Final[Form] = {
    "format": str,
    "environment": str,
    "function": str,
    "function_name": str,
    "alias_name": str,
    "request": {"again": bool, "adopt": bool},
    "operation_id": _operation_id,
    "release": _TEXT_OR_NONE,
    "artifact": (None, {"given": str, "code_sha256": str}),
    "plan": _PLAN,
}
"""What `PlanFile.write` writes."""


def departure(value: object, form: Form, path: str = "it") -> str | None:
    """The first thing in `value` that is not as `form` has it, None when all is."""
    match form:
        case dict() if isinstance(value, dict):
            return _in_members(value, form, path)
        case list() if isinstance(value, list):
            return _in_items(value, form[0], path)
        case _:
            return None if _fits(value, form) else f"{path} is malformed"


def _fits(value: object, form: Form) -> bool:
    match form:
        case dict() | list():
            return False
        case tuple():
            return any(departure(value, one) is None for one in form)
        case type():
            return type(value) is form
        case str() | None:
            return bool(value == form)
        case check:
            return bool(check(value))


def _in_members(value: dict[str, object], forms: Mapping[str, Form], path: str) -> str | None:
    if missing := forms.keys() - value.keys():
        return f"{path} lacks {min(missing)}"
    if len(value) > len(forms):
        return f"{path} has members that no plan has"
    found = (departure(value[name], form, f"{path}.{name}".removeprefix("it.")) for name, form in forms.items())
    return next(filter(None, found), None)


def _in_items(values: list[object], form: Form, path: str) -> str | None:
    found = (departure(value, form, f"{path}[{index}]") for index, value in enumerate(values))
    return next(filter(None, found), None)
