"""Hold, resume, conclude: whether anything goes forward on the alias, and whether it is still watched.

Its routing stays, with the time it has been there.
"""

from __future__ import annotations

from dataclasses import replace

from deployer.core.case import Case
from deployer.core.memory import Memory, Record, Verb, no_earlier
from deployer.core.plan import Decision, Notice, Reason, Topic
from deployer.core.request import Hold, Resume
from deployer.core.state import Absent, Routing, Settling, Stable, Transition


def hold(case: Case) -> Decision:
    """Nothing goes forward from here; going back is always allowed. Repeated, nothing."""
    if case.recollection.on_hold:
        return case.nothing(Notice(Topic.ALREADY, "the alias is on hold already"))
    return _standing(case, Hold())


def resume(case: Case) -> Decision:
    """It may go forward again. A weight that somebody else has set becomes a step, from now on. Repeated, nothing."""
    if case.recollection.record is not None and not case.recollection.on_hold:
        return case.nothing(Notice(Topic.ALREADY, "the alias is not on hold"))
    return _standing(case, Resume())


def conclude(case: Case) -> Decision:
    """The release that has all traffic has passed: it counts as promoted. Repeated, nothing."""
    known, state = case.recollection, case.observed.state
    if known.record is None or known.record.operation.verb is not Verb.DEPLOY or not isinstance(state, Stable):
        return case.nothing(Notice(Topic.ALREADY, "no release is to be concluded"))
    record = replace(known.record, operation=replace(case.operation, verb=Verb.PROMOTE))
    return case.writing(Memory(known.head, known.fingerprint, known.trail, record, known.left))


def _standing(case: Case, request: Hold | Resume) -> Decision:
    """The same routing, written with another word on whether it goes forward."""
    match case.observed.state:
        case Absent():
            return case.refused(Reason.NO_ALIAS, "there is no such alias yet", "`deploy` makes it")
        case Settling(version1, version2):
            text = f"Lambda has yet to move provisioned concurrency from {version2} to {version1}"
            return case.refused(Reason.SETTLING, text, "wait until it has; see `status`")
        case Stable() | Transition() as routing:
            return _rewritten(case, request, routing)


def _rewritten(case: Case, request: Hold | Resume, routing: Routing) -> Decision:
    known = case.recollection
    if isinstance(routing, Transition) and known.record is None and (known.manual or not known.described):
        return case.refused(
            Reason.NOT_OURS,
            f"the transition {routing} was not begun by a deploy of ours",
            "`route` sets what you mean; `deploy --adopt` takes it over",
        )
    record = known.record or _unknown(case, routing)
    operation = replace(case.operation, verb=record.operation.verb)
    record = replace(record, routing=routing, operation=operation, on_hold=isinstance(request, Hold))
    return case.writing(Memory(known.head, known.fingerprint, known.trail, record, known.left))


def _unknown(case: Case, routing: Routing) -> Record:
    """The record of what somebody else has set: another weight of our release, or one version alone."""
    began = case.recollection.began
    verb = Verb.DEPLOY if isinstance(routing, Transition) else Verb.ROUTE
    return Record(routing, no_earlier(case.now, began), replace(case.operation, verb=verb), began=began)
