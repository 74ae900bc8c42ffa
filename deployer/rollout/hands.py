"""What a driver does to the alias, with the tests and hooks around it, and the telling of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import AwsFailure
from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.config.rollout.settings import Moment, OnFailure
from deployer.core import (
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
    Shift,
    versions_on,
)
from deployer.core.memory import Verb
from deployer.core.standstill import standstill
from deployer.core.watch.course import Course, FollowUp, OnHold, RollBack, Step
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
    _followed: AliasState | None = field(default=None, init=False)  # whose hooks are through, be it said or not

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

    def step(self, seen: AliasSeen, step: Step, operation_id: str) -> Course:
        """One step forward, from the alias as it was `seen`; or what its hooks have demanded."""
        write = step.plan.write
        if write is None:
            raise TypeError("a step writes the alias")
        self.telling.noted(step.plan.notices)
        if (course := self._hooked(Moment.BEFORE, write.after, seen.state)) is not None:
            return course
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
        return self._follow(Verb.DEPLOY, outcome.after, over=self.standing.is_over(outcome.after))

    def conclude(self, seen: AliasSeen, plan: Plan, operation_id: str) -> None:
        """The release has passed its last bake."""
        request = Conclude(self._follows)
        self._moved(self.deployer.execute(self.deployer.decided(seen, request, plan, operation_id)))
        self._follow(Verb.PROMOTE, seen.state, over=True)

    def back(self, prepared: Prepared, why: str) -> RollBack:
        """Back, by a rollback that has been prepared."""
        outcome = self.deployer.execute(prepared)
        self._moved(outcome)
        self.telling.tell(RolledBack(outcome.before, outcome.after, prepared.operation_id, why))
        self._follow(Verb.ROLLBACK, outcome.after, over=True)
        return RollBack(outcome.decision, why)

    def _moved(self, outcome: Outcome) -> None:
        self.standing.state, self.standing.acted, self._followed = outcome.after, True, None
        # Whoever only looks has dated nothing by a clock that is wrong.
        self.telling.noted(self.deployer.clock_notices)

    def follow_up(self, course: FollowUp, seen: AliasSeen) -> Course:
        """Run the hooks that a driver has left undone, and say so on the alias."""
        self.standing.acted = True
        through = self._followed == seen.state
        if not through:
            self.telling.notice("hooks", course.why)
        called_for = None if through else self._run_following(course.verb, seen.state, over=course.over)
        if not isinstance(called_for, RollBack):
            self._say_followed_up()
        return called_for or course

    def _follow(self, verb: Verb, state: AliasState, *, over: bool) -> Course | None:
        """The hooks that follow a move; a course where they call for one."""
        course = self._run_following(verb, state, over=over)
        if self._follows and not isinstance(course, RollBack):
            try:
                self._say_followed_up()
            except AwsFailure as failure:
                # The next look finds it unsaid.
                self.telling.notice("look", in_one_line(failure))
        return course

    def _run_following(self, verb: Verb, state: AliasState, *, over: bool) -> Course | None:
        """Those after a step, and those of the end where it was the last. What goes back has hooks of its own."""
        course = self._hooked(Moment.AFTER, state) if verb is Verb.DEPLOY else None
        if course is None and over:
            self.hooking.run(Moment.END, state, End.ROLLED_BACK if verb is Verb.ROLLBACK else End.DONE)
        if not isinstance(course, RollBack):
            self._followed = state
        return course

    def _say_followed_up(self) -> None:
        prepared = self.deployer.prepare(FollowedUp())
        if prepared.decision.actions:
            self.deployer.execute(prepared)

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
