"""Rollback and promote: version2 alone, the version before, or version1 alone; at once, whatever the increments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deployer.core.case import Case
from deployer.core.plan import Decision, Notice, Plan, Reason, Refusal, Topic
from deployer.core.recollection import was_taken_off
from deployer.core.request import Rollback
from deployer.core.state import Absent, Move, Settling, Stable, Transition
from deployer.core.trail import shortened
from deployer.core.version import Published

_NO_ALIAS = "there is no such alias yet"


def roll_back(case: Case, request: Rollback) -> Decision:
    """Where a rollback goes. Repeated with nothing released since, it does nothing, so that a retry is safe."""
    repeated = case.recollection.rolled_back
    state = case.seen.state
    if repeated and isinstance(state, Settling) and _asks_for(request, state.version1, case.back_from(state)):
        return _repeat(case, state)
    if request.to is not None:
        return _roll_back_to(case, request.to)
    match state:
        case Absent():
            return case.refused(Reason.NO_ALIAS, _NO_ALIAS, "`deploy` makes it")
        case Transition() | Settling():
            return _back_to(case, case.back_from(state))
        case Stable(version):
            if repeated:
                text = f"already rolled back to {version}; further back is `rollback --to N`"
                return case.nothing(Notice(Topic.ALREADY, text))
            behind = _behind(case, Stable(version))
            if not behind:
                text = f"nothing is known to have been stable before {version}"
                return case.refused(Reason.NO_TRAIL, text, "choose a version yourself: `rollback --to N`")
            return _back_to(case, behind[0])


def _asks_for(request: Rollback, version: Published, back: Published) -> bool:
    return request.to == version or (request.to is None and back == version)


def _behind(case: Case, state: Stable) -> tuple[Published, ...]:
    """The trail, as far as it is of what is on the alias; somebody else may have gone along it."""
    trail = case.recollection.trail
    return trail if case.recollection.record is not None else shortened(trail, state)


def with_versions(refusal: Refusal, published: Iterable[Published]) -> Refusal:
    """A refusal for want of a trail, with the versions that there are to choose from."""
    there = ", ".join(str(version) for version in published) or "none"
    return replace(refusal, way_out=f"{refusal.way_out}; published versions: {there}")


def _repeat(case: Case, state: Settling) -> Decision:
    """A rollback went to version1, and Lambda has yet to move there: version2 is what it left."""
    if state.move is Move.UNDER_WAY:
        text = f"already rolled back to {state.version1}: Lambda is moving provisioned concurrency there"
        return case.nothing(Notice(Topic.ALREADY, text))
    return case.going(Stable(state.version1))


def _roll_back_to(case: Case, to: Published) -> Decision:
    state, known = case.seen.state, case.recollection
    match state:
        case Absent():
            return case.refused(Reason.NO_ALIAS, _NO_ALIAS, "`deploy` makes it")
        case Stable(version) if version == to:
            return case.nothing(Notice(Topic.ALREADY, f"the alias already points at {to} alone"))
        case Transition() | Settling() if to == case.back_from(state):
            return _back_to(case, to)
        case Transition(version1=version1) | Settling(version1=version1) if to == version1:
            text = f"{to} is where the release goes, not where it comes from"
            return case.refused(Reason.NOT_BACK, text, _ways_forward(case, state))
        case Transition(version2=version2) | Settling(version2=version2) if to == version2 and not was_taken_off(
            to, known
        ):
            text = f"the alias comes from {case.back_from(state)}, and {to} is only tried out"
            return case.refused(Reason.NOT_BACK, text, f"to release it: `route {to}`")
    if was_taken_off(to, known):
        text = f"version {to} was taken off the alias: there is no way back to it"
        return case.refused(
            Reason.NOT_BACK, text, f"to release it again: `route {to}`, or its code with `deploy --again`"
        )
    if isinstance(case.base, Published) and to > case.base and to not in known.trail:
        text = f"version {to} is newer than {case.base}, which is stable: a rollback goes back"
        ways = f"see `history` for what there is to go back to; a newer version is released by `route {to}`"
        return case.refused(Reason.NOT_BACK, text, ways)
    return _back_to(case, to)


def _ways_forward(case: Case, state: Transition | Settling) -> str:
    match state:
        case Transition(version1) | Settling(version1, move=Move.NONE):
            return f"{case.call('promote')} puts {version1} alone on the alias"
        case Settling(version1, move=Move.UNDER_WAY):
            return f"nothing: Lambda is moving provisioned concurrency to {version1}, then it has all traffic"
        case Settling(version1):
            return f"`route {version1}` forces it"


def _back_to(case: Case, version: Published) -> Plan:
    return case.going(Stable(version))


def promote(case: Case) -> Decision:
    """Version1 alone, at once. Repeated, nothing."""
    match case.seen.state:
        case Absent():
            return case.refused(Reason.NO_ALIAS, _NO_ALIAS, "`deploy` makes it")
        case Stable(version):
            return case.nothing(Notice(Topic.ALREADY, f"the alias already points at {version} alone"))
        case Transition(version1=version1):
            return case.going(Stable(version1))
        case Settling() as state:
            return _promote_settling(case, state)


def _promote_settling(case: Case, state: Settling) -> Decision:
    match state.move:
        case Move.UNDER_WAY:
            text = f"Lambda is moving provisioned concurrency to {state.version1}, then it has all traffic"
            return case.nothing(Notice(Topic.SETTLING, text))
        case Move.FAILED:
            return case.refused(
                Reason.MOVE_FAILED,
                f"Lambda could not start provisioned concurrency on {state.version1}",
                f"`rollback` puts {case.back_from(state)} alone on the alias; `route {state.version1}` forces it",
            )
        case Move.NONE:
            return case.going(Stable(state.version1))
