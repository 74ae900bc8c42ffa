"""Plans, states and memories as JSON data. Nothing secret is in them: settings by name, contents by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from deployer.core.action import (
    Action,
    Await,
    CreateAlias,
    CreateFunction,
    Publish,
    PushCode,
    PushSettings,
    Shift,
)
from deployer.core.plan import Decision, Notice, Plan, Refusal
from deployer.core.recollection import Recollection
from deployer.core.state import Absent, AliasState, Settling, Stable, Transition

Json: TypeAlias = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None


def state_data(state: AliasState) -> dict[str, Json]:
    """`{"state": ..., "version1": ..., "version2": ..., "weight": ...}`; weight in percent, as version2's share."""
    match state:
        case Absent():
            return {"state": "absent"}
        case Stable(version):
            return {"state": "stable", "version1": str(version)}
        case Transition(version1, version2, weight):
            shown = {"version1": str(version1), "version2": str(version2)}
            return {"state": "transition", **shown, "weight": weight.hundredths / 100}
        case Settling(version1, version2, move):
            shown = {"version1": str(version1), "version2": str(version2)}
            return {"state": "settling", **shown, "weight": 100, "move": str(move)}


def action_data(action: Action) -> dict[str, Json]:
    """One action, named by `do`."""
    match action:
        case CreateFunction(after):
            return {"do": "create-function", "after": after}
        case PushSettings(before, after, names, removed):
            changed: dict[str, Json] = {"settings": list(names), "removed": list(removed)}
            return {"do": "push-settings", "before": before, "after": after, **changed}
        case PushCode(before, after, code_sha256):
            return {"do": "push-code", "before": before, "after": after, "code_sha256": code_sha256}
        case Publish(content):
            return {"do": "publish", "content": content}
        case CreateAlias(before, after, memory, _) | Shift(before, after, memory, _):
            name = "create-alias" if isinstance(action, CreateAlias) else "shift"
            kept: dict[str, Json] = {
                "head": None if memory.head is None else str(memory.head),
                "trail": [str(version) for version in memory.trail],
                "operation": f"{memory.record.operation.verb}.{memory.record.operation.id}",
            }
            return {"do": name, "before": state_data(before), "after": state_data(after), "memory": kept}
        case Await(before):
            return {"do": "await", "before": state_data(before)}


def decision_data(decision: Decision) -> dict[str, Json]:
    """A plan or a refusal."""
    data: dict[str, Json] = {
        "verdict": None if decision.verdict is None else str(decision.verdict),
        "actions": [action_data(action) for action in decision.actions],
        "notices": [notice_data(notice) for notice in decision.notices],
    }
    match decision:
        case Plan():
            return {"decision": "plan", **data}
        case Refusal(reason, text, way_out):
            return {"decision": "refusal", "reason": str(reason), "text": text, "way_out": way_out, **data}


def notice_data(notice: Notice) -> dict[str, Json]:
    """One notice."""
    return {"topic": str(notice.topic), "text": notice.text, "loud": notice.loud}


def recollection_data(recollection: Recollection) -> dict[str, Json]:
    """What is known of an alias beyond its state; `since` and `began`, of the whole release, in Unix seconds."""
    record = recollection.record
    return {
        "head": None if recollection.head is None else str(recollection.head),
        "trail": [str(version) for version in recollection.trail],
        "since": None if record is None else record.since,
        "began": None if record is None else record.release_began,
        "on_hold": recollection.on_hold,
        "operation": None if record is None else f"{record.operation.verb}.{record.operation.id}",
        "remembered": recollection.remembered,
    }
