"""Drives a rollout: look, let the core decide, act, tell, and look again.

Nothing of a rollout is kept here but what a hook has just demanded. What is under way, and since when, stands on the
alias; so a driver that dies is carried on by any other, and of two at once each write has one winner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import AwsFailure, HalfWay, Misconfigured, Moved, NotAllowed, WrongAccount
from deployer.aws.prepared import Prepared, Refused
from deployer.config.rollout.settings import Moment
from deployer.core import (
    Absent,
    Deploy,
    DeployerError,
    Reason,
    Refusal,
    Topic,
    Transition,
    Verdict,
    versions_on,
)
from deployer.core.watch.course import Course, Done, FollowUp, OnHold, RollBack, Step, Wait
from deployer.core.watch.decision import Decided, decide
from deployer.core.watch.policy import ALL, Watch
from deployer.core.watch.sight import Sight, sight, unwatchable
from deployer.deployer import Deployer
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Happening,
    Held,
    Looked,
    Waited,
)
from deployer.rollout.failure import NotTrusted, TestsFailed
from deployer.rollout.foresight import foreseen
from deployer.rollout.hands import Hands, written
from deployer.rollout.hooking import Hooking, schedule
from deployer.rollout.ports import Eyes, Hooks, Trial
from deployer.rollout.standing import Standing
from deployer.rollout.telling import Telling, in_one_line

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
    _telling: Telling = field(init=False)
    _hooking: Hooking = field(init=False)
    _standing: Standing = field(init=False)
    _hands: Hands = field(init=False)

    def __post_init__(self) -> None:
        """Its own parts, which share where it stands."""
        self._telling = Telling(self.tell)
        self._hooking = Hooking(self.deployer, self.hooks, self._telling)
        self._standing = Standing(self.watch)
        self._hands = Hands(
            deployer=self.deployer,
            standing=self._standing,
            trial=self.trial,
            hooking=self._hooking,
            telling=self._telling,
            override=self.override,
        )

    # The whole way

    def prepare(self, *, again: bool = False) -> Prepared:
        """Look, see that one can go on looking, and decide how it begins; nothing is written. Raises Refused."""
        missing = self.eyes.check(int(self.deployer.now()))
        request = Deploy(again=again, override=self.override, follow_up=self.watch.hooked)
        prepared = self.deployer.settled(self.deployer.prepare(request))
        if (refusal := unwatchable(prepared.situation)) is not None:
            raise Refused(refusal)
        if self._goes_on(prepared):
            return prepared
        if isinstance(prepared.decision, Refusal):
            raise Refused(prepared.decision)
        if missing and prepared.decision.actions:
            problem = f"{', '.join(missing)}: there is nothing to judge by"
            raise Misconfigured("begin the rollout", problem, "correct gates.alarms, or make the alarm first")
        return prepared

    def run(self, prepared: Prepared) -> End:
        """Go on from what was prepared until the rollout is done, on hold or rolled back."""
        with self._telling_of_its_end():
            course = self.begin(prepared)
            while True:
                match course:
                    case None | Step() | FollowUp(over=False):
                        pass
                    case Wait(until):
                        self._rest(until)
                    case OnHold() if self.stay:
                        self._rest(None)
                    case Done() | OnHold() | RollBack() | FollowUp():
                        return self._ended(course)
                course = self._patiently()

    def once(self) -> End:
        """One look, and what follows from it, without waiting."""
        with self._telling_of_its_end():
            course = self.tick()
            return self._ended(course, idle=not self._standing.acted)

    def begin(self, prepared: Prepared) -> Course | None:
        """Take up what is under way, or put the first step of something new on the alias.

        None where it is to be looked at now; a course where that has been decided already.
        """
        decision, state, goes_on = prepared.decision, prepared.alias.state, self._goes_on(prepared)
        self._take_up(prepared, goes_on=goes_on)
        ahead = (ALL,) if isinstance(state, Absent) else schedule(self.deployer)
        self._telling.tell(Began(state, ahead, self.deployer.release))
        self._telling.noted(decision.notices)
        if goes_on or decision.actions:
            self._telling.noted(foreseen(self.deployer, prepared, self.watch, goes_on=goes_on))
        if decision.verdict is Verdict.HELD and not decision.actions and not isinstance(state, Transition):
            why = (notice.text for notice in decision.notices if notice.topic is not Topic.CLOCK)
            return Done("; ".join(why), rolled_back=True)
        if goes_on or not decision.actions:
            return None
        return self._hands.begin(prepared)

    def _take_up(self, prepared: Prepared, *, goes_on: bool) -> None:
        standing, verdict = self._standing, prepared.decision.verdict
        standing.state = prepared.alias.state
        standing.newer = goes_on and verdict is Verdict.CHANGED
        standing.new = versions_on(standing.state)[0] if goes_on or verdict is Verdict.UNCHANGED else None

    def _goes_on(self, prepared: Prepared) -> bool:
        """Whether a release is under way, and what was decided would only take it further or waits for it."""
        state, decision = prepared.alias.state, prepared.decision
        if not isinstance(state, Transition):
            return False
        if isinstance(decision, Refusal):
            return decision.reason in _STANDS_STILL
        return decision.write is None or versions_on(decision.write.after)[0] == state.version1

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
                self._telling.notice("look", in_one_line(failure))
                clock.sleep(self.every)

    def _rest(self, until: int | None) -> None:
        now = self.deployer.now()
        self.deployer.clock.sleep(self.every if until is None else max(0.0, min(self.every, until - now)))

    # One look

    def tick(self) -> Course:
        """One look, and one step or one way back at most. Whoever is overtaken looks again."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self._tick()
            except Moved as moved:
                self._telling.notice("overtaken", in_one_line(moved))
        return self._tick()

    def _tick(self) -> Course:
        return self._hands.demanded() or self._act(self._look())

    def _look(self) -> _Look:
        alias = self.deployer.look()
        self._standing.state = alias.state
        now, policy = int(self.deployer.now()), self.deployer.policy
        operation_id = self.deployer.new_operation_id()
        seen = sight(alias.situation, policy, self.watch, now)
        if not isinstance(seen, Sight):
            return _Look(alias, Decided(seen), operation_id)
        observed = self.eyes.observe(seen, now)
        for problem in observed.problems:
            self._telling.notice("metrics", problem)
        decided = decide(
            alias.situation,
            policy,
            self.watch,
            observed.observation,
            now=now,
            operation_id=operation_id,
            override=self.override,
        )
        if decided.judgement is not None:
            looked = Looked(alias.state, seen.since, observed.observation, decided.judgement)
            self._telling.once(looked, (seen.since, observed.observation.through, decided.judgement))
        return _Look(alias, decided, operation_id)

    def _act(self, look: _Look) -> Course:
        course = look.decided.course
        match course:
            case Wait(until, why, frozen):
                self._telling.once(Waited(until, why, frozen))
            case OnHold(why, way_on):
                self._telling.once(Held(look.alias.state, why, way_on))
            case Step():
                return self._step(look, course)
            case RollBack(plan, why):
                self._hands.back(self.deployer.decided(look.alias, self._hands.rollback, plan, look.operation_id), why)
            case FollowUp():
                return self._hands.follow_up(course, look.alias)
            case Done(plan=plan) if plan is not None and plan.actions:
                self._hands.conclude(look.alias, plan, look.operation_id)
            case Done():
                pass
        return course

    def _step(self, look: _Look, step: Step) -> Course:
        """The step, once its hooks have been run. They may take minutes: what follows by then is decided anew."""
        began = self.deployer.clock.monotonic()
        if (demanded := self._hands.before(look.alias, step)) is not None:
            return demanded
        if self.deployer.clock.monotonic() - began < self.every:
            return self._hands.step(look.alias, step, look.operation_id)
        again = self._look()
        course = again.decided.course
        same = isinstance(course, Step) and written(course).after == written(step).after
        if isinstance(course, Step) and same and again.alias.state == look.alias.state:
            return self._hands.step(again.alias, course, again.operation_id)
        return self._act(again)

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
            end = End.TESTS_FAILED if isinstance(error, TestsFailed) else End.FAILED
            self._hooking.run(Moment.END, self._standing.state, end)
            self._end(end, in_one_line(error))
            raise
        except DeployerError as error:
            self._end(End.OVERTAKEN if isinstance(error, Moved) else End.FAILED, in_one_line(error))
            if isinstance(error, AwsFailure | Refused) and isinstance(self._standing.state, Transition):
                advice = (
                    f"the alias last showed {self._standing.state}, and nobody watches it: see `status`; {_CARRIES_ON}"
                )
                raise HalfWay("watch the rollout", in_one_line(error), advice) from error
            raise

    def _interrupted(self) -> None:
        """Stop with the alias as it is, or roll back first, by setting, what this driver had under way."""
        try:
            look = self.deployer.look()
            rolled_back = self.back_when_interrupted and self._goes_back(look)
            if not rolled_back:
                self._standing.state = look.state
        except DeployerError as error:
            problem = f"the alias last showed {self._standing.state}, and may have moved: {in_one_line(error)}"
            self._end(End.INTERRUPTED, f"{problem}; see `status`; {_CARRIES_ON}")
            return
        said = f"{'rolled back; ' if rolled_back else ''}the alias shows {self._standing.state}"
        under_way = isinstance(self._standing.state, Transition)
        self._end(End.INTERRUPTED, f"{said}: {_CARRIES_ON}" if under_way else said)

    def _goes_back(self, seen: AliasSeen) -> bool:
        """Roll back what this driver rolls out, if it is under way: nothing that came before it or after it."""
        found = sight(seen.situation, self.deployer.policy, self.watch, int(self.deployer.now()))
        if not isinstance(found, Sight) or found.new != self._standing.new:
            return False
        prepared = self.deployer.prepare(self._hands.rollback)
        if prepared.alias.state != seen.state or not prepared.decision.actions:
            return False
        self._hands.back(prepared, "the driver was interrupted")
        return True

    def _ended(self, course: Course, *, idle: bool = False) -> End:
        """Tell how the rollout stands after the last course."""
        end, text = self._standing.end(course)
        self._end(end, text, idle=idle)
        return end

    def _end(self, end: End, text: str, *, idle: bool = False) -> None:
        self._telling.tell(Ended(end, self._standing.state, text, idle))
