"""What a driver does to the alias, with the tests and hooks around it, and the telling of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import AwsFailure
from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.config.rollout.settings import Moment, OnFailure
from deployer.core import (
    Absent,
    AliasState,
    Conclude,
    CreateAlias,
    Deploy,
    FollowedUp,
    Hold,
    Plan,
    Published,
    Refusal,
    Rollback,
    Routing,
    Settling,
    Shift,
    Stable,
    Transition,
    versions_on,
)
from deployer.core.memory import Verb
from deployer.core.standstill import standstill
from deployer.core.watch.course import Course, FollowUp, OnHold, RollBack, Step, Wait
from deployer.core.watch.sight import SETTLES
from deployer.deployer import Deployer
from deployer.rollout.demand import Demand
from deployer.rollout.event import End, Held, RolledBack, Stepped
from deployer.rollout.failure import HookFailed, TestsFailed
from deployer.rollout.hooking import Hooking
from deployer.rollout.ports import Trial
from deployer.rollout.standing import Standing
from deployer.rollout.telling import Telling, in_one_line


@dataclass(slots=True, kw_only=True)
class Hands:
    """Moves one alias: each move is told, and has its hooks.

    What it writes says that hooks are to follow, and once they are through, that they are: so whoever carries on knows
    of hooks that were left undone.
    """

    deployer: Deployer
    standing: Standing
    trial: Trial
    hooking: Hooking
    telling: Telling
    override: str | None
    _demand: Demand | None = field(default=None, init=False)
    _through: FollowedUp | None = field(default=None, init=False)  # be it said on the alias or not

    @property
    def rollback(self) -> Rollback:
        """What is asked for by whoever goes back."""
        return Rollback(follow_up=self._follows)

    @property
    def _follows(self) -> bool:
        return self.standing.watch.hooked

    def begin(self, prepared: Prepared) -> Course | None:
        """The first step of something new, once its tests have passed; None where it is to be looked at now."""
        outcome = self.deployer.execute(prepared, lambda write: self._before_traffic(prepared, write))
        self._stepped(outcome, prepared.operation_id, "first step")
        try:
            return self._after_hooks(outcome)
        except AwsFailure as failure:
            # What a hook demands stays demanded, and is tried again with the next look.
            self.telling.notice("look", in_one_line(failure))
            return None

    def _before_traffic(self, prepared: Prepared, write: CreateAlias | Shift) -> None:
        """Tests and hooks before a version takes its first traffic. What they raise leaves the alias as it is."""
        names = (self.deployer.function_name, self.deployer.alias)
        new, *others = versions_on(write.after)
        self.standing.new = new
        if isinstance(new, Published):
            beside = [one for one in (*others, *versions_on(prepared.alias.state)[-1:]) if isinstance(one, Published)]
            tested = self.trial(new, beside[0] if beside else None)
            if tested.tests:
                self.telling.tell(tested)
            if not tested.passed:
                raise TestsFailed(*names, tested)
        ran = self.hooking.run(Moment.BEFORE, write.after)
        if ran.gravest not in {None, OnFailure.IGNORE}:
            raise HookFailed(*names, ran.hooked)
        self._see_still_open(prepared)

    def _see_still_open(self, prepared: Prepared) -> None:
        """Raise Refused where nothing may go forward any more, as a window has shut while tests and hooks ran."""
        now, known = int(self.deployer.now()), prepared.situation.recollection
        stop = standstill(prepared.policy, known, now, self.override, "rollout")
        if stop is not None:
            raise Refused(Refusal(stop.reason, stop.text, stop.way_out))

    def before(self, seen: AliasSeen, step: Step) -> Course | None:
        """The hooks before a step of the alias as it was `seen`; a course where they call for one."""
        return self._hooked(Moment.BEFORE, written(step).after, seen.state)

    def step(self, seen: AliasSeen, step: Step, operation_id: str) -> Course:
        """One step forward, from the alias as it was `seen`; or what the hooks after it have demanded."""
        self.telling.noted(step.plan.notices)
        request = Deploy(override=self.override, follow_up=self._follows)
        prepared = self.deployer.decided(seen, request, step.plan, operation_id)
        outcome = self.deployer.execute(prepared)
        self._stepped(outcome, operation_id, step.why)
        return self._after_hooks(outcome) or Step(outcome.decision, step.why)

    def _stepped(self, outcome: Outcome, operation_id: str, why: str) -> None:
        published = None if outcome.published is None else str(outcome.published.version)
        self._moved(outcome)
        self.telling.tell(Stepped(outcome.before, outcome.after, operation_id, why, published))

    def _after_hooks(self, outcome: Outcome) -> Course | None:
        return self._follow(Verb.DEPLOY, outcome, over=self.standing.is_over(outcome.after))

    def conclude(self, seen: AliasSeen, plan: Plan, operation_id: str) -> None:
        """The release has passed its last bake."""
        request = Conclude(self._follows)
        outcome = self.deployer.execute(self.deployer.decided(seen, request, plan, operation_id))
        self._moved(outcome)
        self._follow(Verb.PROMOTE, outcome, over=True)

    def back(self, prepared: Prepared, why: str) -> RollBack:
        """Back, by a rollback that has been prepared."""
        outcome = self.deployer.execute(prepared)
        self._moved(outcome)
        self.telling.tell(RolledBack(outcome.before, outcome.after, prepared.operation_id, why))
        self._follow(Verb.ROLLBACK, outcome, over=True)
        return RollBack(outcome.decision, why)

    def _moved(self, outcome: Outcome) -> None:
        self.standing.state, self.standing.acted = outcome.after, True
        # Whoever only looks has dated nothing by a clock that is wrong.
        self.telling.noted(self.deployer.clock_notices)

    def follow_up(self, course: FollowUp, seen: AliasSeen) -> Course:
        """Run the hooks that a driver has left undone; the alias is told that somebody does, and then that he has."""
        self.standing.acted = True
        of = FollowedUp(_routing(seen.state), course.of)
        called_for = None
        if self._through != of:
            self.telling.notice("hooks", course.why)
            claimed = self._say(replace(of, claimed=True))
            if claimed is None:
                return Wait(int(self.deployer.now()) + 1, "somebody else has seen to the hooks of the last move")
            of = claimed
            called_for = self._run_following(course.verb, of, over=course.over)
        if self._through == of:
            self._say(of)
        return called_for or course

    def _follow(self, verb: Verb, outcome: Outcome, *, over: bool) -> Course | None:
        """The hooks that follow a move; a course where they call for one."""
        record = outcome.record
        of = FollowedUp(_routing(outcome.after), 0 if record is None else record.follow_up or 0)
        course = self._run_following(verb, of, over=over)
        if self._follows and self._through == of:
            try:
                self._say(of)
            except AwsFailure as failure:
                # The next look finds it unsaid.
                self.telling.notice("look", in_one_line(failure))
        return course

    def _run_following(self, verb: Verb, of: FollowedUp, *, over: bool) -> Course | None:
        """Those after a step, and those of the end where it was the last.

        They are through unless what they call for goes back, with hooks of its own, or has to wait.
        """
        course = self._hooked(Moment.AFTER, of.routing) if verb is Verb.DEPLOY else None
        if isinstance(course, RollBack | Wait):
            return course
        if over:
            self.hooking.run(Moment.END, of.routing, _end_by(verb, course))
        self._through = of
        return course

    def _say(self, of: FollowedUp) -> FollowedUp | None:
        """Say on the alias that those hooks are through, or claimed; None where the alias speaks of others by now."""
        prepared = self.deployer.prepare(of)
        if not prepared.decision.actions:
            return None
        record = self.deployer.execute(prepared).record
        return FollowedUp(of.routing, of.of if record is None else record.follow_up or of.of)

    def _hooked(self, moment: Moment, routing: AliasState, before: AliasState | None = None) -> Course | None:
        """Run the hooks of a step to `routing`, and do what their failure calls for; None where all goes on.

        `before`: what the alias shows, where the step is yet to come.
        """
        ran = self.hooking.run(moment, routing)
        if ran.gravest is None or ran.gravest is OnFailure.IGNORE:
            return None
        why = "; ".join(f"hook {one.name}: {one.problem}" for one in ran.hooked if one.problem)
        self._demand = Demand(ran.gravest, why, versions_on(routing)[0], before)
        return self.demanded()

    def demanded(self) -> Course | None:
        """Do what a hook has demanded; it stays demanded until that is done, or somebody else has moved the alias."""
        demand = self._demand
        if demand is None:
            return None
        prepared = self.deployer.prepare(self.rollback if demand.then is OnFailure.ROLL_BACK else Hold())
        if demand.is_void(prepared.situation):
            self._demand = None
            text = f"somebody else has moved the alias; nothing follows from this: {demand.why}"
            self.telling.notice("overtaken", text)
            return None
        if isinstance(prepared.request, Rollback) and not prepared.decision.actions:
            prepared = self.deployer.prepare(Hold())
        if isinstance(prepared.decision, Refusal) and isinstance(prepared.alias.state, Settling):
            return Wait(int(self.deployer.now()) + SETTLES, f"{demand.why}; {prepared.decision.text}")
        course = self._obeyed(prepared, demand.why)
        self._demand = None
        return course

    def _obeyed(self, prepared: Prepared, why: str) -> Course:
        if isinstance(prepared.request, Rollback):
            return self.back(prepared, why)
        outcome = self.deployer.execute(prepared)
        self.standing.acted = True
        held = OnHold(why, "`resume` lets it go forward, `rollback` goes back")
        self.telling.once(Held(outcome.after, held.why, held.way_on))
        return held


def written(step: Step) -> CreateAlias | Shift:
    """The write of a step."""
    write = step.plan.write
    if write is None:
        raise TypeError("a step writes the alias")
    return write


def _routing(state: AliasState) -> Routing:
    """What is on the alias, as a write states it; Lambda's own move ends with version1 alone."""
    match state:
        case Stable() | Transition():
            return state
        case Settling(version1):
            return Stable(version1)
        case Absent():
            raise TypeError("nothing follows where there is no alias")


def _end_by(verb: Verb, course: Course | None) -> End:
    if isinstance(course, OnHold):
        return End.HELD
    return End.ROLLED_BACK if verb is Verb.ROLLBACK else End.DONE
