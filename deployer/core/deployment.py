"""Deploy: the rows of the rules table, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deployer.core.action import Action, Await, CreateFunction, Publish, PushCode, PushSettings
from deployer.core.case import Case
from deployer.core.content import Content
from deployer.core.increments import CanaryIncrements
from deployer.core.plan import Decision, Notice, Plan, Reason, Topic
from deployer.core.request import Deploy
from deployer.core.situation import Wanted, unrouted
from deployer.core.state import Absent, Move, Routing, Settling, Stable, Transition, versions_on
from deployer.core.strategy import BlueGreen, Canary, Development, OnNewer
from deployer.core.verdict import Verdict, at_hand, judge, taken_off
from deployer.core.version import LATEST, NEW, Latest, New, Published

# UpdateFunctionCode alone can change it (Lambda API, shape UpdateFunctionCodeRequest).
_WITH_CODE = "Architectures"
_AGAIN = "to release it nevertheless: `deploy --again`"


def decide(case: Case, request: Deploy, wanted: Wanted) -> Decision:
    """What a deploy of `wanted` does."""
    strategy = case.policy.strategy
    if isinstance(strategy, Development):
        return _follow_latest(case, wanted)
    returning = request.again or case.set_aside
    verdict = judge(case.seen, wanted, returning=returning)
    held = taken_off(case.seen, wanted) if verdict is Verdict.HELD else None
    if held is not None:
        if not (request.again or (case.set_aside and held == case.recollection.head)):
            return _held(case, held)
        # It has been published, so it is put back as it is: neither pushed nor published anew.
        verdict, wanted = Verdict.CHANGED, held
    elif verdict is Verdict.CHANGED:
        wanted = at_hand(case.seen, wanted) or wanted
    match case.seen.state:
        case Absent():
            text = "first release: there is nothing to canary against"
            return _release(case, wanted, None, *_if_canary(strategy, Notice(Topic.FIRST_RELEASE, text)))
        case Stable(Latest()):
            text = "moving from $LATEST to the new version at once: AWS refuses weights with $LATEST"
            return _release(case, wanted, None, *_if_canary(strategy, Notice(Topic.LATEST_NO_WEIGHTS, text)))
        case Settling() as state:
            return _settle(case, state)
        case Stable() as state:
            return _from_stable(case, wanted, verdict, state)
        case Transition() as state:
            return _from_transition(case, request, wanted, verdict, state)


def _if_canary(strategy: BlueGreen | Canary, notice: Notice) -> tuple[Notice, ...]:
    return (notice,) if isinstance(strategy, Canary) else ()


def _follow_latest(case: Case, wanted: Wanted) -> Decision:
    pushes = push(case.seen.latest, wanted)
    if case.seen.state == Stable(LATEST):
        if not pushes:
            return case.nothing(Notice(Topic.UNCHANGED, "$LATEST already holds what is wanted"))
        return Plan(pushes, case.notices, Verdict.CHANGED)
    return case.going(Stable(LATEST), before=pushes)


def _held(case: Case, version: Published | New) -> Decision:
    tried = version in versions_on(case.seen.state)
    where = "is only tried out since it was taken off" if tried else "was taken off the alias"
    when = "" if isinstance(case.seen.state, Stable) else ", once one version has all traffic"
    text = f"version {version} {where} and does not come back by itself; {_AGAIN}{when}"
    return case.nothing(Notice(Topic.HELD, text, loud=True), verdict=Verdict.HELD)


def _settle(case: Case, state: Settling) -> Decision:
    match state.move:
        case Move.UNDER_WAY:
            text = f"Lambda is moving provisioned concurrency from {state.version2} to {state.version1}"
            return Plan((Await(state),), (*case.notices, Notice(Topic.SETTLING, text)))
        case Move.FAILED:
            return case.refused(
                Reason.MOVE_FAILED,
                f"Lambda could not move provisioned concurrency from {state.version2} to {state.version1}: all traffic "
                f"stays on {state.version2} until the alias is written",
                f"`rollback` puts {case.back_from(state)} alone on the alias; "
                f"or see why {state.version1} does not start",
            )
        case Move.NONE:
            return case.refused(
                Reason.ALL_ON_SECOND,
                f"the alias names {state.version1} but gives {state.version2} all traffic, and Lambda is not moving "
                "provisioned concurrency: somebody set it so",
                f"`promote` puts {state.version1} alone on the alias, `rollback` puts {case.back_from(state)} there",
            )


def _from_stable(case: Case, wanted: Wanted, verdict: Verdict, state: Stable) -> Decision:
    if verdict is not Verdict.CHANGED:
        text = f"version {state.version} already holds what is wanted"
        return case.nothing(Notice(Topic.UNCHANGED, text), verdict=verdict)
    if not case.recollection.remembered:
        case = case.noting(_no_memory(state.version))
    strategy = case.policy.strategy
    if isinstance(strategy, Canary) and isinstance(state.version, Published):
        return _release(case, wanted, (state.version, strategy.increments))
    return _release(case, wanted, None)


def _no_memory(version: object) -> Notice:
    text = f"the alias has no memory of ours: version {version} counts as what was last deployed"
    return Notice(Topic.NO_MEMORY, text)


def _from_transition(case: Case, request: Deploy, wanted: Wanted, verdict: Verdict, state: Transition) -> Decision:
    match verdict:
        case Verdict.UNCHANGED:
            return _step(case, state, verdict)
        case Verdict.REVERTED:
            comes_from = "beside another one" if _by_hand(case) else "where the release under way comes from"
            return case.refused(
                Reason.REVERTED,
                f"what is wanted equals version {state.version2}, {comes_from}",
                f"{case.call('rollback')} puts {state.version2} alone on the alias",
                verdict,
            )
        case Verdict.CHANGED | Verdict.HELD:
            return _newer(case, request, wanted, state)


def _newer(case: Case, request: Deploy, wanted: Wanted, state: Transition) -> Decision:
    strategy = case.policy.strategy
    deploy = "`deploy --again`" if request.again else "`deploy`"
    match strategy:
        case BlueGreen(refuse_newer=True) | Canary(on_newer=OnNewer.REFUSE):
            text = f"{_under_way(case, state)}, and newer code is refused meanwhile"
            return case.refused(Reason.NEWER, text, _ways_on(case, wanted, state, deploy), Verdict.CHANGED)
        case BlueGreen():
            return _release(case, wanted, None, _replaced(case, state))
        case Canary(increments, OnNewer.RESTART):
            base = case.base if isinstance(case.base, Published) else case.back_from(state)
            return _release(case, wanted, (base, increments), _replaced(case, state))
        case Canary() | Development() if _by_hand(case):
            return _left_alone(case, state, Verdict.CHANGED, _then(wanted, state))
        case Canary() | Development():
            text = (
                f"newer code waits: {_under_way(case, state)}, and takes its next step first; {deploy} when it is done"
            )
            case = case.noting(Notice(Topic.NEWER_WAITS, text, loud=True))
            return _step(case, state, Verdict.CHANGED)


def _replaced(case: Case, state: Transition) -> Notice:
    return Notice(Topic.REPLACED, f"{_under_way(case, state)}, and gives way to newer code", loud=True)


def _under_way(case: Case, state: Transition) -> str:
    if _by_hand(case):
        return f"the transition {state} was set by hand"
    return f"the release of {state.version1} is under way at {state.share} %"


def _ways_on(case: Case, wanted: Wanted, state: Transition, deploy: str) -> str:
    """How what is under way is ended, so that what is wanted can be released."""
    if wanted == state.version2:
        return f"`route {wanted}` releases it"
    promote, rollback = case.call("promote"), case.call("rollback")
    return f"finish it with {promote}, or end it with {rollback} to {case.back_from(state)}, then {deploy}"


def _by_hand(case: Case) -> bool:
    return case.recollection.manual and not case.carried


def _then(wanted: Wanted, state: Transition) -> str:
    if wanted == state.version2:
        return f"; `route {wanted}` releases what is wanted"
    return ", and only then is it looked at what is wanted"


def _left_alone(case: Case, state: Transition, verdict: Verdict, then: str = "") -> Decision:
    ways = "`promote`, `rollback` or `route` move it"
    text = f"the transition {state} was set by hand and is left alone; {ways}{then}"
    return case.nothing(Notice(Topic.MANUAL, text, loud=True), verdict=verdict)


def _step(case: Case, state: Transition, verdict: Verdict) -> Decision:
    """The next increment of a release that a deploy began; a transition made by hand is left alone."""
    if _by_hand(case):
        return _left_alone(case, state, verdict)
    strategy = case.policy.strategy
    # What was stable before is no release: taken over, it has all traffic again.
    if isinstance(strategy, Canary) and not case.recollection.manual:
        increment = strategy.increments.above(state.share)
    else:
        increment = None
    after = Stable(state.version1) if increment is None else Transition(state.version1, state.version2, increment.rest)
    return case.going(after, verdict=verdict, head=state.version1)


def _release(
    case: Case, wanted: Wanted, against: tuple[Published, CanaryIncrements] | None, *notices: Notice
) -> Decision:
    """Push, publish and put the new version on the alias: at once, or at the first increment against a version."""
    found = unrouted(case.seen, wanted) if isinstance(wanted, Content) else None
    if found is not None:
        text = f"version {found} holds it already, and is newer than all that the alias remembers: none is published"
        case, wanted = case.noting(Notice(Topic.LEFT_BEHIND, text)), found
    version = wanted if isinstance(wanted, Published | New) else NEW
    pushes = push(case.seen.latest, wanted)
    before = pushes if not isinstance(wanted, Content) else (*pushes, Publish(wanted.fingerprint))
    if isinstance(wanted, Content):
        case = replace(case, seen=case.seen.knowing(version, wanted.fingerprint))
    if against is None or against[0] == version:
        after: Routing = Stable(version)
    else:
        after = Transition(version, against[0], against[1].first.rest)
    return case.noting(*notices).going(after, before=before, head=version, verdict=Verdict.CHANGED)


def push(latest: Content | None, wanted: Wanted) -> tuple[Action, ...]:
    """The writes after which `$LATEST` holds what is wanted: settings first, as new code may need them."""
    if not isinstance(wanted, Content):
        return ()
    if latest is None:
        return (CreateFunction(wanted.fingerprint),)
    between = Content(latest.code_sha256, _with_member(wanted.settings, _WITH_CODE, latest.settings.get(_WITH_CODE)))
    actions: list[Action] = []
    if between.fingerprint != latest.fingerprint:
        names, removed = latest.changes(between), latest.removals(between)
        actions.append(PushSettings(latest.fingerprint, between.fingerprint, names, removed))
    if wanted.fingerprint != between.fingerprint:
        actions.append(PushCode(between.fingerprint, wanted.fingerprint, wanted.code_sha256))
    return tuple(actions)


def _with_member(settings: Mapping[str, object], name: str, value: object) -> Mapping[str, object]:
    others = {key: setting for key, setting in settings.items() if key != name}
    return others if value is None else {**others, name: value}
