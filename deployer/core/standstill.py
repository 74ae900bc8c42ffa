"""Standstill: what stops every step forward. Going back is always allowed, and so is what a person routes by hand.

on hold    somebody put the alias on hold, and nobody has resumed it
stopped    the configuration says that nothing goes forward
frozen     a freeze window is shut
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from deployer.core.case import Case
from deployer.core.freeze import Closed
from deployer.core.plan import Decision, Notice, Plan, Reason, Topic
from deployer.core.recollection import Recollection
from deployer.core.request import Deploy, Promote
from deployer.core.strategy import Policy


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why nothing goes forward, and what to do. `closed` is the freeze window, None where a person ends it."""

    reason: Reason
    text: str
    way_out: str
    closed: Closed | None = None


def standstill(policy: Policy, known: Recollection, now: int, override: str | None, verb: str) -> Standstill | None:
    """What stops a step forward at `now` (Unix seconds). `override` lifts a stop and a freeze, but no hold.

    `verb` is what goes forward, for people to type.
    """
    if known.on_hold:
        return Standstill(Reason.ON_HOLD, "the alias is on hold", "`resume` lets it go forward; `rollback` goes back")
    return None if override else _shut(policy, now, verb)


def _shut(policy: Policy, now: int, verb: str) -> Standstill | None:
    way_out = f"`{verb} --override REASON` goes forward nevertheless; `rollback` is always allowed"
    if policy.stopped is not None:
        text = f"nothing goes forward in this environment: {policy.stopped}"
        return Standstill(Reason.STOPPED, text, f"take `stop` out of the configuration, or {way_out}")
    closed = policy.freeze.closed(now)
    if closed is None:
        return None
    until = datetime.fromtimestamp(closed.until, UTC)
    text = f"nothing goes forward until {until:%Y-%m-%d %H:%M %Z}: {closed.window}"
    return Standstill(Reason.FROZEN, text, f"wait, or {way_out}", closed)


def going_forward(decision: Plan, case: Case, request: Deploy | Promote) -> Decision:
    """The decision, or a refusal where it would do something and nothing may go forward."""
    if not decision.actions:
        return decision
    verb = "promote" if isinstance(request, Promote) else "deploy"
    stop = standstill(case.policy, case.recollection, case.now, request.override, verb)
    if stop is not None:
        return replace(case, notices=decision.notices).refused(stop.reason, stop.text, stop.way_out, decision.verdict)
    overridden = _shut(case.policy, case.now, verb)
    if overridden is None:
        return decision
    notice = Notice(Topic.OVERRIDDEN, f"{overridden.text}; overridden: {request.override}", loud=True)
    return replace(decision, notices=(*decision.notices, notice))
