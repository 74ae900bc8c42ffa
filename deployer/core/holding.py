"""Hold, resume, conclude, followed up: whether anything goes forward on the alias, and what is still to be done there.

Its routing stays, with the time it has been there.
"""

from __future__ import annotations

from dataclasses import replace

from deployer.core.case import Case
from deployer.core.memory import Memory, Record, Verb, no_earlier
from deployer.core.plan import Decision, Notice, Plan, Reason, Topic
from deployer.core.request import Conclude, FollowedUp, Hold, Resume
from deployer.core.state import Absent, Routing, Settling, Stable, Transition


def decide(case: Case, request: Hold | Resume | Conclude | FollowedUp) -> Decision:
    """What to do about any of the four."""
    match request:
        case Hold():
            return _hold(case)
        case Resume():
            return _resume(case)
        case Conclude():
            return _conclude(case)
        case FollowedUp():
            return _followed_up(case, request)


def _hold(case: Case) -> Decision:
    """Nothing goes forward from here; going back is always allowed. Repeated, nothing."""
    if case.recollection.on_hold:
        return case.nothing(Notice(Topic.ALREADY, "the alias is on hold already"))
    return _standing(case, on_hold=True)


def _resume(case: Case) -> Decision:
    """It may go forward again. A weight that somebody else has set becomes a step, from now on. Repeated, nothing."""
    if case.recollection.record is not None and not case.recollection.on_hold:
        return case.nothing(Notice(Topic.ALREADY, "the alias is not on hold"))
    return _standing(case, on_hold=False)


def _conclude(case: Case) -> Decision:
    """The release that has all traffic has passed: it counts as promoted. Repeated, nothing."""
    known, state = case.recollection, case.observed.state
    if known.record is None or known.record.operation.verb is not Verb.DEPLOY or not isinstance(state, Stable):
        return case.nothing(Notice(Topic.ALREADY, "no release is to be concluded"))
    follow_up = no_earlier(case.now, known.record.since) if case.follow_up else None
    return _remembering(case, replace(known.record, operation=case.operation, follow_up=follow_up))


def _followed_up(case: Case, request: FollowedUp) -> Decision:
    """The hooks of one write are through, or claimed. Of another, nothing; and nothing while Lambda moves capacity."""
    record = case.recollection.record
    theirs = record is not None and (record.routing, record.follow_up) == (request.routing, request.of)
    if record is None or not theirs or isinstance(case.observed.state, Settling):
        return case.nothing(Notice(Topic.ALREADY, "nothing of that is to follow"))
    operation = replace(case.operation, verb=record.operation.verb)
    follow_up = no_earlier(case.now, record.since) if request.claimed else None
    return _remembering(case, replace(record, operation=operation, follow_up=follow_up))


def _standing(case: Case, *, on_hold: bool) -> Decision:
    """The same routing, written with another word on whether it goes forward."""
    match case.observed.state:
        case Absent():
            return case.refused(Reason.NO_ALIAS, "there is no such alias yet", "`deploy` makes it")
        case Settling(version1, version2):
            text = f"Lambda has yet to move provisioned concurrency from {version2} to {version1}"
            return case.refused(Reason.SETTLING, text, "wait until it has; see `status`")
        case Stable() | Transition() as routing:
            return _rewritten(case, routing, on_hold=on_hold)


def _rewritten(case: Case, routing: Routing, *, on_hold: bool) -> Decision:
    known = case.recollection
    if isinstance(routing, Transition) and known.record is None and (known.manual or not known.described):
        return case.refused(
            Reason.NOT_OURS,
            f"the transition {routing} was not begun by a deploy of ours",
            "`route` sets what you mean; `deploy --adopt` takes it over",
        )
    record = known.record or _unknown(case, routing)
    operation = replace(case.operation, verb=record.operation.verb)
    return _remembering(case, replace(record, operation=operation, on_hold=on_hold))


def _remembering(case: Case, record: Record) -> Plan:
    """The routing as it is, written with another record."""
    known = case.recollection
    return case.writing(Memory(known.head, known.fingerprint, known.trail, record, known.left))


def _unknown(case: Case, routing: Routing) -> Record:
    """The record of what somebody else has set: another weight of our release, or one version alone."""
    began = case.recollection.began
    verb = Verb.DEPLOY if isinstance(routing, Transition) else Verb.ROUTE
    return Record(routing, no_earlier(case.now, began), replace(case.operation, verb=verb), began=began)
