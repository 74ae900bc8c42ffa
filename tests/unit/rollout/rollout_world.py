"""A world for drivers: one function, one alias, a clock, what metrics show, and calls that may fail or be overtaken.

Everything that a driver does outside itself is a call here: a look at the alias, a look at metrics, a write. A Fault
says what happens at which call: a crash before it or after it, or somebody else who is faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, cast

from deployer.aws.alias import AliasSeen
from deployer.aws.failure import Moved
from deployer.aws.prepared import BeforeTraffic, Outcome, Prepared, Refused
from deployer.core import (
    Absent,
    AliasState,
    Canary,
    CanaryIncrements,
    Content,
    CreateAlias,
    Deploy,
    Move,
    Notice,
    Plan,
    Policy,
    Published,
    Refusal,
    Request,
    Settling,
    Shift,
    Situation,
    Stable,
    plan,
    stamped,
    unread,
)
from deployer.core.fitness import Fitness
from deployer.core.memory import Record
from deployer.core.situation import AllVersions
from deployer.core.watch.observation import PERIOD, Alarm, Observation, Period
from deployer.core.watch.policy import Bake, Gates, Watch
from deployer.core.watch.sight import Sight
from deployer.deployer import Deployer
from deployer.rollout.context import HookContext
from deployer.rollout.driver import Driver
from deployer.rollout.event import Happening, Tested
from deployer.rollout.ports import Ran, Seen
from deployer.testing import World

ARN: Final = "arn:aws:lambda:eu-central-1:123456789012:function:orders:LIVE"
START: Final = 1_798_200_000
POLICY: Final = Policy(Canary(CanaryIncrements.of([25, 50])))
WATCH: Final = Watch(Bake(300), gates=Gates(least_invocations=50), delay=60)


class Crash(BaseException):
    """The process is killed: nothing of it runs any more."""


@dataclass(slots=True)
class Fault:
    """Something that happens at one call, counted from 1: before it takes effect, or `after`."""

    at: int
    what: Callable[[], None]
    after: bool = False


@dataclass(slots=True)
class Clock:
    """Time that passes when somebody says so."""

    time: float = START
    slept: list[float] = field(default_factory=list)
    meanwhile: Callable[[float], None] = lambda _seconds: None

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        self.meanwhile(seconds)


@dataclass(frozen=True, slots=True)
class Write:
    """One write of the alias that took effect: by whom, when, from where to where."""

    by: str
    at: float
    before: AliasState
    after: AliasState


@dataclass(slots=True)
class Scene:
    """What drivers share: the function and the alias, the clock, and what CloudWatch shows at a time."""

    world: World = field(default_factory=World)
    clock: Clock = field(default_factory=Clock)
    policy: Policy = POLICY
    metrics: dict[tuple[Published, int], Period] = field(default_factory=dict)
    outage: bool = False
    lag: int = 0
    alarms: tuple[Alarm, ...] = ()
    revision: int = 0
    writes: list[Write] = field(default_factory=list)
    moving: tuple[float, Published] | None = None  # until when Lambda moves capacity, and from which version

    def seen(self) -> AliasSeen:
        state = self.world.state
        if isinstance(state, Absent):
            return AliasSeen(Absent())
        if isinstance(state, Stable) and isinstance(state.version, Published) and self.moving is not None:
            until, old = self.moving
            if self.clock.time < until and old != state.version:
                moving = Settling(state.version, old, Move.UNDER_WAY)
                return AliasSeen(moving, self.world.description, str(self.revision), ARN)
        return AliasSeen(state, self.world.description, str(self.revision), ARN)

    def situation(self, seen: AliasSeen) -> Situation:
        return Situation(seen.state, seen.description, self.world.latest, alias_arn=ARN)

    def known(self, request: Request, wanted: Content | None) -> Situation:
        """All that has to be known to decide."""
        situation = self.situation(self.seen())
        while wanted is not None and (asked := unread(situation, request, self.policy, wanted)) is not None:
            contents = {version: content.fingerprint for version, content in self.world.versions.items()}
            if isinstance(asked, AllVersions):
                situation = situation.listing(contents)
            else:
                situation = situation.knowing(asked, contents.get(asked))
        return situation

    def write(self, by: str, write: CreateAlias | Shift, seen: AliasSeen) -> Record:
        """The compare-and-swap, and what the alias remembers of it."""
        if self.seen().revision != seen.revision:
            raise Moved("move the alias", "somebody else was faster", "look again")
        stands = stamped(write, int(self.clock.time), ARN)
        self.force(by, stands)
        return stands.memory.record

    def force(self, by: str, write: CreateAlias | Shift) -> None:
        before = self.world.state
        self.world.write(write.after, write.description.text)
        self.revision += 1
        self.writes.append(Write(by, self.clock.time, before, write.after))

    def console(self, routing: Any, description: str | None = None) -> None:
        """Somebody edits the alias by other means."""
        self.world.write(routing, self.world.description if description is None else description)
        self.revision += 1

    def count(self, version: Published, calls: int, errors: int, minute: int) -> None:
        """CloudWatch counts calls of a version in the minute that begins then."""
        there = self.metrics.get((version, minute), Period(minute, 0))
        counted = replace(there, invocations=there.invocations + calls, errors=there.errors + errors)
        self.metrics[version, minute] = counted

    def visible(self, version: Published, since: int, through: int) -> tuple[Period, ...]:
        """What can be seen of a version."""
        if self.outage:
            return ()
        ends = min(through, int(self.clock.time) - self.lag)
        counted = (period for (of, _), period in self.metrics.items() if of == version and period.invocations)
        shown = (period for period in counted if since < period.start + PERIOD <= ends)
        return tuple(sorted(shown, key=lambda period: period.start))


@dataclass(slots=True)
class FakeDeployer:
    """What a driver needs of a Deployer, upon a Scene; `by` names whose it is."""

    scene: Scene
    by: str = "driver"
    code: Content | None = None
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    function_name: str = "orders"
    alias: str = "LIVE"
    release: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    session: Any = field(default_factory=lambda: SimpleNamespace(credentials_end=None))
    clock_notice: Notice | None = None
    runs: int = 0
    on_step: dict[AliasState, Callable[[], None]] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return self.scene.policy

    @property
    def clock(self) -> Clock:
        return self.scene.clock

    def now(self) -> float:
        return self.scene.clock.now()

    @property
    def clock_notices(self) -> tuple[Notice, ...]:
        return () if self.clock_notice is None else (self.clock_notice,)

    def new_operation_id(self) -> str:
        self.runs += 1
        return f"{self.by}-{self.runs}"

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        self.calls.append(name)
        due = [fault for fault in self.faults if fault.at == len(self.calls)]
        for fault in due:
            if not fault.after:
                fault.what()
        done = effect()
        for fault in due:
            if fault.after:
                fault.what()
        return done

    def look(self) -> AliasSeen:
        return cast("AliasSeen", self.call("look", self.scene.seen))

    def prepare(self, request: Request | None = None) -> Prepared:
        request = request or Deploy()
        seen = self.look()
        wanted = self.code if isinstance(request, Deploy) else None
        situation = self.scene.known(request, wanted)
        operation_id = self.new_operation_id()
        now = int(self.clock.time)
        decision = plan(situation, request, self.policy, wanted, now=now, operation_id=operation_id)
        decision = replace(decision, notices=(*decision.notices, *self.clock_notices))
        return Prepared(request, self.policy, operation_id, seen, None, situation, None, wanted, decision, Fitness())

    def settled(self, prepared: Prepared) -> Prepared:
        return prepared

    def decided(self, seen: AliasSeen, request: Request, decision: Plan, operation_id: str) -> Prepared:
        situation = self.scene.situation(seen)
        return Prepared(request, self.policy, operation_id, seen, None, situation, None, None, decision, Fitness())

    def execute(self, prepared: Prepared, before_traffic: BeforeTraffic = lambda _write: None) -> Outcome:
        decision = prepared.decision
        if isinstance(decision, Refusal):
            raise Refused(decision)
        before = prepared.alias.state
        decision = self._published(prepared, decision)
        write = decision.write
        if write is None:
            return Outcome(decision, before, before)
        before_traffic(write)
        record = self.call("write", lambda: self.scene.write(self.by, write, prepared.alias))
        self.on_step.pop(write.after, lambda: None)()
        return Outcome(decision, before, write.after, record=record)

    def _published(self, prepared: Prepared, decision: Plan) -> Plan:
        number = None
        for action in decision.actions:
            if isinstance(action, CreateAlias | Shift):
                break
            number = self.call("publish", partial(self.scene.world.perform, action, prepared.wanted)) or number
        if number is None:
            return decision
        known = prepared.situation.knowing(number, self.scene.world.versions[number].fingerprint)
        again = plan(
            known, prepared.request, self.policy, number, now=int(self.clock.time), operation_id=prepared.operation_id
        )
        if isinstance(again, Refusal):
            raise Refused(again)
        return again


@dataclass(slots=True)
class FakeEyes:
    """Sees what the scene shows."""

    deployer: FakeDeployer
    watch: Watch

    def check(self, now: int) -> tuple[str, ...]:  # noqa: ARG002  # the port's
        return cast("tuple[str, ...]", self.deployer.call("check", lambda: ()))

    def observe(self, sight: Sight, now: int) -> Seen:
        return cast("Seen", self.deployer.call("observe", lambda: self._observed(sight, now)))

    def _observed(self, sight: Sight, now: int) -> Seen:
        scene = self.deployer.scene
        through = (now - self.watch.delay) // PERIOD * PERIOD
        old = () if sight.old is None else scene.visible(sight.old, sight.since, through)
        return Seen(Observation(through, scene.visible(sight.new, sight.since, through), old, scene.alarms))


def driver(
    scene: Scene,
    by: str = "driver",
    *,
    code: Content | None = None,
    watch: Watch = WATCH,
    tell: Callable[[Happening], None] = lambda _what: None,
    faults: list[Fault] | None = None,
    **more: Any,
) -> tuple[Driver, FakeDeployer]:
    """A driver on the scene, and its deployer."""
    deployer = FakeDeployer(scene, by, code, faults or [])
    given: dict[str, Any] = {"trial": no_tests, "hooks": no_hooks, **more}
    eyes = FakeEyes(deployer, watch)
    return Driver(deployer=cast("Deployer", deployer), watch=watch, eyes=eyes, tell=tell, **given), deployer


def no_tests(new: Published, old: Published | None) -> Tested:
    return Tested(str(new), ())


def no_hooks(_context: HookContext) -> Ran:
    return Ran((), None)
