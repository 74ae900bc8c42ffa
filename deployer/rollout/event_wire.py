"""Events as JSON data, and back.

    {"format": "lambda-rollouts/event", "version": 1, "type": "stepped", "at": "2026-11-20T08:00:00.000Z",
     "subject": {"function_name": ..., "alias": ..., ...}, "what": {... the members of what happened ...}}

Within a version members may be added; none is removed or changes its meaning. `docs/event.schema.json` describes it.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from deployer.rollout.event import (
    Began,
    Ended,
    Event,
    Happening,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Subject,
    Tested,
    Waited,
)
from deployer.rollout.json_form import Unreadable, read, write

FORMAT: Final = "lambda-rollouts/event"
VERSION: Final = 1
TYPES: Final[Mapping[str, type[Happening]]] = types.MappingProxyType(
    {
        "began": Began,
        "tested": Tested,
        "hooked": Hooked,
        "stepped": Stepped,
        "looked": Looked,
        "waited": Waited,
        "rolled-back": RolledBack,
        "held": Held,
        "resumed": Resumed,
        "noticed": Noticed,
        "ended": Ended,
    }
)
"""What happened, by its name in `type`."""
_NAMES: Final = {kind: name for name, kind in TYPES.items()}
_EVENT: Final = "event"


def type_of(event: Event) -> str:
    """The name of what happened, e.g. "stepped"."""
    return _NAMES[type(event.what)]


def event_data(event: Event) -> dict[str, Any]:
    """An event as data. `at` is in UTC, to the millisecond; all else is kept as it is."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "type": type_of(event),
        "at": at_text(event.at),
        "subject": write(event.subject, Subject),
        "what": write(event.what, type(event.what)),
    }


def event_text(event: Event) -> str:
    """The same as one line of JSON, without its end."""
    return json.dumps(event_data(event), allow_nan=False, separators=(",", ":"))


def read_event(data: object) -> Event:
    """The event that `event_data` made `data` of. Raises Unreadable, also for what a later version wrote."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable(_EVENT, f"it has no format {FORMAT!r}, so it is no event of a rollout")
    if data.get("version") != VERSION:
        problem = f"{data.get('version')!r} is unknown; this release of lambda-rollouts reads version {VERSION}"
        raise Unreadable(f"{_EVENT}.version", f"{problem}: use the one that wrote it, or a later one")
    name = data.get("type")
    kind = TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Unreadable(f"{_EVENT}.type", f"{name!r} is none of {', '.join(TYPES)}")
    subject = read(data.get("subject"), Subject, f"{_EVENT}.subject")
    return Event(_read_at(data.get("at")), subject, read(data.get("what"), kind, f"{_EVENT}.what"))


def at_text(at: float) -> str:
    """Unix seconds as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(round(at, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_at(text: object) -> float:
    try:
        at = datetime.fromisoformat(typing.cast("str", text))
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{_EVENT}.at", f"{text!r} is no time as ISO 8601 writes it") from error
    if at.tzinfo is None:
        raise Unreadable(f"{_EVENT}.at", f"{text!r} names no time zone")
    return at.timestamp()
