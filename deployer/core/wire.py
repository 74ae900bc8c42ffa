"""Plans, states and memories as JSON data. Nothing secret is in them: settings by name, contents by fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

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
from deployer.core.errors import InvalidValue
from deployer.core.percent import Percent
from deployer.core.plan import Decision, Notice, Plan, Refusal
from deployer.core.recollection import Recollection
from deployer.core.state import Absent, AliasState, Move, Settling, Stable, Transition
from deployer.core.version import NEW, New, Published, Version, read_published, read_version

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


def read_state_data(data: Json) -> AliasState:
    """The state that `state_data` wrote. Raises InvalidValue for anything else."""
    if not isinstance(data, Mapping):
        raise InvalidValue(data, _NO_STATE)
    state = data.get("state")
    read = _STATES.get(state) if isinstance(state, str) else None
    if read is None:
        raise InvalidValue(data, _NO_STATE)
    return read(data)


def _read_transition(data: Mapping[str, Json]) -> Transition:
    weight = data.get("weight")
    if isinstance(weight, Mapping | list | None):
        raise InvalidValue(data, _NO_STATE)
    version1, version2 = _published_or_new(_text(data, "version1")), read_published(_text(data, "version2"))
    return Transition(version1, version2, Percent.of(weight))


def _read_settling(data: Mapping[str, Json]) -> Settling:
    move = _text(data, "move")
    if move not in set(Move):
        raise InvalidValue(data, _NO_STATE)
    return Settling(read_published(_text(data, "version1")), read_published(_text(data, "version2")), Move(move))


def _version_or_new(text: str) -> Version | New:
    return NEW if text == str(NEW) else read_version(text)


def _published_or_new(text: str) -> Published | New:
    return NEW if text == str(NEW) else read_published(text)


def _text(data: Mapping[str, Json], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise InvalidValue(data, _NO_STATE)
    return value


_NO_STATE: Final = "is no state of an alias as `state_data` writes it"
_STATES: Final[Mapping[str, Callable[[Mapping[str, Json]], AliasState]]] = {
    "absent": lambda _: Absent(),
    "stable": lambda data: Stable(_version_or_new(_text(data, "version1"))),
    "transition": _read_transition,
    "settling": _read_settling,
}


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
    off: list[Json] = [str(version) for version in recollection.taken_off]
    back: Json = {"since": record.since, "taken_off": off} if record is not None and recollection.rolled_back else None
    return {
        "head": None if recollection.head is None else str(recollection.head),
        "trail": [str(version) for version in recollection.trail],
        "since": None if record is None else record.since,
        "began": None if record is None else record.release_began,
        "on_hold": recollection.on_hold,
        "rolled_back": back,
        "operation": None if record is None else f"{record.operation.verb}.{record.operation.id}",
        "remembered": recollection.remembered,
    }
