"""Drives a rollout: look, let the core decide, act at most once, tell, and look again.

Nothing of a rollout is kept here. What is under way, and since when, stands on the alias; so a driver that dies is
carried on by any other, and of two at once each write has one winner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import AwsFailure, HalfWay, Misconfigured, Moved, NotAllowed, WrongAccount
from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.core import (
    Absent,
    AliasState,
    Canary,
    CreateAlias,
    Deploy,
    DeployerError,
    Hold,
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
    versions_on,
)
from deployer.core.watch.course import Course, Done, OnHold, RollBack, Step, Wait
from deployer.core.watch.decision import Decided, decide
from deployer.core.watch.length import least_seconds
from deployer.core.watch.observation import Observation
from deployer.core.watch.policy import ALL, Watch
from deployer.core.watch.sight import Sight, sight
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
    Tested,
    Waited,
)
from deployer.rollout.failure import HookFailed, NotTrusted, TestsFailed
from deployer.rollout.hook import HookContext, Moment, OnFailure, Ran

ATTEMPTS: Final = 3
"""How often a driver looks again when somebody else was faster, before it says so."""

BLIND: Final = 900.0
"""Seconds for which a driver goes on trying when it cannot look."""

_STANDS_STILL: Final = (Reason.ON_HOLD, Reason.STOPPED, Reason.FROZEN)


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation, and what kept it from being whole."""

    observation: Observation
    problems: tuple[str, ...] = ()


class Eyes(Protocol):
    """Measures what there is to see."""

    def observe(self, sight: Sight, now: int) -> Seen:
        """One look at metrics and alarms, `now` in Unix seconds."""
        ...


class Trial(Protocol):
    """Tests before traffic."""

    def __call__(self, new: Published, old: Published | None) -> Tested:
        """Invoke the new version by its number; `old` is what has the traffic, None where nothing has."""
        ...


class Hooks(Protocol):
    """Runs the hooks of one moment."""

    def __call__(self, context: HookContext, /) -> Ran:
        """What was run, and what its failures come to."""
        ...


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
    _newer: bool = False
    _state: AliasState = field(default_factory=Absent)
    _told: dict[type, object] = field(default_factory=dict)

    # The whole way

    def prepare(self, *, again: bool = False, adopt: bool = False) -> Prepared:
        """Look, and decide how it begins; nothing is written. Raises Refused."""
        request = Deploy(again=again, adopt=adopt, override=self.override)
        prepared = self.deployer.settled(self.deployer.prepare(request))
        if isinstance(prepared.decision, Refusal) and not self._goes_on(prepared):
            raise Refused(prepared.decision)
        return prepared

    def run(self, prepared: Prepared) -> End:
        """Go on from what was prepared until the rollout is done, on hold or rolled back."""
        try:
            return self._until_the_end(prepared)
        except KeyboardInterrupt:
            self._interrupted()
            raise
        except NotTrusted as error:
            self._run_hooks(Moment.END, self._state, End.TESTS_FAILED)
            self._end(End.TESTS_FAILED, _in_one_line(error))
            raise
        except DeployerError as error:
            self._end(End.OVERTAKEN if isinstance(error, Moved) else End.FAILED, _in_one_line(error))
            raise

    def _until_the_end(self, prepared: Prepared) -> End:
        course = self.begin(prepared)
        while True:
            match course:
                case None | Step():
                    pass
                case Wait(until):
                    self._rest(until)
                case OnHold() if self.stay:
                    self._rest(None)
                case Done() if self._newer:
                    course = self.begin(self.deployer.settled(self.deployer.prepare(prepared.request)))
                    continue
                case Done() | OnHold() | RollBack():
                    return self.ended(course)
            course = self._patiently()

    def begin(self, prepared: Prepared) -> Course | None:
        """Take up what is under way, or put the first step of something new on the alias, by one write.

        None where it is to be looked at now; a course where a hook's failure has decided that already.
        """
        self._state = prepared.alias.state
        self._newer = self._goes_on(prepared) and prepared.decision.verdict is Verdict.CHANGED
        self.tell(Began(prepared.alias.state, self._schedule(), self.deployer.release))
        self._tell_notices(prepared)
        self._warn_of_credentials()
        if self._goes_on(prepared) or not prepared.decision.actions:
            return None
        outcome = self.deployer.execute(prepared, lambda write: self._before_traffic(prepared.alias, write))
        self._stepped(outcome, prepared.operation_id, "first step")
        return self._after_hooks(outcome)

    def _warn_of_credentials(self) -> None:
        """Say it where the credentials end before the rollout can: whoever drives it then cannot roll back either."""
        ends = self.deployer.session.credentials_end
        least = least_seconds(self._state, self.deployer.policy, self.watch)
        if ends is None or ends >= self.deployer.clock.now() + least:
            return
        until = datetime.fromtimestamp(ends, UTC)
        text = f"the credentials end at {until:%Y-%m-%d %H:%M} UTC, and the rollout takes {least} s at least"
        self._notice("credentials", f"{text}: renew them first, or carry on later with `tick` under new ones")

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
                    advice = "see `status`, then `rollout` carries on, or `rollback` goes back"
                    raise HalfWay("watch the rollout", str(failure), advice, code=failure.code) from failure
                self._notice("look", _in_one_line(failure))
                clock.sleep(self.every)

    def _rest(self, until: int | None) -> None:
        now = self.deployer.clock.now()
        self.deployer.clock.sleep(self.every if until is None else max(0.0, min(self.every, until - now)))

    def _interrupted(self) -> None:
        """Stop with the alias as it is, or roll back first, by setting."""
        if self.back_when_interrupted:
            self._roll_back("the driver was interrupted")
        ways = "`rollout` or `tick` carries on, `rollback` goes back"
        self._end(End.INTERRUPTED, f"the alias last showed {self._state}: {ways}")

    # One look

    def tick(self) -> Course:
        """One look, and at most one write of the alias. Whoever is overtaken looks again."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self._act(self._look())
            except Moved as moved:
                self._notice("overtaken", _in_one_line(moved))
        return self._act(self._look())

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
                prepared = self.deployer.decided(look.alias, Rollback(), plan, look.operation_id)
                return self._back(prepared, why)
            case Done():
                pass
        return course

    def _step(self, look: _Look, plan: Plan, why: str) -> Course:
        write = plan.write
        if write is None:
            raise TypeError("a step writes the alias")
        for notice in plan.notices:
            self._once(Noticed(str(notice.topic), notice.text, notice.loud))
        if (failed := self._hooked(Moment.BEFORE, write.after)) is not None:
            return failed
        prepared = self.deployer.decided(look.alias, Deploy(override=self.override), plan, look.operation_id)
        outcome = self.deployer.execute(prepared)
        self._stepped(outcome, look.operation_id, why)
        return self._after_hooks(outcome) or Step(outcome.decision, why)

    # What is done

    def _before_traffic(self, seen: AliasSeen, write: CreateAlias | Shift) -> None:
        """Tests and hooks before a version takes its first traffic. What they raise leaves the alias as it is."""
        new, *others = versions_on(write.after)
        if isinstance(new, Published):
            beside = [one for one in (*others, *versions_on(seen.state)[-1:]) if isinstance(one, Published)]
            tested = self.trial(new, beside[0] if beside else None)
            if tested.tests:
                self.tell(tested)
            if not tested.passed:
                raise TestsFailed(self.deployer.function_name, self.deployer.alias, tested)
        ran = self._run_hooks(Moment.BEFORE, write.after)
        if ran.gravest not in {None, OnFailure.IGNORE}:
            raise HookFailed(self.deployer.function_name, self.deployer.alias, ran.hooked)

    def _stepped(self, outcome: Outcome, operation_id: str, why: str) -> None:
        published = None if outcome.published is None else str(outcome.published.version)
        self._state = outcome.after
        self.tell(Stepped(outcome.before, outcome.after, operation_id, why, published))

    def _after_hooks(self, outcome: Outcome) -> Course | None:
        """The hooks after a step; and those of the end, where it was the last."""
        course = self._hooked(Moment.AFTER, outcome.after)
        if course is None and isinstance(outcome.after, Stable):
            self._run_hooks(Moment.END, outcome.after, End.DONE)
        return course

    def _hooked(self, moment: Moment, routing: AliasState) -> Course | None:
        """Run the hooks of a step, and do what their failure calls for; None where all goes on."""
        ran = self._run_hooks(moment, routing)
        why = "; ".join(f"hook {one.name}: {one.problem}" for one in ran.hooked if one.problem)
        match ran.gravest:
            case None | OnFailure.IGNORE:
                return None
            case OnFailure.HOLD:
                return self._hold(why)
            case OnFailure.ROLL_BACK:
                return self._roll_back(why)

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

    def _hold(self, why: str) -> Course:
        """Put the alias on hold, so that whoever looks next does not go on either."""
        outcome = self.deployer.execute(self.deployer.prepare(Hold()))
        course = OnHold(why, "`resume` lets it go forward, `rollback` goes back")
        self._once(Held(outcome.after, course.why, course.way_on))
        return course

    def _roll_back(self, why: str) -> Course:
        prepared = self.deployer.prepare(Rollback())
        if isinstance(prepared.decision, Refusal) or not prepared.decision.actions:
            return OnHold(why, "nothing can be rolled back: see `status`")
        return self._back(prepared, why)

    def _back(self, prepared: Prepared, why: str) -> Course:
        outcome = self.deployer.execute(prepared)
        self._state = outcome.after
        self.tell(RolledBack(outcome.before, outcome.after, prepared.operation_id, why))
        self._run_hooks(Moment.END, outcome.after, End.ROLLED_BACK)
        return RollBack(outcome.decision, why)

    # What is told

    def ended(self, course: Course) -> End:
        """Tell how the rollout stands after the last course."""
        end, text = _end_of(course, self._state)
        self._end(end, text)
        return end

    def _end(self, end: End, text: str) -> None:
        self.tell(Ended(end, self._state, text))

    def _tell_notices(self, prepared: Prepared) -> None:
        for notice in prepared.decision.notices:
            self.tell(Noticed(str(notice.topic), notice.text, notice.loud))

    def _notice(self, topic: str, text: str) -> None:
        self._once(Noticed(topic, text, loud=True))

    def _once(self, what: Happening, known_by: object = None) -> None:
        """Tell it unless the last of its kind said the same."""
        same = what if known_by is None else known_by
        if self._told.get(type(what)) != same:
            self._told[type(what)] = same
            self.tell(what)


def _in_one_line(error: DeployerError) -> str:
    return "; ".join(line.strip() for line in error.lines)


def _end_of(course: Course, state: AliasState) -> tuple[End, str]:
    match course:
        case Wait(why=why):
            return End.WAITING, why
        case Step(_, why):
            alone = isinstance(state, Stable)
            return (End.DONE, f"the alias shows {state}") if alone else (End.WAITING, why)
        case RollBack(_, why):
            return End.ROLLED_BACK, f"rolled back to {state}: {why}"
        case OnHold():
            return End.HELD, "nothing goes forward; once that is settled, `rollout` or `tick` carries on"
        case Done(why):
            return End.DONE, why
