"""What is wanted, compared by content with what there is: the first that is equal gives it its name."""

from __future__ import annotations

from enum import StrEnum

from deployer.core.content import Content
from deployer.core.errors import InvalidRequest
from deployer.core.situation import Situation, Wanted, first_unread
from deployer.core.state import Transition, versions_on
from deployer.core.version import New, Published, Version


class Verdict(StrEnum):
    """How what is wanted stands to what there is."""

    UNCHANGED = "unchanged"  # equal to version1
    REVERTED = "reverted"  # equal to version2, where the release under way comes from
    HELD = "held"  # equal to head or another that was rolled back or routed away from
    CHANGED = "changed"


def judge(situation: Situation, wanted: Wanted, *, returning: bool) -> Verdict:
    """Name what is wanted. Raises InvalidRequest while contents that matter have not been read (see `first_unread`)."""
    if isinstance(wanted, Content):
        missing = first_unread(situation, wanted, returning=returning)
        if missing is not None:
            raise InvalidRequest(str(missing), "the contents must be read before planning")
    # No release comes from a version2 that is only tried out.
    names = (Verdict.UNCHANGED,) if situation.recollection.trial else (Verdict.UNCHANGED, Verdict.REVERTED)
    for version, name in zip(versions_on(situation.state), names, strict=False):
        if _equal(situation, version, wanted):
            return name
    return Verdict.CHANGED if taken_off(situation, wanted) is None else Verdict.HELD


def tried_out(situation: Situation, wanted: Wanted) -> Published | None:
    """The version that is only tried out beside version1, if it holds what is wanted."""
    state = situation.state
    if not isinstance(state, Transition) or not situation.recollection.trial:
        return None
    return state.version2 if _equal(situation, state.version2, wanted) else None


def taken_off(situation: Situation, wanted: Wanted) -> Published | New | None:
    """The version that was taken off the alias and holds what is wanted, if there is one."""
    recollection = situation.recollection
    candidates = (recollection.head, *recollection.left)
    return next((one for one in candidates if one is not None and _equal(situation, one, wanted)), None)


def _equal(situation: Situation, version: Version | New, wanted: Wanted) -> bool:
    if isinstance(wanted, Content):
        return situation.fingerprint(version) == wanted.fingerprint
    return version == wanted
