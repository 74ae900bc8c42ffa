"""The world that the core's tests share: some versions, what they hold, and how an alias says what it remembers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from deployer.core import (
    CanaryIncrements,
    Content,
    CreateAlias,
    Description,
    Memory,
    New,
    Percent,
    Published,
    Shift,
    Transition,
    compose,
)

TWO, THREE, FOUR, FIVE, SIX = (Published(number) for number in range(2, 7))
# What each version holds; `newer` is what no version holds yet.
HOLDS: Final = {version: Content(f"code-{version}", {}) for version in (TWO, THREE, FOUR, FIVE, SIX)}
NEWER: Final = Content("code-newer", {})
FINGERPRINTS: Final[dict[Published | New, str | None]] = {
    version: content.fingerprint for version, content in HOLDS.items()
}
SCHEDULE: Final = CanaryIncrements.of([25, 50, 75])
UNDER_WAY: Final = Transition(FIVE, FOUR, Percent(7500))


def described(memory: Memory, text: str = "") -> str:
    """The Description of an alias that remembers just that, behind a person's own text."""
    return compose(Description(text, "", None), memory).text


def numbered(action: CreateAlias | Shift, version: Published) -> CreateAlias | Shift:
    """The same write with `version` in the place of NEW."""
    memory = action.memory.resolved(version)
    return replace(action, after=memory.record.routing, memory=memory)
