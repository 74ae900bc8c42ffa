"""The release mark: what a published version's Description says about where it comes from.

    release 1.4.0; commit 3f2a9c1; at 2026-11-23T17:43:00Z; by alice; run k3J9x2Qa

Lambda keeps a version's Description for good (256 characters), so the mark outlives whoever wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PART: Final = re.compile(r"(release|commit|at|by|run) ([^;]*)")


@dataclass(frozen=True, slots=True)
class Mark:
    """Release name, git commit, time (ISO 8601, UTC), person, and the id of the run that published it."""

    run: str
    at: str
    release: str | None = None
    commit: str | None = None
    by: str | None = None

    def __str__(self) -> str:
        parts = (("release", self.release), ("commit", self.commit), ("at", self.at), ("by", self.by))
        named = [f"{name} {_plain(text, 44)}" for name, text in parts if text]
        return "; ".join([*named, f"run {_plain(self.run, 32)}"])


def read_mark(description: str) -> Mark | None:
    """Read what a Mark wrote; None for any other Description."""
    found = {name: text.strip() for name, text in _PART.findall(description)}
    if "run" not in found or "at" not in found:
        return None
    return Mark(**found)


def _plain(text: str, room: int) -> str:
    return re.sub(r"[;\s]+", " ", text).strip().encode("ascii", "replace").decode()[:room]
