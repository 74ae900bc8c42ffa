"""Drives a rollout: look, let the core decide, act, tell, and look again.

Nothing of a rollout is kept here but what a hook has just demanded. What is under way, and since when, stands on the
alias; so a driver that dies is carried on by any other, and of two at once each write has one winner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import AwsFailure, HalfWay, Misconfigured, Moved, NotAllowed, WrongAccount
from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.core import (
    Absent,
    AliasState,
    Canary,
    Conclude,
    CreateAlias,
    Deploy,
    DeployerError,
    Hold,
    New,
    Percent,
    Plan,
    Published,
    Reason,
    Refusal,
    Rollback,
    Shift,
    Situation,
    Stable,
    Transition,
    Verdict,
    Version,
    versions_on,
)
from deployer.core.standstill import standstill
from deployer.core.watch.course import Course, Done, OnHold, RollBack, Step, Wait
from deployer.core.watch.decision import Decided, decide
from deployer.core.watch.length import least_seconds
from deployer.core.watch.policy import ALL, Bake, Watch
from deployer.core.watch.sight import Sight, sight, unwatchable
from deployer.deployer import Deployer
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Happening,
    Held,
    Looked,
    Noticed,
    RolledBack,
    Stepped,
    Waited,
)
from deployer.rollout.failure import HookFailed, NotTrusted, TestsFailed
from deployer.rollout.hook import HookContext, Moment, OnFailure, Ran
from deployer.rollout.ports import Eyes, Hooks, Trial

ATTEMPTS: Final = 3
"""How often a driver looks again when somebody else was faster, before it says so."""

BLIND: Final = 900.0
"""Seconds for which a driver goes on trying when it cannot look."""

_STANDS_STILL: Final = (Reason.ON_HOLD, Reason.STOPPED, Reason.FROZEN)
_CARRIES_ON: Final = "`rollout` or `tick` carries on, `rollback` goes back"


@dataclass(frozen=True, slots=True)
class _Look:
    alias: AliasSeen
    decided: Decided
    operation_id: str


@dataclass(frozen=True, slots=True)
class _Demand:
    """What a hook's failure calls for, of the alias as it was: it is void once somebody else has moved that."""

    then: OnFailure
    why: str
    state: AliasState


@dataclass(slots=True, kw_only=True)
class Driver:
    """One rollout of one alias. `every`: seconds between two looks; `stay`: go on looking while it is on hold."""

    deployer: Deployer
    watch: Watch
    eyes: Eyes
    tell: Callable[[Happening], None]
    trial: Trial
    hooks: Hooks
    override: str | None = None
    every: float = 10.0
    stay: bool = False
    back_when_interrupted: bool = False
    _newer: bool = False
    _new: Version | New | None = None  # what is rolled out, once that is known
    _demand: _Demand | None = None
    _state: AliasState = field(default_factory=Absent)
    _last: dict[type, object] = field(default_factory=dict)
    _noticed: set[Noticed] = field(default_factory=set)

    # The whole way

    def prepare(self, *, again: bool = False) -> Prepared:
        """Look, see that one can go on looking, and decide how it begins; nothing is written. Raises Refused."""
        for problem in self.eyes.check(int(self.deployer.clock.now())):
            self._notice("alarms", problem)
        request = Deploy(again=again, override=self.override)
        prepared = self.deployer.settled(self.deployer.prepare(request))
        refusal = unwatchable(prepared.situation)
        if refusal is None and isinstance(prepared.decision, Refusal) and not self._goes_on(prepared):
            refusal = prepared.decision
        if refusal is not None:
            raise Refused(refusal)
        return prepared

    def run(self, prepared: Prepared) -> End:
        """Go on from what was prepared until the rollout is done, on hold or rolled back."""
        with self._telling_of_its_end():
            course = self.begin(prepared)
            while True:
                match course:
                    case None | Step():
                        pass
                    case Wait(until):
                        self._rest(until)
                    case OnHold() if self.stay:
                        self._rest(None)
                    case Done() | OnHold() | RollBack():
                        return self._ended(course)
                course = self._patiently()

    def once(self) -> End:
        """One look, and what follows from it, without waiting."""
        with self._telling_of_its_end():
            return self._ended(self.tick())

    def begin(self, prepared: Prepared) -> Course | None:
        """Take up what is under way, or put the first step of something new on the alias.

        None where it is to be looked at now; a course where that has been decided already.
        """
        decision = prepared.decision
        goes_on = self._goes_on(prepared)
        self._state = prepared.alias.state
        self._newer = goes_on and decision.verdict is Verdict.CHANGED
        self._new = versions_on(self._state)[0] if goes_on or decision.verdict is Verdict.UNCHANGED else None
        self.tell(Began(prepared.alias.state, self._schedule(), self.deployer.release))
        for notice in decision.notices:
            self.tell(Noticed(str(notice.topic), notice.text, notice.loud))
        self._warn()
        if decision.verdict is Verdict.HELD and not decision.actions and not isinstance(self._state, Transition):
            return RollBack(Plan(), "; ".join(notice.text for notice in decision.notices))
        if goes_on or not decision.actions:
            return None
        outcome = self.deployer.execute(prepared, lambda write: self._before_traffic(prepared, write))
        self._stepped(outcome, prepared.operation_id, "first step")
        try:
            return self._after_hooks(outcome)
        except AwsFailure as failure:
            # What a hook demands stays demanded, and is tried again with the next look.
            self._notice("look", _in_one_line(failure))
            return None

    def _goes_on(self, prepared: Prepared) -> bool:
        """Whether a release is under way, and what was decided would only take it further or waits for it."""
        state, decision = prepared.alias.state, prepared.decision
        if not isinstance(state, Transition):
            return False
        if isinstance(decision, Refusal):
            return decision.reason in _STANDS_STILL
        return decision.write is None or versions_on(decision.write.after)[0] == state.version1

    def _schedule(self) -> tuple[Percent, ...]:
        strategy = self.deployer.policy.strategy
        return (*strategy.increments.shares, ALL) if isinstance(strategy, Canary) else (ALL,)

    def _warn(self) -> None:
        """Say beforehand what may keep the driver from going back in time."""
        ends = self.deployer.session.credentials_end
        least = least_seconds(self._state, self.deployer.policy, self.watch)
        if ends is not None and ends < self.deployer.clock.now() + least:
            until = datetime.fromtimestamp(ends, UTC)
            text = f"the credentials end at {until:%Y-%m-%d %H:%M} UTC, and the rollout takes {least} s at least"
            self._notice("credentials", f"{text}: renew them first, or carry on later with `tick` under new ones")
        timeout = self.deployer.settings.get("Timeout")
        if isinstance(timeout, int) and timeout > self.watch.delay and self.watch.gates.measured:
            text = f"a call may take {timeout} s, and metrics are judged after {self.watch.delay} s"
            self._notice("late-errors", f"{text}: calls that hang fail unseen until later; raise metric_delay")

    def _patiently(self) -> Course:
        """One tick, tried again while AWS cannot be reached: whoever gives up early leaves nobody to roll back."""
        clock = self.deployer.clock
        began = clock.monotonic()
        while True:
            try:
                return self.tick()
            except (NotAllowed, WrongAccount, Misconfigured):
                raise
            except AwsFailure as failure:
                if clock.monotonic() - began >= BLIND:
                    raise
                self._notice("look", _in_one_line(failure))
                clock.sleep(self.every)

    def _rest(self, until: int | None) -> None:
        now = self.deployer.clock.now()
        self.deployer.clock.sleep(self.every if until is None else max(0.0, min(self.every, until - now)))

    # One look

    def tick(self) -> Course:
        """One look, and one step or one way back at most. Whoever is overtaken looks again."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self._tick()
            except Moved as moved:
                self._notice("overtaken", _in_one_line(moved))
        return self._tick()

    def _tick(self) -> Course:
        return self._demanded() or self._act(self._look())

    def _look(self) -> _Look:
        alias = self.deployer.look()
        self._state = alias.state
        situation = Situation(alias.state, alias.description, alias_arn=alias.arn or "")
        now, policy = int(self.deployer.clock.now()), self.deployer.policy
        operation_id = self.deployer.new_operation_id()
        seen = sight(situation, policy, self.watch, now)
        if not isinstance(seen, Sight):
            return _Look(alias, Decided(seen), operation_id)
        observed = self.eyes.observe(seen, now)
        for problem in observed.problems:
            self._notice("metrics", problem)
        decided = decide(
            situation,
            policy,
            self.watch,
            observed.observation,
            now=now,
            operation_id=operation_id,
            override=self.override,
        )
        if decided.judgement is not None:
            looked = Looked(alias.state, seen.since, observed.observation, decided.judgement)
            self._once(looked, (seen.since, observed.observation.through, decided.judgement))
        return _Look(alias, decided, operation_id)

    def _act(self, look: _Look) -> Course:
        course = look.decided.course
        match course:
            case Wait(until, why, frozen):
                self._once(Waited(until, why, frozen))
            case OnHold(why, way_on):
                self._once(Held(look.alias.state, why, way_on))
            case Step(plan, why):
                return self._step(look, plan, why)
            case RollBack(plan, why):
                self._back(self.deployer.decided(look.alias, Rollback(), plan, look.operation_id), why)
            case Done(plan=plan) if plan is not None and plan.actions:
                self.deployer.execute(self.deployer.decided(look.alias, Conclude(), plan, look.operation_id))
                self._run_hooks(Moment.END, look.alias.state, End.DONE)
            case Done():
                pass
        return course

    def _step(self, look: _Look, plan: Plan, why: str) -> Course:
        write = plan.write
        if write is None:
            raise TypeError("a step writes the alias")
        for notice in plan.notices:
            self._notice(str(notice.topic), notice.text)
        if (course := self._hooked(Moment.BEFORE, write.after, look.alias.state)) is not None:
            return course
        prepared = self.deployer.decided(look.alias, Deploy(override=self.override), plan, look.operation_id)
        outcome = self.deployer.execute(prepared)
        self._stepped(outcome, look.operation_id, why)
        return self._after_hooks(outcome) or Step(outcome.decision, why)

    # What is done

    def _before_traffic(self, prepared: Prepared, write: CreateAlias | Shift) -> None:
        """Tests and hooks before a version takes its first traffic. What they raise leaves the alias as it is."""
        names = (self.deployer.function_name, self.deployer.alias)
        new, *others = versions_on(write.after)
        self._new = new
        if isinstance(new, Published):
            beside = [one for one in (*others, *versions_on(prepared.alias.state)[-1:]) if isinstance(one, Published)]
            tested = self.trial(new, beside[0] if beside else None)
            if tested.tests:
                self.tell(tested)
            if not tested.passed:
                raise TestsFailed(*names, tested)
        ran = self._run_hooks(Moment.BEFORE, write.after)
        if ran.gravest not in {None, OnFailure.IGNORE}:
            raise HookFailed(*names, ran.hooked)
        self._see_still_open(prepared)

    def _see_still_open(self, prepared: Prepared) -> None:
        """Raise Refused where a window has shut while tests and hooks ran."""
        now, known = int(self.deployer.clock.now()), prepared.situation.recollection
        stop = standstill(prepared.policy, known, now, self.override, "rollout")
        if stop is not None:
            raise Refused(Refusal(stop.reason, stop.text, stop.way_out))

    def _stepped(self, outcome: Outcome, operation_id: str, why: str) -> None:
        published = None if outcome.published is None else str(outcome.published.version)
        self._state = outcome.after
        self.tell(Stepped(outcome.before, outcome.after, operation_id, why, published))

    def _after_hooks(self, outcome: Outcome) -> Course | None:
        """The hooks after a step; and those of the end, where it was the last and nothing is watched any more."""
        course = self._hooked(Moment.AFTER, outcome.after, outcome.after)
        if course is None and self._is_over(outcome.after):
            self._run_hooks(Moment.END, outcome.after, End.DONE)
        return course

    def _is_over(self, state: AliasState) -> bool:
        return isinstance(state, Stable) and self.watch.final == Bake(0)

    def _hooked(self, moment: Moment, routing: AliasState, state: AliasState) -> Course | None:
        """Run the hooks of a step, and do what their failure calls for of `state`; None where all goes on."""
        ran = self._run_hooks(moment, routing)
        if ran.gravest is None or ran.gravest is OnFailure.IGNORE:
            return None
        why = "; ".join(f"hook {one.name}: {one.problem}" for one in ran.hooked if one.problem)
        self._demand = _Demand(ran.gravest, why, state)
        return self._demanded()

    def _demanded(self) -> Course | None:
        """Do what a hook has demanded; it stays demanded until that is done, or somebody else has moved the alias."""
        demand = self._demand
        if demand is None:
            return None
        prepared = self.deployer.prepare(Rollback() if demand.then is OnFailure.ROLL_BACK else Hold())
        if prepared.alias.state != demand.state:
            self._demand = None
            self._notice("overtaken", f"somebody else has moved the alias; nothing follows from this: {demand.why}")
            return None
        if isinstance(prepared.request, Rollback) and not prepared.decision.actions:
            prepared = self.deployer.prepare(Hold())
        course = self._followed(prepared, demand.why)
        self._demand = None
        return course

    def _followed(self, prepared: Prepared, why: str) -> Course:
        if isinstance(prepared.request, Rollback):
            return self._back(prepared, why)
        outcome = self.deployer.execute(prepared)
        held = OnHold(why, "`resume` lets it go forward, `rollback` goes back")
        self._once(Held(outcome.after, held.why, held.way_on))
        return held

    def _back(self, prepared: Prepared, why: str) -> RollBack:
        outcome = self.deployer.execute(prepared)
        self._state = outcome.after
        self.tell(RolledBack(outcome.before, outcome.after, prepared.operation_id, why))
        self._run_hooks(Moment.END, outcome.after, End.ROLLED_BACK)
        return RollBack(outcome.decision, why)

    def _run_hooks(self, moment: Moment, routing: AliasState, ended: End | None = None) -> Ran:
        """Run those of one moment, and tell of each. `routing` is what the alias goes to, or has come to."""
        ran = self.hooks(self._context(moment, routing, ended))
        for one in ran.hooked:
            self.tell(one)
        return ran

    def _context(self, moment: Moment, routing: AliasState, ended: End | None) -> HookContext:
        named = [str(version) for version in versions_on(routing)]
        share = routing.share if isinstance(routing, Transition) else ALL
        return HookContext(
            moment=moment,
            function_name=self.deployer.function_name,
            alias=self.deployer.alias,
            version1=named[0] if named else "",
            version2=named[1] if len(named) > 1 else None,
            weight=share.rest,
            step=1 + sum(increment < share for increment in self._schedule()),
            share=share,
            release=self.deployer.release,
            ended=ended,
        )

    # How it ends

    @contextmanager
    def _telling_of_its_end(self) -> Iterator[None]:
        """Tell how it stands, whatever ends the driver; with traffic on two versions a person is needed."""
        try:
            yield
        except KeyboardInterrupt:
            self._interrupted()
            raise
        except NotTrusted as error:
            self._run_hooks(Moment.END, self._state, End.TESTS_FAILED)
            self._end(End.TESTS_FAILED, _in_one_line(error))
            raise
        except DeployerError as error:
            self._end(End.OVERTAKEN if isinstance(error, Moved) else End.FAILED, _in_one_line(error))
            if isinstance(error, AwsFailure | Refused) and isinstance(self._state, Transition):
                advice = f"the alias last showed {self._state}, and nobody watches it: see `status`; {_CARRIES_ON}"
                raise HalfWay("watch the rollout", _in_one_line(error), advice) from error
            raise

    def _interrupted(self) -> None:
        """Stop with the alias as it is, or roll back first, by setting, what this driver had under way."""
        try:
            look = self.deployer.look()
            rolled_back = self.back_when_interrupted and self._goes_back(look)
            self._state = self._state if rolled_back else look.state
        except DeployerError as error:
            problem = f"the alias last showed {self._state}, and may have moved: {_in_one_line(error)}"
            self._end(End.INTERRUPTED, f"{problem}; see `status`; {_CARRIES_ON}")
            return
        said = f"rolled back; the alias shows {self._state}" if rolled_back else f"the alias shows {self._state}"
        under_way = isinstance(self._state, Transition)
        self._end(End.INTERRUPTED, f"{said}: {_CARRIES_ON}" if under_way else said)

    def _goes_back(self, seen: AliasSeen) -> bool:
        """Roll back what this driver rolls out, if it is under way: nothing that came before it or after it."""
        situation = Situation(seen.state, seen.description, alias_arn=seen.arn or "")
        found = sight(situation, self.deployer.policy, self.watch, int(self.deployer.clock.now()))
        if not isinstance(found, Sight) or found.new != self._new:
            return False
        prepared = self.deployer.prepare(Rollback())
        if prepared.alias.state != seen.state or not prepared.decision.actions:
            return False
        self._back(prepared, "the driver was interrupted")
        return True

    def _ended(self, course: Course) -> End:
        """Tell how the rollout stands after the last course."""
        end, text = self._end_of(course)
        self._end(end, text)
        return end

    def _end_of(self, course: Course) -> tuple[End, str]:
        state = self._state
        match course:
            case Wait(why=why):
                return End.WAITING, why
            case Step() if self._is_over(state):
                return End.DONE, f"version {versions_on(state)[0]} has all traffic"
            case Step():
                return End.WAITING, f"the alias shows {state}, and rests there"
            case RollBack(plan, why):
                return End.ROLLED_BACK, f"rolled back to {state}: {why}" if plan.actions else why
            case OnHold():
                return End.HELD, "nothing goes forward; once that is settled, `rollout` or `tick` carries on"
            case Done(why) if self._newer:
                return End.WAITING, f"{why}; newer code waits: `rollout` releases it"
            case Done(why):
                return End.DONE, why

    def _end(self, end: End, text: str) -> None:
        self.tell(Ended(end, self._state, text))

    # What is told

    def _notice(self, topic: str, text: str) -> None:
        """Tell it, once."""
        notice = Noticed(topic, text, loud=True)
        if notice not in self._noticed:
            self._noticed.add(notice)
            self.tell(notice)

    def _once(self, what: Looked | Waited | Held, known_by: object = None) -> None:
        """Tell it unless the last of its kind said the same; a hold that is over may come again."""
        same = what if known_by is None else known_by
        if isinstance(what, Waited):
            self._last.pop(Held, None)
        if self._last.get(type(what)) != same:
            self._last[type(what)] = same
            self.tell(what)


def _in_one_line(error: DeployerError) -> str:
    return "; ".join(line.strip() for line in error.lines)
