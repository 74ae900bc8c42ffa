"""What is wanted, compared by content with what there is: the first that is equal gives it its name."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from deployer.core.content import Content
from deployer.core.errors import InvalidRequest
from deployer.core.recollection import way_back
from deployer.core.situation import Situation, Wanted, first_unread
from deployer.core.state import Settling, Transition, versions_on
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
    state = situation.state
    if any(_equal(situation, version1, wanted) for version1 in versions_on(state)[:1]):
        return Verdict.UNCHANGED
    if isinstance(state, Transition | Settling) and _equal(situation, state.version2, wanted):
        back = way_back(state, situation.recollection)
        if back == state.version2:
            return Verdict.REVERTED
    return Verdict.CHANGED if taken_off(situation, wanted) is None else Verdict.HELD


def taken_off(situation: Situation, wanted: Wanted) -> Published | New | None:
    """The version that was taken off the alias and holds what is wanted, if there is one."""
    recollection = situation.recollection
    return _first_equal(situation, (recollection.head, *recollection.left), wanted)


def at_hand(situation: Situation, wanted: Wanted) -> Published | New | None:
    """The version that holds what is wanted, is no release and needs none: tried out as version2, or stable before."""
    others = (*versions_on(situation.state)[1:], situation.recollection.base)
    return _first_equal(situation, others, wanted)


def _first_equal(
    situation: Situation, versions: Iterable[Version | New | None], wanted: Wanted
) -> Published | New | None:
    candidates = (version for version in versions if isinstance(version, Published | New))
    return next((version for version in candidates if _equal(situation, version, wanted)), None)


def _equal(situation: Situation, version: Version | New, wanted: Wanted) -> bool:
    if isinstance(wanted, Content):
        return situation.fingerprint(version) == wanted.fingerprint
    return version == wanted
