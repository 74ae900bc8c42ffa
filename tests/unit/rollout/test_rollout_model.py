"""Long random rollouts: drivers that die, race and are overtaken, people, consoles, and metrics that are bad or late.

Whatever happens, every write of a driver is held against what an onlooker knows (`rollout_truth.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import cached_property, partial
from typing import Any, Final, cast

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from rollout_truth import Act, Truth, WatchedDeployer, WatchedEyes, WatchedScene
from rollout_world import START, Crash, Fault, no_tests

from deployer.aws.failure import AwsFailure, Moved
from deployer.aws.prepared import Refused
from deployer.config.rollout.settings import OnFailure
from deployer.core import (
    Canary,
    CanaryIncrements,
    Content,
    Deploy,
    Freeze,
    Hold,
    OnNewer,
    Percent,
    Policy,
    Promote,
    Published,
    Request,
    Resume,
    Rollback,
    Route,
    Stable,
    Transition,
    versions_on,
)
from deployer.core.freeze import Weekly
from deployer.core.watch.course import Course, FollowUp, OnHold, Step, Wait
from deployer.core.watch.observation import PERIOD, Alarm, AlarmState, Period
from deployer.core.watch.policy import AlarmGate, Bake, ErrorGate, Gates, Then, Watch
from deployer.deployer import Deployer
from deployer.rollout.context import HookContext
from deployer.rollout.driver import Driver
from deployer.rollout.event import Happening, Hooked
from deployer.rollout.failure import HookFailed
from deployer.rollout.ports import Ran

EVERY: Final = 20.0
LOUD: Final = 6000
THIN: Final = 8
FAILS: Final = 0.6
SICKNESS: Final = 0.1


class Happens(Enum):
    """What happens around a rollout: to the versions and their traffic, to metrics, by settings, by consoles."""

    TURNS_BAD = auto()
    RECOVERS = auto()
    ALL_ARE_SICK = auto()
    LOUD = auto()
    THIN = auto()
    SILENT = auto()
    OUTAGE = auto()
    LATE = auto()
    ON_TIME = auto()
    FREEZE = auto()
    THAW = auto()
    STOP = auto()
    GO = auto()
    RED = auto()
    GREEN = auto()
    HOOK_HOLDS = auto()
    HOOK_GOES_BACK = auto()
    HOOK_PASSES = auto()
    NEWER_CODE = auto()
    CONSOLE_WEIGHS = auto()
    CONSOLE_PAIRS = auto()
    CONSOLE_FINISHES = auto()
    CONSOLE_GOES_BACK = auto()
    CONSOLE_SCRIBBLES = auto()
    CONSOLE_ERASES = auto()
    HOLD = auto()
    RESUME = auto()
    ROLLBACK = auto()
    PROMOTE = auto()
    DEPLOY = auto()
    ROUTE_ALONE = auto()
    ROUTE_WEIGHT = auto()
    ROUTE_BACK = auto()
    ROUTE_PAIR = auto()
    ANOTHER_LOOKS = auto()
    ANOTHER_LOOKS_NEVERTHELESS = auto()
    ANOTHER_BEGINS = auto()
    ANOTHER_DIES_AT_ITS_HOOKS = auto()
    TIME_PASSES = auto()
    AWS_FAILS = auto()
    KILLED = auto()


_BY_CHANCE: Final = (Happens.AWS_FAILS, Happens.KILLED)
_GOOD_AGAIN: Final = (Happens.RECOVERS, Happens.LOUD, Happens.ON_TIME, Happens.GO, Happens.GREEN, Happens.HOOK_PASSES)
AROUND: Final = st.sampled_from([*(one for one in Happens if one not in _BY_CHANCE), *_GOOD_AGAIN * 2])
# What a driver is to be afraid of above all.
EVENTS: Final = (
    st.sampled_from([Happens.ANOTHER_LOOKS, Happens.KILLED, Happens.TIME_PASSES]) | st.sampled_from(Happens) | AROUND
)


@dataclass(frozen=True, slots=True)
class Mishap:
    """It happens at a driver's call, counted from 1, before that takes effect or after."""

    at: int
    after: bool
    what: Happens


MISHAPS: Final[st.SearchStrategy[list[Mishap]]] = st.just([]) | st.lists(
    st.builds(Mishap, st.integers(min_value=1, max_value=7), st.booleans(), EVENTS), max_size=2
)
FIRST: Final = [
    [],
    [Happens.HOLD],
    [Happens.FREEZE, Happens.STOP],
    [Happens.RED],
    [Happens.PROMOTE],
    [Happens.DEPLOY, Happens.DEPLOY, Happens.DEPLOY, Happens.DEPLOY],
    [Happens.ROUTE_WEIGHT],
    [Happens.CONSOLE_WEIGHS],
    [Happens.CONSOLE_WEIGHS, Happens.RESUME],
    [Happens.CONSOLE_PAIRS],
]
FASTER: Final = [
    Happens.ANOTHER_LOOKS,
    Happens.HOLD,
    Happens.ROLLBACK,
    Happens.PROMOTE,
    Happens.DEPLOY,
    Happens.ROUTE_WEIGHT,
    Happens.CONSOLE_WEIGHS,
    Happens.KILLED,
]
LOOKS: Final = st.lists(st.tuples(st.sampled_from([10, 30, 60, 130, 300]), MISHAPS), min_size=1, max_size=8)
NEVERTHELESS: Final = st.sampled_from([False, False, False, True])
SCRIPTS: Final = st.lists(st.tuples(st.integers(min_value=0, max_value=900), EVENTS), max_size=3)
THENS: Final = st.sampled_from([Then.HOLD, Then.HOLD, Then.GO_ON, Then.ROLL_BACK])
BAKES: Final = st.builds(Bake, st.sampled_from([60, 120, 290])) | st.builds(
    Bake, st.just(60), st.sampled_from([300, 1000]), st.just(300), THENS
)
GATES: Final = st.builds(
    Gates,
    st.sampled_from([ErrorGate(), ErrorGate(1.0, Percent.of(5))]),
    alarms=st.sampled_from([None, None, AlarmGate(("red",))]),
    least_invocations=st.just(50),
    on_inconclusive=THENS,
    on_no_data=THENS,
)
WATCHES: Final = st.builds(
    Watch,
    BAKES,
    final=st.sampled_from([Bake(0), Bake(180)]),
    gates=GATES,
    delay=st.sampled_from([0, 60, 90]),
    follow_up=st.sampled_from([None, 30, 200]),
)
SCHEDULES: Final = st.sampled_from([[25, 50], [10, 40, 90], [50]])


@dataclass(slots=True)
class Traffic:
    """Calls of the versions on the alias, as time passes; CloudWatch counts them by minutes."""

    scene: WatchedScene
    rate: int = 600
    bad: set[Published] = field(default_factory=set)
    sick: bool = False
    calls: dict[tuple[Published, int], tuple[float, float]] = field(default_factory=dict)

    def flow(self, seconds: float) -> None:
        """Of the `seconds` that have just passed, with the alias as it is."""
        begin, end = self.scene.clock.time - seconds, self.scene.clock.time
        while begin < end:
            minute = int(begin // PERIOD * PERIOD)
            until = min(end, minute + PERIOD)
            for version, share in self._shares():
                self._count(version, minute, self.rate * share * (until - begin) / PERIOD)
            begin = until

    def _shares(self) -> Iterator[tuple[Published, float]]:
        state = self.scene.world.state
        if isinstance(state, Transition) and isinstance(state.version1, Published):
            yield from ((state.version1, state.share.fraction), (state.version2, 1 - state.share.fraction))
        elif isinstance(state, Stable) and isinstance(state.version, Published):
            yield state.version, 1.0

    def _count(self, version: Published, minute: int, calls: float) -> None:
        before, failed = self.calls.get((version, minute), (0.0, 0.0))
        share = SICKNESS * self.sick if version not in self.bad else FAILS
        before, failed = before + calls, failed + calls * share
        self.calls[version, minute] = before, failed
        self.scene.metrics[version, minute] = Period(minute, round(before), round(failed))


class Rollouts(RuleBasedStateMachine):
    """One alias of one function, drivers of its rollouts, and all that may come between."""

    newer = OnNewer.ADVANCE

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch(Bake(120))
        self.truth = Truth(self.watch)
        self.scene = WatchedScene(truth=self.truth)
        self.traffic = Traffic(self.scene)
        self.number = 0
        self.code = 1
        self.told: list[Happening] = []
        self.during_hooks: list[Happens] = []

    @initialize(shares=SCHEDULES, watch=WATCHES, rate=st.sampled_from([THIN, 600, 600, LOUD]), begun=st.booleans())
    def begin(self, shares: list[int], watch: Watch, rate: int, begun: bool) -> None:
        self.watch = watch
        self.truth = Truth(watch)
        policy = Policy(Canary(CanaryIncrements.of(shares), self.newer))
        self.scene = WatchedScene(truth=self.truth, policy=policy, alarms=(Alarm("red", AlarmState.OK, START),))
        self.traffic = Traffic(self.scene)
        self.scene.clock.meanwhile = self.traffic.flow
        # Versions 1 and 2 were stable, so that there is a way back too far.
        self._person(Act.DEPLOY, Deploy())
        self.code = 2
        self._person(Act.DEPLOY, Deploy())
        self._person(Act.PROMOTE, Promote())
        assert self.scene.world.state == Stable(Published(2))
        self.code = 3
        self.traffic.rate = rate
        if begun:
            self._person(Act.DEPLOY, Deploy())

    # What drivers do

    @precondition(lambda self: self.truth.deployed)
    @rule(looks=LOOKS, override=NEVERTHELESS)
    def look(self, looks: list[tuple[int, list[Mishap]]], override: bool) -> None:
        for pause, mishaps in looks:
            self._look(mishaps, override)
            self.scene.clock.sleep(pause)

    @precondition(lambda self: isinstance(self.scene.world.state, Stable))
    @rule(mishaps=MISHAPS)
    def begin_a_rollout(self, mishaps: list[Mishap]) -> None:
        self.code += 1
        one = self._driver(Act.ROLLOUT, mishaps)
        self._attempt(lambda: one.begin(one.prepare()))

    @rule(script=SCRIPTS, mishaps=MISHAPS, override=NEVERTHELESS)
    def roll_out(self, script: list[tuple[int, Happens]], mishaps: list[Mishap], override: bool) -> None:
        one = self._driver(Act.ROLLOUT, mishaps, override)
        self._attempt(lambda: self._scripted(one, script))

    def _scripted(self, one: Driver, script: list[tuple[int, Happens]]) -> None:
        began, ahead = self.scene.clock.time, sorted(script, key=lambda each: each[0])

        def meanwhile(seconds: float) -> None:
            self.traffic.flow(seconds)
            self._seen_to(one)
            while ahead and self.scene.clock.time - began >= ahead[0][0]:
                self._happens(ahead.pop(0)[1])
            assert self.scene.clock.time - began < 4 * 3600, "a rollout ends"

        self.scene.clock.meanwhile = meanwhile
        try:
            note(f"{one.run(one.prepare())}")
        finally:
            self.scene.clock.meanwhile = self.traffic.flow

    def _look(self, mishaps: list[Mishap], override: bool = False) -> None:
        one = self._driver(Act.LOOK, mishaps, override)
        # What there is to be seen, whether he looks at it or not.
        self.truth.glance(self.scene, self._name(one), int(self.scene.clock.time))
        course = self._attempt(one.tick)
        mine = [write for write in self.scene.writes if write.by == self._name(one)]
        moved = [write for write in mine if write.before != write.after]
        assert len(moved) <= 1 or self._name(one) in self.truth.demanded, "one look moves once"
        if course is not None:
            self._seen_to(one)

    @rule(first=st.sampled_from(FIRST), pauses=st.lists(st.sampled_from([20, 150]), max_size=3), bad=st.booleans())
    def many_calls_show_what_it_is(self, first: list[Happens], pauses: list[int], bad: bool) -> None:
        for what in (*first, Happens.ON_TIME, Happens.LOUD, *([Happens.TURNS_BAD] * bad)):
            self._happens(what)
        for pause in pauses:
            self.scene.clock.sleep(pause)
            self._look([])

    @precondition(lambda self: self.truth.ours(self.scene.world.state))
    @rule(mishap=st.builds(Mishap, st.integers(1, 5), st.booleans(), st.sampled_from(FASTER)), bad=st.booleans())
    def somebody_is_faster_when_it_is_to_move(self, mishap: Mishap, bad: bool) -> None:
        for before in (Happens.ON_TIME, Happens.LOUD, *([Happens.TURNS_BAD] * bad)):
            self._happens(before)
        self.scene.clock.sleep(500)
        self._look([mishap])

    def _seen_to(self, one: Driver) -> None:
        """What is plainly bad has gone back by the look that showed it, unless somebody else wrote meanwhile."""
        glance = self.truth.glances.get(self._name(one))
        if glance is None or glance.revision != self.scene.revision or not glance.ours:
            return
        if glance.alone and glance.at - self.truth.came >= self.watch.final.seconds:
            return
        errors = self.watch.gates.errors
        bad = glance.plainly_bad(errors is not None and errors.ceiling is not None)
        assert not bad or self.truth.base is None, "no traffic is left on what is judged bad"

    # What happens

    @rule(what=AROUND)
    def something_happens(self, what: Happens) -> None:
        self._happens(what)

    @rule(what=st.lists(AROUND, min_size=1, max_size=3))
    def something_happens_while_hooks_run(self, what: list[Happens]) -> None:
        self.during_hooks += what

    @rule(seconds=st.sampled_from([10, 60, 300, 900]))
    def time_passes(self, seconds: int) -> None:
        self.scene.clock.sleep(seconds)

    def _happens(self, what: Happens) -> None:
        note(f"{int(self.scene.clock.time) - START}: {what.name}")
        self._what_happens[what]()

    @cached_property
    def _what_happens(self) -> dict[Happens, Callable[[], None]]:
        return {
            Happens.TURNS_BAD: self._turns_bad,
            Happens.RECOVERS: self._recovers,
            Happens.ALL_ARE_SICK: partial(setattr, self.traffic, "sick", True),
            Happens.LOUD: partial(setattr, self.traffic, "rate", LOUD),
            Happens.THIN: partial(setattr, self.traffic, "rate", THIN),
            Happens.SILENT: partial(setattr, self.traffic, "rate", 0),
            Happens.OUTAGE: partial(setattr, self.scene, "outage", True),
            Happens.LATE: partial(setattr, self.scene, "lag", 200),
            Happens.ON_TIME: self._on_time,
            Happens.FREEZE: self._freeze,
            Happens.THAW: self._thaw,
            Happens.STOP: partial(self._stopped, "an incident"),
            Happens.GO: partial(self._stopped, None),
            Happens.RED: self._red,
            Happens.GREEN: self._green,
            Happens.HOOK_HOLDS: partial(setattr, self.truth, "hook", Then.HOLD),
            Happens.HOOK_GOES_BACK: partial(setattr, self.truth, "hook", Then.ROLL_BACK),
            Happens.HOOK_PASSES: partial(setattr, self.truth, "hook", None),
            Happens.NEWER_CODE: self._newer_code,
            Happens.CONSOLE_WEIGHS: self._console_weighs,
            Happens.CONSOLE_PAIRS: self._console_pairs,
            Happens.CONSOLE_FINISHES: partial(self._console_alone, 0),
            Happens.CONSOLE_GOES_BACK: partial(self._console_alone, -1),
            Happens.CONSOLE_SCRIBBLES: self._console_scribbles,
            Happens.CONSOLE_ERASES: partial(self._describe, ""),
            Happens.HOLD: partial(self._person, Act.HOLD, Hold()),
            Happens.RESUME: partial(self._person, Act.RESUME, Resume()),
            Happens.ROLLBACK: partial(self._person, Act.ROLLBACK, Rollback()),
            Happens.PROMOTE: partial(self._person, Act.PROMOTE, Promote()),
            Happens.DEPLOY: partial(self._person, Act.DEPLOY, Deploy()),
            Happens.ROUTE_ALONE: partial(self._route_alone, 0),
            Happens.ROUTE_BACK: partial(self._route_alone, -1),
            Happens.ROUTE_WEIGHT: self._route_weight,
            Happens.ROUTE_PAIR: self._route_pair,
            Happens.ANOTHER_LOOKS: partial(self._look, []),
            Happens.ANOTHER_LOOKS_NEVERTHELESS: partial(self._look, [], override=True),
            Happens.ANOTHER_BEGINS: self._another_begins,
            Happens.ANOTHER_DIES_AT_ITS_HOOKS: partial(self._another_begins, dies=True),
            Happens.TIME_PASSES: self._time_passes,
            Happens.AWS_FAILS: self._aws_fails,
            Happens.KILLED: self._killed,
        }

    def _turns_bad(self) -> None:
        for version in versions_on(self.scene.world.state)[:1]:
            self.traffic.bad |= {version} if isinstance(version, Published) else set()

    def _recovers(self) -> None:
        self.traffic.bad.clear()
        self.traffic.sick = False

    def _on_time(self) -> None:
        self.scene.outage, self.scene.lag = False, 0

    def _freeze(self) -> None:
        now = int(self.scene.clock.time) // PERIOD * PERIOD
        begin, end = datetime.fromtimestamp(now, UTC), datetime.fromtimestamp(now, UTC) + timedelta(minutes=15)
        window = Weekly(begin.weekday(), begin.time(), end.weekday(), end.time(), UTC)
        self.scene.policy = replace(self.scene.policy, freeze=Freeze((window,)))
        self.truth.frozen = (now, now + 900)

    def _thaw(self) -> None:
        self.scene.policy = replace(self.scene.policy, freeze=Freeze())
        self.truth.frozen = (0, 0)

    def _stopped(self, why: str | None) -> None:
        self.scene.policy = replace(self.scene.policy, stopped=why)
        self.truth.stopped = why is not None

    def _red(self) -> None:
        now = int(self.scene.clock.time)
        self.truth.red_since = self.truth.red_since or now
        self.scene.alarms = (Alarm("red", AlarmState.ALARM, self.truth.red_since),)

    def _green(self) -> None:
        self.truth.red_since = None
        self.scene.alarms = (Alarm("red", AlarmState.OK, int(self.scene.clock.time)),)

    def _newer_code(self) -> None:
        self.code += 1

    # By consoles

    def _console_weighs(self) -> None:
        if isinstance(state := self.scene.world.state, Transition):
            self.scene.console(Transition(state.version1, state.version2, Percent(3300)))

    def _console_pairs(self) -> None:
        first, *_ = versions_on(self.scene.world.state)
        if isinstance(first, Published) and (other := self._another()) is not None:
            self.scene.console(Transition(first, other, Percent(5000)))

    def _console_alone(self, which: int) -> None:
        self.scene.console(Stable(cast("Published", versions_on(self.scene.world.state)[which])))

    def _console_scribbles(self) -> None:
        self._describe(self.scene.world.description.replace(":s", ":s1", 1))

    def _describe(self, text: str) -> None:
        if text != self.scene.world.description:
            self.scene.console(self.scene.world.state, text)
            self.truth.scribble()

    def _another(self) -> Published | None:
        """A version that is not on the alias."""
        there = versions_on(self.scene.world.state)
        return min((one for one in self.scene.world.versions if one not in there), default=None)

    # By people

    def _route_alone(self, which: int) -> None:
        self._person(Act.ROUTE, Route(Stable(cast("Published", versions_on(self.scene.world.state)[which]))))

    def _route_weight(self) -> None:
        if isinstance(state := self.scene.world.state, Transition):
            self._person(Act.ROUTE, Route(Transition(state.version1, state.version2, Percent(7000))))

    def _route_pair(self) -> None:
        first, *_ = versions_on(self.scene.world.state)
        if isinstance(first, Published) and (other := self._another()) is not None:
            self._person(Act.ROUTE, Route(Transition(first, other, Percent(4000))))

    # By other drivers and AWS

    def _another_begins(self, dies: bool = False) -> None:
        """A rollout of newer code, as far as its first step; `dies`: no hook after that is run."""
        self.code += 1
        one = self._driver(Act.ROLLOUT, [])
        if dies:
            cast("WatchedDeployer", one.deployer).on_step = dict.fromkeys(self._first_steps(), self._killed)
        self._attempt(lambda: one.begin(one.prepare()))

    def _first_steps(self) -> Iterator[Transition]:
        """Where the next version may come to first."""
        strategy = self.scene.policy.strategy
        assert isinstance(strategy, Canary)
        new = Published(max(one.number for one in self.scene.world.versions) + 1)
        for old in self.scene.world.versions:
            yield Transition(new, old, strategy.increments.shares[0].rest)

    def _time_passes(self) -> None:
        clock = self.scene.clock
        clock.time += 20
        self.traffic.flow(20)

    def _aws_fails(self) -> None:
        raise AwsFailure("look", "it is down", "wait")

    def _killed(self) -> None:
        raise Crash

    # In peace

    @precondition(lambda self: self.truth.ours(self.scene.world.state))
    @rule(kills=st.lists(st.integers(min_value=1, max_value=60), max_size=2))
    def left_in_peace_looks_alone_bring_it_to_its_end(self, kills: list[int]) -> None:
        self.during_hooks.clear()
        for what in (*_GOOD_AGAIN, Happens.THAW, Happens.RESUME):
            self._what_happens[what]()
        began, first = self.scene.clock.time, self.scene.world.state
        spotless = not self._suspicious()
        # On hold it is looked at as well: there may have been too few calls so far.
        while isinstance(self._next(kills), Wait | Step | OnHold | FollowUp):
            assert self.scene.clock.time - began <= self._longest(), "it ends within its schedule"
            self.scene.clock.sleep(EVERY)
        last = self.scene.world.state
        assert isinstance(last, Stable), "it comes to an end"
        assert not self.truth.owing, "no hook is left undone"
        if spotless:
            assert last.version == versions_on(first)[0], "a good version comes to have all traffic"

    def _next(self, kills: list[int]) -> Course:
        kills[:] = [kill - 1 for kill in kills]
        mishaps = [Mishap(1 + kill % 3, after=bool(kill % 2), what=Happens.KILLED) for kill in kills if kill <= 0]
        kills[:] = [kill for kill in kills if kill > 0]
        one = self._driver(Act.LOOK, mishaps)
        course = self._attempt(one.tick)
        return Wait(0, "killed") if course is None else course

    def _suspicious(self) -> bool:
        """Whether anything may still be said against the version, or has kept it from being measured."""
        since = self.truth.came - PERIOD
        state = versions_on(self.scene.world.state)
        failed = any(period.errors for (of, minute), period in self.scene.metrics.items() if minute >= since)
        gates = self.watch.gates
        back = Then.ROLL_BACK in {gates.on_inconclusive, gates.on_no_data, self.watch.bake.at_longest}
        return failed or back or not state

    def _longest(self) -> float:
        bake = self.watch.bake
        each = (bake.longest or bake.seconds) + self.watch.delay + 2 * PERIOD + 2 * EVERY
        return 5 * each + self.watch.final.seconds + 5 * (self.watch.follow_up or 0)

    # How it is done

    def _driver(self, act: Act, mishaps: list[Mishap], override: bool = False) -> Driver:
        deployer = self._deployer(act)
        if override:
            self.truth.overriding.add(deployer.by)
        deployer.faults = [Fault(one.at, self._as_mishap(one.what), one.after) for one in mishaps]
        self.told = []
        return Driver(
            deployer=cast("Deployer", deployer),
            watch=self.watch,
            eyes=WatchedEyes(deployer, self.watch),
            tell=self.told.append,
            trial=no_tests,
            hooks=partial(self._hooks, deployer.by),
            override="nevertheless" if override else None,
            every=EVERY,
        )

    def _as_mishap(self, what: Happens) -> Callable[[], None]:
        return lambda: self._happens(what)

    def _deployer(self, act: Act) -> WatchedDeployer:
        self.number += 1
        by = f"{act}-{self.number}"
        self.truth.acts[by] = act
        code = Content(f"code-{self.code}", {})
        return WatchedDeployer(self.scene, by, code)

    def _name(self, one: Driver) -> str:
        return cast("WatchedDeployer", one.deployer).by

    def _hooks(self, by: str, context: HookContext) -> Ran:
        while self.during_hooks:
            self._happens(self.during_hooks.pop())
        then = self.truth.hook
        self.truth.hooked(context, failed=then is not None)
        if then is None:
            return Ran((), None)
        self.truth.demanded[by] = then
        return Ran((Hooked("gate", "", 0.1, "no"),), OnFailure.HOLD if then is Then.HOLD else OnFailure.ROLL_BACK)

    def _person(self, act: Act, request: Request) -> None:
        fake = self._deployer(act)
        try:
            fake.execute(fake.prepare(request))
        except Refused as refused:
            note(f"{act} refused: {refused}")
        note(f"{act}: {self.scene.world.state}")

    def _attempt(self, run: Callable[[], Any]) -> Any:
        """What it answers; None where it was killed, overtaken, refused, or AWS failed."""
        try:
            answered = run()
        except (Crash, Moved, Refused, HookFailed, AwsFailure) as error:
            note(f"ended by {error!r}")
            answered = None
        note(f"{int(self.scene.clock.time) - START}: {self.scene.world.state} after {answered}")
        return answered


class Restarting(Rollouts):
    newer = OnNewer.RESTART


TestAdvancing = Rollouts.TestCase
TestRestarting = Restarting.TestCase
