"""One case to decide: the situation, seen in our orientation, with all that the rules look at.

Transitions that no token of ours describes are recognised here, before any verb decides:

    version1's number is higher    a canary by other means in our orientation: carry on with a notice; in protected
                                   environments only with `adopt`
    version1's number is lower     CodeDeploy's orientation, the old version first: refused; with `adopt` it is read
                                   the other way round, so that version1 is where the release goes
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from deployer.core.action import Action, write
from deployer.core.memory import Memory, Operation, Record, Through, Verb, no_earlier
from deployer.core.plan import Notice, Plan, Reason, Refusal, Topic
from deployer.core.recollection import Recollection, way_back
from deployer.core.request import Conclude, Deploy, FollowedUp, Hold, Promote, Request, Resume, Rollback, Route, verb_of
from deployer.core.situation import Situation
from deployer.core.state import Routing, Settling, Stable, Transition, versions_on
from deployer.core.strategy import Policy
from deployer.core.succession import Succession
from deployer.core.token import TokenTooNew
from deployer.core.verdict import Verdict
from deployer.core.version import LATEST, New, Published, Version

_FORWARD: Final = (Verb.DEPLOY, Verb.ROUTE)


@dataclass(frozen=True, slots=True)
class Case:
    """What a verb decides from.

    `seen` is `observed` in our orientation; they differ only in a transition that has the older version first.
    `carried` tells that a transition begun by other means is carried on with, as if a deploy had begun it.
    `follow_up` tells that hooks are to follow what is written.
    """

    observed: Situation
    seen: Situation
    policy: Policy
    now: int
    operation: Operation
    notices: tuple[Notice, ...] = ()
    carried: bool = False
    follow_up: bool = False

    @property
    def recollection(self) -> Recollection:
        """What is known beyond the state, in our orientation."""
        return self.seen.recollection

    @property
    def base(self) -> Version | New | None:
        """The version that was last stable."""
        return self.recollection.base

    def back_from(self, pair: Transition | Settling) -> Published:
        """Where a rollback goes from the pair that is on the alias."""
        return way_back(pair, self.recollection)

    def call(self, verb: str) -> str:
        """A verb as it has to be typed for what is on the alias."""
        return f"`{verb} --adopt`" if self.foreign else f"`{verb}`"

    @property
    def foreign(self) -> bool:
        """Whether the alias shows a transition that no token of ours describes."""
        return isinstance(self.observed.state, Transition) and not self.observed.recollection.described

    @property
    def set_aside(self) -> bool:
        """Whether head was stable until the alias was put on `$LATEST`: nobody took it off for its own sake."""
        recollection = self.recollection
        return self.seen.state == Stable(LATEST) and recollection.trail[:1] == (recollection.head,)

    def noting(self, *notices: Notice) -> Case:
        """The same case with more to be said."""
        return replace(self, notices=self.notices + notices)

    def nothing(self, *notices: Notice, verdict: Verdict | None = None) -> Plan:
        """A plan to do nothing, saying why."""
        return Plan((), self.notices + notices, verdict)

    def refused(self, reason: Reason, text: str, way_out: str, verdict: Verdict | None = None) -> Refusal:
        """No plan, saying why and what to do instead."""
        return Refusal(reason, text, way_out, self.notices, verdict)

    def going(
        self,
        after: Routing,
        *,
        before: tuple[Action, ...] = (),
        verdict: Verdict | None = None,
        head: Published | New | None = None,
    ) -> Plan:
        """A plan that ends with `after` on the alias. `head` is given when it becomes another version."""
        if head is None:
            head, fingerprint = self.recollection.head, self.recollection.fingerprint
            fingerprint = fingerprint or (self.seen.fingerprint(head) if head is not None else None)
        else:
            fingerprint = self.seen.fingerprint(head)
        succession = Succession(self.observed.state, self.seen, self.operation.verb, after)
        began = self._began(after)
        since = self._since(began)
        follow_up = since if self.follow_up else None
        record = Record(after, since, self.operation, succession.manual(), began, follow_up=follow_up)
        memory = Memory(head, fingerprint, succession.trail(), record, succession.left(head))
        return self.writing(memory, before=before, verdict=verdict)

    def writing(self, memory: Memory, *, before: tuple[Action, ...] = (), verdict: Verdict | None = None) -> Plan:
        """A plan that ends with that memory on the alias, and the routing that it describes."""
        step = write(self.observed.state, memory.record.routing, memory, self.observed.written)
        notices = self.notices
        if step.description.cut:
            notices += (Notice(Topic.TEXT_CUT, "the alias's own description is cut to make room for the memory"),)
        return Plan((*before, step), notices, verdict)

    def _since(self, began: int | None) -> int:
        """Now, but no earlier than the step before, which another machine may have dated."""
        last = self.recollection.record
        return no_earlier(self.now, began if last is None or began is None else last.since)

    def _began(self, after: Routing) -> int | None:
        """When the release began that goes on with another share; None where one begins, or nobody knows."""
        known, state = self.recollection, self.seen.state
        if known.manual or self.operation.verb not in _FORWARD:
            return None
        if not isinstance(state, Transition):
            return None
        goes_on = after == Stable(state.version1) or versions_on(after) == versions_on(state)
        return known.began if goes_on else None


def open_case(situation: Situation, request: Request, policy: Policy, now: int, operation_id: str) -> Case | Refusal:
    """Recognise what the alias shows. A Refusal when it must not be touched."""
    try:
        recollection = situation.recollection
    except TokenTooNew as error:
        return Refusal(Reason.MEMORY_TOO_NEW, str(error), "install the newer deployer that wrote it")
    operation = Operation(verb_of(request), operation_id, policy.through)
    case = Case(situation, situation, policy, now, operation, follow_up=_follows(request))
    case = case.noting(*_about_memory(situation, recollection))
    owner = recollection.through
    if owner is not None and owner is not policy.through:
        if isinstance(request, Route):
            case = _for_the_other_adapter(case, owner)
        elif not _adopts(request):
            return _by_the_other_adapter(case, owner)
    state = situation.state
    if not isinstance(state, Transition) or not case.foreign:
        return case
    turned = _turned(state)
    if isinstance(request, Route):
        # A route says itself where to go; only where the alias comes from, for the trail, is seen from the right side.
        return case if turned is None else _turn(case, turned)
    if turned is None:
        return _by_other_means(case, state, adopt=_adopts(request))
    return _reversed(case, state, turned, adopt=_adopts(request))


def _follows(request: Request) -> bool:
    return isinstance(request, Deploy | Rollback | Conclude) and request.follow_up


def _adopts(request: Deploy | Promote | Rollback | Hold | Resume | Conclude | FollowedUp) -> bool:
    """Whether it takes over what is not ours; nobody holds what he would not touch."""
    return not isinstance(request, Hold | Resume | Conclude | FollowedUp) and request.adopt


def _for_the_other_adapter(case: Case, owner: Through) -> Case:
    """Whoever routes in a hurry changes no owner: the next release goes the way that the last one did."""
    notice = Notice(Topic.OTHER_ADAPTER, f"the alias is released through {_called(owner)}, and stays so", loud=True)
    return replace(case, operation=replace(case.operation, through=owner)).noting(notice)


def _called(owner: Through) -> str:
    return "Lambda's own API" if owner is Through.API else "a CloudFormation stack"


def _by_the_other_adapter(case: Case, owner: Through) -> Refusal:
    return case.refused(
        Reason.OTHER_ADAPTER,
        f"the alias is released through {_called(owner)}, and one function has one publisher",
        "go on releasing it that way; or change over for good with --adopt (docs/cdk.md tells how)",
    )


def _turned(state: Transition) -> Transition | None:
    """A transition that has the lower number first, the other way round."""
    match state.version1:
        case Published() as version1 if version1 < state.version2:
            return Transition(state.version2, version1, state.share)
        case Published() | New():
            return None


def _by_other_means(case: Case, state: Transition, *, adopt: bool) -> Case | Refusal:
    text = f"the transition {state} was not begun by a deploy of ours"
    if case.policy.protected and not adopt:
        return case.refused(
            Reason.FOREIGN, f"{text}, and the environment is protected", "take it over with --adopt, or use `route`"
        )
    if case.recollection.manual and not adopt:
        return case
    notice = Notice(Topic.FOREIGN, f"{text}; carrying on with it as a canary", loud=True)
    return replace(case, carried=True).noting(notice)


def _reversed(case: Case, state: Transition, turned: Transition, *, adopt: bool) -> Case | Refusal:
    looks = f"the transition {state} has the lower number first, as CodeDeploy does"
    if not adopt:
        return case.refused(
            Reason.FOREIGN_REVERSED,
            f"{looks}; the release seems to go to {turned.version1}",
            "let CodeDeploy finish or stop it; or set what you mean with `route`; or take it over with --adopt "
            f"as a release to {turned.version1}",
        )
    notice = Notice(Topic.FOREIGN, f"{looks}; taken over as a release to {turned.version1}", loud=True)
    return replace(_turn(case, turned), carried=True).noting(notice)


def _turn(case: Case, turned: Transition) -> Case:
    seen = replace(case.seen, state=turned)
    return replace(case, seen=seen)


def _about_memory(situation: Situation, recollection: Recollection) -> tuple[Notice, ...]:
    if situation.written.damaged:
        return (
            Notice(
                Topic.MEMORY_DAMAGED, "the alias's memory is damaged, or another alias's, and counts as none", loud=True
            ),
        )
    if recollection.remembered and recollection.record is None:
        text = "the alias was changed by other means since it was last written; head and trail are kept"
        return (Notice(Topic.MEMORY_OTHER_ROUTING, text),)
    return ()
