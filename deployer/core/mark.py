"""The release mark: what a published version's Description says about where it comes from.

    release 1.4.0; commit 3f2a9c1; at 2026-11-23T17:43:00Z; by alice; run k3J9x2Qa

Lambda keeps a version's Description for good (256 characters), so the mark outlives whoever wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TIME: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z"
_MARK: Final = re.compile(
    r"(?:release (?P<release>[^;]+); )?"
    r"(?:commit (?P<commit>[^;]+); )?"
    rf"at (?P<at>{_TIME})"
    r"(?:; by (?P<by>[^;]+))?"
    r"(?:; override (?P<override>[^;]+))?"
    r"; run (?P<run>[^;]+)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Release name, git commit, time (ISO 8601, UTC), person, and the id of the run that published it.

    `override` is why it was released although nothing should have been.
    """

    run: str
    at: str
    release: str | None = None
    commit: str | None = None
    by: str | None = None
    override: str | None = None

    def __str__(self) -> str:
        parts = (("release", self.release), ("commit", self.commit), ("at", self.at), ("by", self.by))
        named = [(name, _plain(text or "", 44)) for name, text in parts]
        # All of them at their longest, and this one, just fit into a Description.
        named.append(("override", _plain(self.override or "", 28)))
        return "; ".join([*(f"{name} {text}" for name, text in named if text), f"run {_plain(self.run, 32)}"])


def read_mark(description: str) -> Mark | None:
    """Read what a Mark wrote; None for any other Description, however slightly it differs."""
    found = _MARK.fullmatch(description)
    if found is None:
        return None
    mark = Mark(**found.groupdict())
    return mark if str(mark) == description else None


def _plain(text: str, room: int) -> str:
    return re.sub(r"[;\s]+", " ", text).strip().encode("ascii", "replace").decode()[:room].rstrip()
