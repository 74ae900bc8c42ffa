"""What a plan file says, and how it differs from what is so now, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.core.content import same_code, same_settings

WRITES: Final = frozenset({"create-alias", "shift"})
"""The actions that write the alias."""


def differing(then: str | None, now: str | None) -> str:
    """What differs between two contents, told by their fingerprints; None is no function."""
    if then is None or now is None:
        return "all"
    match same_code(then, now), same_settings(then, now):
        case False, True:
            return "the code"
        case True, False:
            return "a setting"
        case _:
            return "the code with a setting"


def shown(state: Mapping[str, Any]) -> str:
    """The state of an alias."""
    versions = [str(state[name]) for name in ("version1", "version2") if name in state]
    weight = f" at {state['weight']:g} %" if "weight" in state else ""
    return (" and ".join(versions) or "absent") + weight


def steps(actions: Any) -> str:
    """Actions, one after another."""
    return ", ".join(_step(action) for action in actions) or "nothing"


def _step(action: Mapping[str, Any]) -> str:
    return f"{action['do']} to {shown(action['after'])}" if action["do"] in WRITES else str(action["do"])
