"""What is wanted, compared by content with what there is: the first that is equal gives it its name."""

from __future__ import annotations

from enum import StrEnum

from deployer.core.content import Content
from deployer.core.errors import InvalidRequest
from deployer.core.situation import Situation, Wanted, first_unread
from deployer.core.state import versions_on
from deployer.core.version import New, Version


class Verdict(StrEnum):
    """How what is wanted stands to what there is."""

    UNCHANGED = "unchanged"  # equal to version1
    REVERTED = "reverted"  # equal to version2
    HELD = "held"  # equal to head, which was rolled back or routed away from
    CHANGED = "changed"


def judge(situation: Situation, wanted: Wanted, *, returning: bool = False) -> Verdict:
    """Name what is wanted. Raises InvalidRequest while contents that matter have not been read (see `first_unread`)."""
    if isinstance(wanted, Content):
        missing = first_unread(situation, wanted, returning=returning)
        if missing is not None:
            raise InvalidRequest(str(missing), "the content of this version must be read before planning")
    on_alias = versions_on(situation.state)
    head = situation.recollection.head
    names = (Verdict.UNCHANGED, Verdict.REVERTED)
    for version, name in (*zip(on_alias, names, strict=False), (head, Verdict.HELD)):
        if version is not None and _equal(situation, version, wanted):
            return name
    return Verdict.CHANGED


def _equal(situation: Situation, version: Version | New, wanted: Wanted) -> bool:
    if isinstance(wanted, Content):
        return situation.fingerprint(version) == wanted.fingerprint
    return version == wanted
