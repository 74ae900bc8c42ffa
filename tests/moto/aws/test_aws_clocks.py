"""Machines whose clocks are minutes off: what they date, decide and measure goes by AWS's time all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from aws_rollouts import EVERY, MINUTE, WATCH, Echo, Flow, Rollout
from aws_wire import Attempt
from aws_world import FakeClock, World
from botocore.awsrequest import AWSResponse
from stack_world import StackWorld

import deployer.local
from deployer import Canary, CanaryIncrements
from deployer.aws.prepared import Refused
from deployer.core import Freeze, Notice, Reason, Topic, parse_description
from deployer.core.freeze import Weekly
from deployer.core.mark import read_mark
from deployer.core.watch.course import Step, Wait
from deployer.core.watch.sight import Sight
from deployer.rollout.event import End, Noticed
from deployer.rollout.eyes import AwsEyes
from deployer.rollout.ports import Seen

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

AT_25, AT_50 = "2 at 25 %, 1 at 75 %", "2 at 50 %, 1 at 50 %"
MINUTES = 4 * 60.0  # AWS takes signatures that are up to five minutes off
LOOK = ["GetAlias", "GetMetricData"]


@dataclass
class Skewed(FakeClock):
    """A clock that is `off` by so many seconds from one that is right."""

    right: FakeClock = field(default_factory=FakeClock)
    off: float = 0.0

    def now(self) -> float:
        return self.right.now() + self.off

    def monotonic(self) -> float:
        return self.right.monotonic()

    def sleep(self, seconds: float) -> None:
        self.right.sleep(seconds)


@pytest.fixture(scope="module")
def timed() -> Iterator[tuple[LocalLambda, Flow]]:
    """One server for all of them, which goes by the clock."""
    clock = Flow()
    with deployer.local.start(pool=Echo, clock=clock.now) as local:
        yield local, clock


@pytest.fixture
def rollout(timed: tuple[LocalLambda, Flow], make_world: Callable[[LocalLambda], World]) -> Rollout:
    local, clock = timed
    return Rollout(make_world(local), clock).made()


def elsewhere(rollout: Rollout, off: float) -> Rollout:
    """The same on a machine whose clock is `off`."""
    other = rollout.another()
    other.world.clock = Skewed(right=rollout.clock, off=off)
    return other


def since(world: World) -> int:
    memory = parse_description(world.text(), world.alias_arn()).memory
    assert memory is not None
    return memory.record.since


OFF = pytest.mark.parametrize("off", [-MINUTES, MINUTES], ids=["behind", "ahead"])


@OFF
def test_a_step_is_dated_by_awss_time(rollout: Rollout, off: float) -> None:
    elsewhere(rollout, off).begin()
    assert since(rollout.world) == rollout.clock.now()
    rollout.clock.sleep(180)
    other = elsewhere(rollout, off)
    assert isinstance(other.driver().tick(), Step)
    assert since(rollout.world) == rollout.clock.now()
    assert other.moved[-1] == rollout.clock.now()


@OFF
def test_so_is_the_first_release_of_a_function_that_is_not_there(plain: World, off: float) -> None:
    """The first answers are refusals, which tell the time as well."""
    right = plain.clock
    plain.clock = Skewed(right=right, off=off)
    outcome = plain.deployer(1).deploy()
    assert since(plain) == right.now()
    assert outcome.published is not None
    mark = read_mark(outcome.published.description)
    assert mark is not None
    assert datetime.fromisoformat(mark.at).timestamp() == right.now()


@OFF
def test_a_machine_with_the_right_time_waits_the_whole_bake_of_one_without(rollout: Rollout, off: float) -> None:
    elsewhere(rollout, off).begin()
    began = rollout.clock.now()
    right = rollout.another()
    while isinstance(right.driver().tick(), Wait):
        rollout.clock.sleep(EVERY)
    assert rollout.world.shown() == AT_50
    assert rollout.clock.now() - began == WATCH.bake.seconds + WATCH.delay


@OFF
def test_a_machine_without_the_right_time_waits_the_whole_bake(rollout: Rollout, off: float) -> None:
    assert elsewhere(rollout, off).run() is End.DONE
    written = [write.time for write in rollout.world.log()[-3:]]
    assert [later - earlier >= 180 for earlier, later in pairwise(written)] == [True, True]


@OFF
def test_a_machine_without_the_right_time_sees_a_bad_version_when_others_do(rollout: Rollout, off: float) -> None:
    """So it asks for metrics up to what AWS's time lets be whole, and takes that for whole which is."""
    rollout.errors = {2: 0.5}
    rollout.begin()
    began = rollout.clock.now()
    other = elsewhere(rollout, off)
    one = other.driver(every=10.0)
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert rollout.world.log()[-1].time == began + MINUTE + WATCH.delay


def test_metrics_are_asked_for_up_to_awss_time(rollout: Rollout, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    observe = AwsEyes.observe

    def noting(self: AwsEyes, sight: Sight, now: int) -> Seen:
        asked.append(now)
        return observe(self, sight, now)

    monkeypatch.setattr(AwsEyes, "observe", noting)
    rollout.begin()
    rollout.clock.sleep(150)
    for off in (-MINUTES, 0.0, MINUTES):
        elsewhere(rollout, off).driver().tick()
    assert asked == [rollout.clock.now()] * 3


# What is frozen


def frozen(begin: float, end: float) -> Freeze:
    """A window of whole minutes."""
    first, last = (datetime.fromtimestamp(at, UTC) for at in (begin, end))
    return Freeze((Weekly(first.weekday(), first.time(), last.weekday(), last.time(), UTC, "a window"),))


@OFF
def test_a_freeze_window_is_judged_by_awss_time(rollout: Rollout, off: float) -> None:
    """By its own clock the machine would take the one that is shut for open, and one of the others for shut."""
    now = rollout.clock.now()
    shut = frozen(now - 2 * MINUTE, now + 2 * MINUTE)
    world = elsewhere(rollout, off).world
    with pytest.raises(Refused) as caught:
        world.deployer(2, freeze=shut).deploy()
    assert caught.value.refusal.reason is Reason.FROZEN
    for begin in (-6 * MINUTE, 2 * MINUTE):
        free = frozen(now + begin, now + begin + 4 * MINUTE)
        assert world.deployer(2, freeze=free).plan().actions


@OFF
@pytest.mark.parametrize(("begin", "why"), [(-2, "incident 42"), (-6, None), (2, None)])
def test_a_mark_says_of_an_override_only_where_awss_time_needs_it(
    rollout: Rollout, off: float, begin: int, why: str | None
) -> None:
    opens = rollout.clock.now() + begin * MINUTE
    world = elsewhere(rollout, off).world
    outcome = world.deployer(2, freeze=frozen(opens, opens + 4 * MINUTE)).deploy(override="incident 42")
    assert outcome.published is not None
    mark = read_mark(outcome.published.description)
    assert mark is not None
    assert mark.override == why


# What is told


@OFF
def test_a_clock_that_is_off_is_told_once(rollout: Rollout, off: float) -> None:
    other = elsewhere(rollout, off)
    other.run()
    told = [what for what in other.told if isinstance(what, Noticed)]
    assert told == [Noticed("clock", clock_text(off), loud=True)]


def test_a_tick_tells_it_when_it_moves_the_alias_and_no_sooner(rollout: Rollout) -> None:
    rollout.begin()
    noticed: list[list[Noticed]] = []
    for pause, calls in ((150, LOOK), (60, [*LOOK, "UpdateAlias"])):
        rollout.clock.sleep(pause)
        other = elsewhere(rollout, -MINUTES)
        assert other.calls(other.driver().tick) == calls
        noticed.append([what for what in other.told if isinstance(what, Noticed)])
    assert noticed == [[], [Noticed("clock", clock_text(-MINUTES), loud=True)]]


@pytest.mark.parametrize("off", [-4.0, 0.0, 4.0])
def test_a_clock_that_is_right_but_for_seconds_counts_and_nobody_hears_of_it(rollout: Rollout, off: float) -> None:
    other = elsewhere(rollout, off)
    outcome = other.world.deployer(2).deploy()
    assert outcome.decision.notices == ()
    assert since(rollout.world) == rollout.clock.now() + off


def test_every_verb_tells_it(rollout: Rollout) -> None:
    notice = Notice(Topic.CLOCK, clock_text(-MINUTES), loud=True)
    one = elsewhere(rollout, -MINUTES).world
    for outcome in (
        one.deployer(2).deploy(),
        one.deployer().hold(),
        one.deployer().resume(),
        one.deployer().promote(),
        one.deployer().rollback(),
        one.deployer().route(2, 1, 50),
    ):
        assert notice in outcome.decision.notices


def clock_text(off: float) -> str:
    way = f"{-off:.0f} s behind" if off < 0 else f"{off:.0f} s ahead of"
    return f"this machine's clock is {way} AWS's; AWS's counts"


# Where no time is told


@pytest.mark.parametrize("date", [None, "", "a quarter to noon"])
def test_without_a_date_that_can_be_read_the_machines_own_time_counts(rollout: Rollout, date: str | None) -> None:
    other = elsewhere(rollout, -MINUTES)

    def rule(attempt: Attempt) -> AWSResponse:
        real = attempt.send()
        del real.headers["Date"]
        if date is not None:
            real.headers["Date"] = date
        return real

    other.world.broken(rule, other.begin)
    assert since(rollout.world) == rollout.clock.now() - MINUTES
    assert not any(isinstance(what, Noticed) for what in other.told)


# Through a stack


@OFF
def test_a_release_through_a_stack_is_dated_so_too(plain: World, off: float) -> None:
    right = plain.clock
    plain.clock = Skewed(right=right, off=off)
    resolved = StackWorld(plain, Canary(CanaryIncrements.of([25]))).plan()
    write = resolved.decision.write  # type: ignore[union-attr]  # a plan
    assert write is not None
    assert write.memory.record.since == right.now()
    assert [notice.topic for notice in resolved.decision.notices if notice.topic is Topic.CLOCK] == [Topic.CLOCK]
