"""The one function that decides."""

from __future__ import annotations

from dataclasses import replace

from deployer.core import deployment, holding, reversal
from deployer.core.action import CreateFunction, Publish, PushCode, PushSettings
from deployer.core.case import Case, open_case
from deployer.core.content import Content
from deployer.core.errors import InvalidRequest
from deployer.core.plan import Decision, Notice, Plan, Reason, Refusal, Topic
from deployer.core.recollection import recollect, way_back
from deployer.core.request import Conclude, Deploy, FollowedUp, Hold, Promote, Request, Resume, Rollback, Route
from deployer.core.situation import ALL_VERSIONS, AllVersions, Situation, Wanted, first_unread
from deployer.core.standstill import going_forward
from deployer.core.state import Stable, Transition
from deployer.core.strategy import Development, Policy
from deployer.core.version import LATEST, Published


def plan(
    situation: Situation,
    request: Request,
    policy: Policy,
    wanted: Wanted | None = None,
    *,
    now: int,
    operation_id: str,
) -> Decision:
    """What to do about `request`: a Plan, or a Refusal that changes nothing.

    `wanted` is needed for a deploy alone: what `$LATEST` will hold once code and settings are pushed, or the number
    that publishing brought, which is judged again by the same rules. `now` is Unix time in seconds; `operation_id` (up
    to 32 letters, digits, `-` and `_`) names this run in the alias's memory.

    Raises InvalidRequest when a deploy comes without `wanted` or before all that `unread` asks for has been read,
    and InvalidValue for another `operation_id`.
    """
    case = open_case(situation, request, policy, now, operation_id)
    if isinstance(case, Refusal):
        return case
    match request:
        case Deploy():
            if wanted is None:
                raise InvalidRequest(request, "a deploy needs what is wanted")
            return _forward(case, request, deployment.decide(case, request, wanted))
        case Promote():
            return _forward(case, request, reversal.promote(case))
        case Route():
            return _route(case, request)
        case Rollback():
            return reversal.roll_back(case, request)
        case Hold() | Resume() | Conclude() | FollowedUp():
            return holding.decide(case, request)


def _forward(case: Case, request: Deploy | Promote, decision: Decision) -> Decision:
    return decision if isinstance(decision, Refusal) else going_forward(decision, case, request)


def unread(situation: Situation, request: Request, policy: Policy, wanted: Content) -> Published | AllVersions | None:
    """The next version whose content must be read before `plan` can decide, or all of them; None when it can."""
    if not isinstance(request, Deploy) or isinstance(policy.strategy, Development):
        return None
    case = open_case(situation, request, policy, 0, "unread")
    if isinstance(case, Refusal):
        return None
    returning = request.again or case.set_aside
    version = first_unread(case.seen, wanted, returning=returning)
    if version is not None or situation.listed:
        return version
    return ALL_VERSIONS if _may_be_published(deployment.decide(case, request, wanted)) else None


def _may_be_published(decision: Decision) -> bool:
    """Whether a run that died may have published already what is to be published.

    What it pushed would still be on `$LATEST`, unless somebody has replaced both the code and settings since.
    """
    kinds = {type(action) for action in decision.actions}
    return Publish in kinds and CreateFunction not in kinds and not {PushSettings, PushCode} <= kinds


def _route(case: Case, request: Route) -> Decision:
    target = request.target
    if target == Stable(LATEST) and not isinstance(case.policy.strategy, Development):
        text = "$LATEST changes under the traffic"
        return case.refused(
            Reason.LATEST_OUTSIDE_DEVELOPMENT, f"{text}; only development environments may route to it", "name a number"
        )
    if case.observed.state == target and not case.foreign:
        return case.nothing(Notice(Topic.ALREADY, f"the alias already shows {target}"))
    routed = case.going(target)
    return replace(routed, notices=routed.notices + _backwards(routed))


def _backwards(routed: Plan) -> tuple[Notice, ...]:
    """That a rollback would go to the newer one of a pair, where it would."""
    write = routed.write
    pair = None if write is None else write.after
    if write is None or not isinstance(pair, Transition) or not isinstance(pair.version1, Published):
        return ()
    if pair.version1 > pair.version2 or way_back(pair, recollect(pair, write.memory)) != pair.version2:
        return ()
    ways = f"`promote` puts {pair.version1} alone on the alias, `rollback` puts {pair.version2} there"
    return (Notice(Topic.BACKWARDS, f"version1 is the older one: {ways}", loud=True),)


def after(situation: Situation, decision: Decision) -> Situation:
    """The situation once a plan has been carried out: for previews, and for tests of histories."""
    step = decision.write if isinstance(decision, Plan) else None
    if step is None:
        return situation
    return replace(situation, state=step.after, description=step.description.text)
