"""A driver: what it does of what was decided, what it tells, and that whoever comes after it goes on from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from rollout_world import ARN, POLICY, START, WATCH, Clock, Crash, FakeDeployer, Fault, Scene, driver, no_tests

from deployer.aws.failure import AwsFailure, HalfWay, Moved, NotAllowed
from deployer.aws.prepared import Refused
from deployer.config.rollout.settings import Moment, OnFailure
from deployer.core import (
    LATEST,
    Absent,
    Canary,
    CanaryIncrements,
    Content,
    Deploy,
    Development,
    Hold,
    Notice,
    OnNewer,
    Percent,
    Plan,
    Policy,
    Promote,
    Published,
    Reason,
    Resume,
    Rollback,
    Route,
    Stable,
    Topic,
    Transition,
)
from deployer.core.watch.course import Course, Done, OnHold, RollBack, Step, Wait
from deployer.core.watch.decision import Decided
from deployer.core.watch.observation import PERIOD
from deployer.core.watch.policy import Bake
from deployer.core.watch.sight import UNKNOWN, Sight
from deployer.rollout.context import HookContext
from deployer.rollout.driver import ATTEMPTS, BLIND, Driver
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Happening,
    Held,
    Hooked,
    Looked,
    Noticed,
    RolledBack,
    Stepped,
    Tested,
    Tried,
    Waited,
)
from deployer.rollout.failure import HookFailed, TestsFailed
from deployer.rollout.ports import Ran, Seen

ONE, TWO, THREE = Published(1), Published(2), Published(3)
A, B, C = (Content(f"code-{name}", {}) for name in "ABC")
ROLLED_BACK = "version 1 has all traffic: the last release was rolled back"
AT_25 = Transition(TWO, ONE, Percent(7500))
AT_50 = Transition(TWO, ONE, Percent(5000))


def kinds(told: list[Happening]) -> list[type]:
    return [type(what) for what in told]


def traffic(scene: Scene, errors: float = 0.0, calls: int = 100) -> None:
    """From now on each version on the alias is called; version 2 fails on a share of its calls."""

    def meanwhile(seconds: float) -> None:
        minute = int(scene.clock.time - seconds) // PERIOD * PERIOD
        while minute + PERIOD <= scene.clock.time:
            if minute >= scene.clock.time - seconds - PERIOD + 1:
                for version in (ONE, TWO, THREE):
                    scene.metrics.pop((version, minute), None)
                    scene.count(version, calls, round(calls * errors) if version == TWO else 0, minute)
            minute += PERIOD

    scene.clock.meanwhile = meanwhile


@pytest.fixture
def scene() -> Scene:
    """Version 1 has all traffic, put there by a rollout."""
    scene = Scene()
    first, _ = driver(scene, code=A)
    assert first.run(first.prepare()) is End.DONE
    assert scene.world.state == Stable(ONE)
    scene.writes.clear()
    return scene


def begun(scene: Scene, **more: Any) -> None:
    """Version 2 has a quarter, as a driver left it that was killed right after."""
    one, fake = driver(scene, code=B, **more)
    prepared = one.prepare()
    fake.faults.append(Fault(len(fake.calls) + 3, killed, after=True))
    with pytest.raises(Crash):
        one.run(prepared)
    assert scene.world.state == AT_25
    scene.writes.clear()


def killed() -> None:
    raise Crash


def test_a_good_version_goes_the_whole_way_by_itself(scene: Scene) -> None:
    traffic(scene)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append)
    assert one.run(one.prepare()) is End.DONE
    assert [write.after for write in scene.writes] == [AT_25, AT_50, Stable(TWO)]
    steps = [what for what in told if isinstance(what, Stepped)]
    assert [step.why for step in steps] == [
        "first step",
        "version 2 rests at 25 %: pass",
        "version 2 rests at 50 %: pass",
    ]
    assert told[0] == Began(Stable(ONE), (Percent.of(25), Percent.of(50), Percent.of(100)))
    assert told[-1] == Ended(End.DONE, Stable(TWO), "version 2 has all traffic")


def test_it_rests_at_each_step_for_the_bake_and_what_metrics_lag_behind(scene: Scene) -> None:
    traffic(scene)
    one, _ = driver(scene, code=B)
    one.run(one.prepare())
    first, second, third = (write.at for write in scene.writes)
    assert first == START
    assert (second - first, third - second) == (360, 360)
    assert max(scene.clock.slept) == one.every


def test_a_bad_version_is_rolled_back_by_the_first_look_that_shows_it(scene: Scene) -> None:
    traffic(scene, errors=0.5)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append)
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert [write.after for write in scene.writes] == [AT_25, Stable(ONE)]
    # The minute in which it began is over 60 s later, and known 60 s after that.
    assert scene.writes[1].at - scene.writes[0].at <= 2 * PERIOD + one.every
    assert kinds(told)[-2:] == [RolledBack, Ended]
    back = told[-2]
    assert isinstance(back, RolledBack)
    assert (back.before, back.after) == (AT_25, Stable(ONE))
    assert "50.0 % of the new version's" in back.why


def test_what_it_rolled_back_does_not_come_back_by_itself(scene: Scene) -> None:
    traffic(scene, errors=0.5)
    one, _ = driver(scene, code=B)
    one.run(one.prepare())
    told: list[Happening] = []
    again, _ = driver(scene, code=B, tell=told.append)
    # What was to be released is not, so a retry must not turn green.
    assert again.run(again.prepare()) is End.ROLLED_BACK
    assert scene.world.state == Stable(ONE)
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert "version 2 was taken off the alias and does not come back by itself" in ended.text


def test_with_nothing_changed_it_is_done(scene: Scene) -> None:
    told: list[Happening] = []
    one, fake = driver(scene, code=A, tell=told.append)
    assert one.run(one.prepare()) is End.DONE
    assert scene.writes == []
    assert fake.calls == ["check", "look", "look"]
    assert kinds(told) == [Began, Noticed, Ended]


def test_too_few_calls_hold_it_and_a_person_is_told_how_to_go_on(scene: Scene) -> None:
    traffic(scene, calls=1)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append)
    assert one.run(one.prepare()) is End.HELD
    assert scene.world.state == AT_25
    held = next(what for what in told if isinstance(what, Held))
    assert held.state == AT_25
    assert "fewer than 50 calls" in held.why
    assert "`rollback` goes back" in held.way_on
    # Later there have been enough.
    traffic(scene)
    scene.clock.sleep(600)
    later, _ = driver(scene)
    assert isinstance(later.tick(), Step)
    assert scene.world.state == AT_50


def test_whoever_stays_goes_on_watching_what_is_on_hold(scene: Scene) -> None:
    begun(scene)
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Hold()))
    traffic(scene)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append, stay=True)
    before = scene.clock.meanwhile

    def meanwhile(seconds: float) -> None:
        before(seconds)
        if scene.clock.time > START + 900:
            scene.clock.meanwhile = before
            fake.execute(fake.prepare(Resume()))

    scene.clock.meanwhile = meanwhile
    assert one.run(one.prepare()) is End.DONE
    assert kinds(told).count(Held) == 1
    assert scene.world.state == Stable(TWO)


def test_on_hold_it_still_goes_back_when_it_is_judged_worse(scene: Scene) -> None:
    begun(scene)
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Hold()))
    traffic(scene, errors=0.5)
    scene.clock.sleep(180)
    one, _ = driver(scene)
    assert isinstance(one.tick(), RollBack)
    assert scene.world.state == Stable(ONE)


def test_a_tick_takes_one_look_and_waits_for_nothing(scene: Scene) -> None:
    begun(scene)
    told: list[Happening] = []
    one, fake = driver(scene, tell=told.append)
    slept = len(scene.clock.slept)
    assert one.once() is End.WAITING
    assert Waited(START + 360, "version 2 rests at 25 %, for 300 s") in told
    assert fake.calls == ["look", "observe"]
    assert len(scene.clock.slept) == slept
    assert kinds(told) == [Looked, Waited, Ended]


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_call_it_is_carried_on_by_a_tick_on_the_same_path(scene: Scene, after: bool) -> None:
    """Every call of a whole rollout, from before the first version is published until all is done."""
    for at in range(1, 500):
        there = Scene()
        first, _ = driver(there, code=A)
        first.run(first.prepare())
        traffic(there)
        there.writes.clear()
        one, fake = driver(there, code=B, faults=[Fault(at, killed, after=after)])
        try:
            one.run(one.prepare())
        except Crash:
            _carry_on(there)
        else:
            assert len(fake.calls) < at
            assert at > 60
            break
        assert [write.after for write in there.writes] == [AT_25, AT_50, Stable(TWO)], at
        assert set(there.world.versions) == {ONE, TWO}, at
        times = [write.at for write in there.writes]
        assert all(later - earlier >= 360 for earlier, later in pairwise(times)), at
    else:
        pytest.fail("it never ended")


def _carry_on(scene: Scene) -> None:
    """Another machine: the same command where nothing had been begun, then a tick every ten seconds."""
    one, _ = driver(scene, "other", code=B)
    if scene.world.state == Stable(ONE):
        one.begin(one.prepare())
    while isinstance(one.tick(), Wait | Step):
        scene.clock.sleep(10)


def test_of_two_at_once_each_write_has_one_winner(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    scene.clock.sleep(360)
    other, _ = driver(scene, "other")
    told: list[Happening] = []
    one, _ = driver(scene, "one", tell=told.append, faults=[Fault(3, lambda: _ticked(other))])
    assert isinstance(one.tick(), Wait)
    assert [(write.by, write.after) for write in scene.writes] == [("other", AT_50)]
    assert kinds(told) == [Looked, Noticed, Looked, Waited]


def _ticked(one: Driver) -> None:
    one.tick()


def test_whoever_is_overtaken_every_time_says_so(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    scene.clock.sleep(360)

    def faster() -> None:
        scene.revision += 1

    one, fake = driver(scene, faults=[Fault(3 * turn, faster) for turn in range(1, ATTEMPTS + 1)])
    with pytest.raises(Moved):
        one.tick()
    assert fake.calls.count("write") == ATTEMPTS
    assert scene.writes == []


def test_a_console_edit_stops_it_until_somebody_resumes(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    third = Transition(TWO, ONE, Percent(6700))
    scene.console(third)
    scene.clock.sleep(720)
    one, fake = driver(scene)
    assert isinstance(one.tick(), OnHold)
    fake.execute(fake.prepare(Resume()))
    assert isinstance(one.tick(), Wait)
    scene.clock.sleep(360)
    assert isinstance(one.tick(), Step)
    assert [write.after for write in scene.writes] == [third, AT_50]


# Newer code


def test_newer_code_waits_and_is_released_by_another_rollout(scene: Scene) -> None:
    """Who began this one has seen what it releases; what the directory holds hours later he has not."""
    begun(scene)
    traffic(scene)
    told: list[Happening] = []
    one, _ = driver(scene, code=C, tell=told.append)
    assert one.run(one.prepare()) is End.WAITING
    assert [write.after for write in scene.writes] == [AT_50, Stable(TWO)]
    assert [what.topic for what in told if isinstance(what, Noticed)] == ["newer-waits"]
    text = "version 2 has all traffic; newer code waits: `rollout` releases it"
    assert told[-1] == Ended(End.WAITING, Stable(TWO), text)
    another, _ = driver(scene, code=C)
    assert another.run(another.prepare()) is End.DONE
    assert scene.world.state == Stable(THREE)


def test_newer_code_after_a_rollback_is_left_to_a_person(scene: Scene) -> None:
    begun(scene)
    traffic(scene, errors=0.5)
    one, _ = driver(scene, code=C)
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert scene.world.state == Stable(ONE)


def test_newer_code_is_left_to_a_person_whoever_rolled_back(scene: Scene) -> None:
    """Two drivers at once: which of them rolls back makes no difference to the newer code of one."""
    begun(scene)
    traffic(scene, errors=0.5)
    one, _ = driver(scene, code=C)
    before = scene.clock.meanwhile

    def meanwhile(seconds: float) -> None:
        before(seconds)
        other, _ = driver(scene, "other")
        other.tick()

    scene.clock.meanwhile = meanwhile
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert scene.world.state == Stable(ONE)
    assert {write.by for write in scene.writes} == {"other"}


def test_newer_code_that_a_freeze_keeps_back_is_no_success(scene: Scene) -> None:
    """Its turn comes in a freeze window: what was asked for has not been done."""
    begun(scene)
    traffic(scene)
    one, _ = driver(scene, code=C)
    before = scene.clock.meanwhile

    def meanwhile(seconds: float) -> None:
        before(seconds)
        if isinstance(scene.world.state, Stable):
            scene.policy = replace(POLICY, stopped="incident 42")

    scene.clock.meanwhile = meanwhile
    watch = replace(WATCH, final=Bake(120))
    one, _ = driver(scene, code=C, watch=watch)
    assert one.run(one.prepare()) is End.WAITING
    assert scene.world.state == Stable(TWO)


def test_newer_code_may_take_its_place_at_once(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    scene.policy = Policy(Canary(CanaryIncrements.of([25, 50]), OnNewer.RESTART))
    one, _ = driver(scene, code=C)
    assert one.run(one.prepare()) is End.DONE
    assert scene.writes[0].after == Transition(THREE, ONE, Percent(7500))
    assert scene.world.state == Stable(THREE)


def test_newer_code_may_be_refused(scene: Scene) -> None:
    begun(scene)
    scene.policy = Policy(Canary(CanaryIncrements.of([25, 50]), OnNewer.REFUSE))
    one, _ = driver(scene, code=C)
    with pytest.raises(Refused) as caught:
        one.prepare()
    assert caught.value.refusal.reason is Reason.NEWER


def test_stopped_nothing_begins_and_what_is_under_way_is_watched(scene: Scene) -> None:
    stopped = replace(POLICY, stopped="incident 42")
    scene.policy = stopped
    one, _ = driver(scene, code=B)
    with pytest.raises(Refused) as caught:
        one.prepare()
    assert caught.value.refusal.reason is Reason.STOPPED
    scene.policy = POLICY
    begun(scene)
    scene.policy = stopped
    traffic(scene)
    one, _ = driver(scene, code=B)
    assert one.run(one.prepare()) is End.HELD
    overriding, _ = driver(scene, code=B, override="the fix of it")
    assert overriding.run(overriding.prepare()) is End.DONE


# Before traffic


def failing(new: Published, _old: Published | None) -> Tested:
    return Tested(str(new), (Tried("smoke", str(new), 1.0, "it fails"), Tried("other", str(new), 1.0)))


def test_tests_that_fail_leave_the_alias_as_it_was(scene: Scene) -> None:
    told: list[Happening] = []
    contexts: list[HookContext] = []
    one, _ = driver(scene, code=B, tell=told.append, trial=failing, hooks=_noting(contexts))
    with pytest.raises(TestsFailed) as caught:
        one.run(one.prepare())
    assert caught.value.problems == ("test smoke of version 2: it fails",)
    assert scene.writes == []
    assert kinds(told) == [Began, Tested, Ended]
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert (ended.end, ended.state) == (End.TESTS_FAILED, Stable(ONE))
    assert [(context.moment, context.ended) for context in contexts] == [(Moment.END, End.TESTS_FAILED)]


def test_mended_tests_try_the_version_that_is_published_already(scene: Scene) -> None:
    one, _ = driver(scene, code=B, trial=failing)
    with pytest.raises(TestsFailed):
        one.run(one.prepare())
    traffic(scene)
    tried: list[tuple[Published, Published | None]] = []

    def trial(new: Published, old: Published | None) -> Tested:
        tried.append((new, old))
        return no_tests(new, old)

    again, _ = driver(scene, code=B, trial=trial)
    assert again.run(again.prepare()) is End.DONE
    assert tried == [(TWO, ONE)]
    assert set(scene.world.versions) == {ONE, TWO}


def test_the_first_version_of_all_is_tried_with_nothing_to_compare() -> None:
    tried: list[tuple[Published, Published | None]] = []

    def trial(new: Published, old: Published | None) -> Tested:
        tried.append((new, old))
        return no_tests(new, old)

    one, _ = driver(Scene(), code=A, trial=trial)
    one.run(one.prepare())
    assert tried == [(ONE, None)]


# Hooks


def _noting(contexts: list[HookContext], failing_at: str = "", then: OnFailure | None = None) -> Callable[..., Ran]:
    """Hooks that note what they are told; one fails at a moment, e.g. "before 2"."""

    def hooks(context: HookContext) -> Ran:
        contexts.append(context)
        if failing_at == f"{context.moment} {context.step}":
            return Ran((Hooked("gate", str(context.moment), 0.1, "no"),), then)
        return Ran((), None)

    return hooks


def test_hooks_are_told_of_every_step_before_and_after_it_and_of_the_end(scene: Scene) -> None:
    traffic(scene)
    contexts: list[HookContext] = []
    one, _ = driver(scene, code=B, hooks=_noting(contexts))
    one.run(one.prepare())
    assert [(context.moment, context.step, str(context.share)) for context in contexts] == [
        (Moment.BEFORE, 1, "25"),
        (Moment.AFTER, 1, "25"),
        (Moment.BEFORE, 2, "50"),
        (Moment.AFTER, 2, "50"),
        (Moment.BEFORE, 3, "100"),
        (Moment.AFTER, 3, "100"),
        (Moment.END, 3, "100"),
    ]
    assert contexts[2] == HookContext(
        Moment.BEFORE, "orders", "LIVE", "2", "1", Percent(5000), 2, Percent.of(50), None, None
    )
    assert (contexts[-1].version1, contexts[-1].version2, contexts[-1].ended) == ("2", None, End.DONE)


@pytest.mark.parametrize(
    ("failing_at", "then", "end", "state"),
    [
        ("before 2", OnFailure.HOLD, End.HELD, AT_25),
        ("before 2", OnFailure.ROLL_BACK, End.ROLLED_BACK, Stable(ONE)),
        ("before 2", OnFailure.IGNORE, End.DONE, Stable(TWO)),
        ("after 1", OnFailure.HOLD, End.HELD, AT_25),
        ("after 1", OnFailure.ROLL_BACK, End.ROLLED_BACK, Stable(ONE)),
        ("after 2", OnFailure.HOLD, End.HELD, AT_50),
        ("after 2", OnFailure.ROLL_BACK, End.ROLLED_BACK, Stable(ONE)),
        ("after 3", OnFailure.ROLL_BACK, End.ROLLED_BACK, Stable(ONE)),
        ("after 2", OnFailure.IGNORE, End.DONE, Stable(TWO)),
    ],
)
def test_a_hook_that_fails_does_what_it_is_set_to(
    scene: Scene, failing_at: str, then: OnFailure, end: End, state: Stable | Transition
) -> None:
    traffic(scene)
    one, _ = driver(scene, code=B, hooks=_noting([], failing_at, then))
    assert one.run(one.prepare()) is end
    assert scene.world.state == state


def test_a_hold_by_a_hook_stays_for_whoever_looks_next(scene: Scene) -> None:
    traffic(scene)
    one, _ = driver(scene, code=B, hooks=_noting([], "before 2", OnFailure.HOLD))
    one.run(one.prepare())
    scene.clock.sleep(720)
    other, fake = driver(scene)
    assert isinstance(other.tick(), OnHold)
    fake.execute(fake.prepare(Resume()))
    assert isinstance(other.tick(), Step)


@pytest.mark.parametrize("then", [OnFailure.HOLD, OnFailure.ROLL_BACK])
def test_a_hook_before_the_first_step_leaves_the_alias_as_it_was(scene: Scene, then: OnFailure) -> None:
    one, _ = driver(scene, code=B, hooks=_noting([], "before 1", then))
    with pytest.raises(HookFailed):
        one.run(one.prepare())
    assert scene.writes == []


def test_the_end_is_told_of_a_rollback_too(scene: Scene) -> None:
    traffic(scene, errors=0.5)
    contexts: list[HookContext] = []
    one, _ = driver(scene, code=B, hooks=_noting(contexts))
    one.run(one.prepare())
    assert (contexts[-1].moment, contexts[-1].version1, contexts[-1].ended) == (Moment.END, "1", End.ROLLED_BACK)


def test_what_a_hook_demands_is_done_though_the_first_attempt_fails(scene: Scene) -> None:
    traffic(scene)
    down = AwsFailure("move the alias", "it is down", "wait")
    for failing_at, state in (("after 1", AT_25), ("after 2", AT_50)):
        there = _copy(scene)
        traffic(there)
        one, fake = driver(there, code=B, hooks=_noting([], failing_at, OnFailure.ROLL_BACK))

        def fail(there: Scene = there, state: Transition = state, fake: FakeDeployer = fake) -> None:
            fake.faults.append(Fault(len(fake.calls) + 2, _raising(down)))
            assert there.world.state == state

        fake.on_step = {state: fail}
        assert one.run(one.prepare()) is End.ROLLED_BACK, failing_at
        assert there.world.state == Stable(ONE)


def _raising(error: Exception) -> Callable[[], None]:
    def fault() -> None:
        raise error

    return fault


def test_a_hook_that_fails_for_the_loser_of_a_race_takes_no_winners_step_back(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    scene.clock.sleep(360)
    other, _ = driver(scene, "other")

    def hooks(context: HookContext) -> Ran:
        if context.moment is Moment.BEFORE:
            other.tick()
            return Ran((Hooked("gate", "before", 0.1, "a deployment is recorded already"),), OnFailure.ROLL_BACK)
        return Ran((), None)

    told: list[Happening] = []
    one, _ = driver(scene, "one", hooks=hooks, tell=told.append)
    one.tick()
    assert scene.world.state == AT_50
    assert any(isinstance(what, Noticed) and what.topic == "overtaken" for what in told)


def test_where_there_is_no_way_back_a_hooks_demand_holds() -> None:
    scene = Scene()
    told: list[Happening] = []
    one, _ = driver(scene, code=A, hooks=_noting([], "after 3", OnFailure.ROLL_BACK), tell=told.append)
    assert one.run(one.prepare()) is End.HELD
    assert scene.situation(scene.seen()).recollection.on_hold
    assert [what.why for what in told if isinstance(what, Held)] == ["hook gate: no"]


def test_a_window_that_shuts_while_tests_run_lets_nothing_through(scene: Scene) -> None:
    traffic(scene)

    def slow(new: Published, old: Published | None) -> Tested:
        scene.policy = replace(POLICY, stopped="incident 42")
        return no_tests(new, old)

    one, _ = driver(scene, code=B, trial=slow)
    prepared = one.prepare()
    with pytest.raises(Refused):
        one.run(replace(prepared, policy=replace(POLICY, stopped="incident 42")))
    assert scene.writes == []


def test_from_latest_no_rollout_begins() -> None:
    """What is pushed there has all traffic before anybody could test it."""
    scene = Scene()
    scene.world.push(A)
    scene.console(Stable(LATEST), "mine")
    one, _ = driver(scene, code=B)
    with pytest.raises(Refused) as caught:
        one.prepare()
    assert caught.value.refusal.reason is Reason.FOLLOWS_LATEST
    assert scene.world.latest == A


# What goes wrong


def test_an_outage_of_aws_is_waited_out_and_told_once(scene: Scene) -> None:
    begun(scene)
    traffic(scene)

    def out() -> None:
        raise AwsFailure("read the metrics", "it is down", "wait")

    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append, faults=[Fault(at, out) for at in (4, 6, 8, 10)])
    assert one.run(one.prepare()) is End.DONE
    assert [what.text for what in told if isinstance(what, Noticed)] == ["could not read the metrics: it is down; wait"]


def test_whoever_cannot_look_for_long_says_that_a_person_is_needed(scene: Scene) -> None:
    begun(scene)

    def out() -> None:
        raise AwsFailure("read the metrics", "it is down", "wait")

    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append, faults=[Fault(at, out) for at in range(3, 500)])
    with pytest.raises(HalfWay):
        one.run(one.prepare())
    assert BLIND <= scene.clock.time - START <= BLIND + one.every
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert ended.end is End.FAILED


def test_a_missing_permission_is_not_waited_for(scene: Scene) -> None:
    begun(scene)

    def denied() -> None:
        raise NotAllowed("read the metrics", "no cloudwatch:GetMetricData", "see iam-policy")

    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append, faults=[Fault(4, denied)])
    with pytest.raises(HalfWay) as caught:
        one.run(one.prepare())
    assert isinstance(caught.value.__cause__, NotAllowed)
    assert "nobody watches it" in caught.value.advice
    assert scene.clock.time == START
    assert kinds(told)[-1] is Ended


def test_whoever_may_not_look_begins_nothing(scene: Scene) -> None:
    def denied() -> None:
        raise NotAllowed("read the metrics", "no cloudwatch:GetMetricData", "see iam-policy")

    one, _ = driver(scene, code=B, faults=[Fault(1, denied)])
    with pytest.raises(NotAllowed):
        one.prepare()
    assert scene.writes == []
    assert set(scene.world.versions) == {ONE}


@pytest.mark.parametrize("back", [False, True])
def test_ctrl_c_leaves_the_alias_as_it_is_or_rolls_back_by_setting(scene: Scene, back: bool) -> None:
    traffic(scene)

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append, back_when_interrupted=back)
    scene.clock.meanwhile = interrupt
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    assert scene.world.state == (Stable(ONE) if back else AT_25)
    assert kinds(told)[-2:] == ([RolledBack, Ended] if back else [Waited, Ended])
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert (ended.end, ended.state) == (End.INTERRUPTED, scene.world.state)
    carries_on = "the alias shows 2 at 25 %, 1 at 75 %: `rollout` or `tick` carries on, `rollback` goes back"
    assert ended.text == ("rolled back; the alias shows 1" if back else carries_on)


def _interrupt(*_given: object) -> Any:
    raise KeyboardInterrupt


def test_ctrl_c_before_the_first_write_takes_no_good_version_back(scene: Scene) -> None:
    """What is on the alias then is what was released before, and not what is being rolled out."""
    traffic(scene)
    good, _ = driver(scene, code=B)
    good.run(good.prepare())
    one, _ = driver(scene, code=C, trial=_interrupt, back_when_interrupted=True)
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    assert scene.world.state == Stable(TWO)


def test_ctrl_c_takes_nobody_elses_release_back(scene: Scene) -> None:
    traffic(scene)
    one, _ = driver(scene, code=B, back_when_interrupted=True)

    def meanwhile(_seconds: float) -> None:
        _, person = driver(scene, "person")
        person.execute(person.prepare(Promote()))
        person.code = C
        person.execute(person.prepare(Deploy()))
        raise KeyboardInterrupt

    scene.clock.meanwhile = meanwhile
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    assert scene.world.state == Transition(THREE, TWO, Percent(7500))


def test_ctrl_c_is_an_interruption_also_where_the_way_back_fails(scene: Scene) -> None:
    traffic(scene)
    told: list[Happening] = []
    one, fake = driver(scene, code=B, tell=told.append, back_when_interrupted=True)

    def out() -> None:
        raise AwsFailure("move the alias", "it is down", "wait")

    def meanwhile(_seconds: float) -> None:
        fake.faults.append(Fault(len(fake.calls) + 3, out))
        raise KeyboardInterrupt

    scene.clock.meanwhile = meanwhile
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert ended.end is End.INTERRUPTED
    assert "could not move the alias: it is down; wait; see `status`; `rollout` or `tick` carries on" in ended.text


def test_two_problems_that_come_with_every_look_are_told_once_each(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append)
    eyes = one.eyes

    class Blurred:
        def check(self, now: int) -> tuple[str, ...]:
            return eyes.check(now)

        def observe(self, sight: Sight, now: int) -> Seen:
            return replace(eyes.observe(sight, now), problems=("one", "two"))

    one.eyes = Blurred()
    assert one.run(one.prepare()) is End.DONE
    assert [what.text for what in told if isinstance(what, Noticed)] == ["one", "two"]


def test_calls_that_may_take_longer_than_metrics_are_waited_for_are_told_of(scene: Scene) -> None:
    for timeout, topics in ((61, ["late-errors"]), (60, [])):
        told: list[Happening] = []
        one, fake = driver(_copy(scene), code=B, tell=told.append)
        fake.settings = {"Timeout": timeout}
        one.begin(one.prepare())
        assert [what.topic for what in told if isinstance(what, Noticed)] == topics


def test_a_rollout_that_somebody_else_rolled_back_is_no_success(scene: Scene) -> None:
    traffic(scene)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append)
    _at(scene, START + 100, lambda fake: fake.execute(fake.prepare(Rollback())))
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert told[-1] == Ended(End.ROLLED_BACK, Stable(ONE), "somebody else has rolled it back: the alias shows 1")


def test_a_rollout_that_somebody_else_replaced_is_no_success(scene: Scene) -> None:
    traffic(scene)
    told: list[Happening] = []
    one, _ = driver(scene, code=B, tell=told.append)
    _at(scene, START + 100, lambda fake: fake.execute(fake.prepare(Route(Stable(ONE)))))
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert told[-1] == Ended(End.ROLLED_BACK, Stable(ONE), "somebody else has ended it: the alias shows 1")


def _at(scene: Scene, moment: float, does: Callable[[FakeDeployer], object]) -> None:
    """Somebody does something as soon as `moment` has come."""
    before = scene.clock.meanwhile

    def meanwhile(seconds: float) -> None:
        before(seconds)
        if scene.clock.time >= moment:
            scene.clock.meanwhile = before
            does(driver(scene, "person")[1])

    scene.clock.meanwhile = meanwhile


@pytest.fixture
def second(scene: Scene) -> Scene:
    """Version 2 has all traffic, and version 1 had it before."""
    begun(scene)
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Promote()))
    scene.writes.clear()
    return scene


def test_interrupted_before_it_has_begun_it_rolls_nothing_back(second: Scene) -> None:
    """What has all traffic is no part of a rollout that has put nothing on the alias."""

    def trial(_new: Published, _old: Published | None) -> Tested:
        raise KeyboardInterrupt

    one, _ = driver(second, code=C, trial=trial, back_when_interrupted=True)
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    assert (second.world.state, second.writes) == (Stable(TWO), [])


@pytest.mark.parametrize("after", [False, True])
def test_interrupted_while_it_puts_its_first_step_there_it_rolls_that_back_alone(second: Scene, after: bool) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    one, fake = driver(second, code=C, back_when_interrupted=True)
    prepared = one.prepare()
    fake.faults.append(Fault(len(fake.calls) + 3, interrupt, after=after))
    with pytest.raises(KeyboardInterrupt):
        one.run(prepared)
    assert second.world.state == Stable(TWO)
    assert len(second.writes) == 2 * after


def test_interrupted_after_somebody_else_ended_it_it_rolls_nothing_back(second: Scene) -> None:
    traffic(second)
    one, _ = driver(second, code=C, back_when_interrupted=True)

    def overtake(fake: FakeDeployer) -> None:
        fake.execute(fake.prepare(Route(Stable(TWO))))
        raise KeyboardInterrupt

    _at(second, START + 100, overtake)
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    assert second.world.state == Stable(TWO)


def _routes_back(scene: Scene) -> None:
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Route(Stable(TWO))))


def _promotes(scene: Scene) -> None:
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Promote()))


def _weighs(scene: Scene) -> None:
    scene.console(Transition(THREE, TWO, Percent(6700)))


@pytest.mark.parametrize("then", [OnFailure.HOLD, OnFailure.ROLL_BACK])
@pytest.mark.parametrize("does", [_routes_back, _promotes, _weighs])
def test_a_hook_that_fails_moves_nothing_that_a_person_has_put_there_meanwhile(
    second: Scene, then: OnFailure, does: Callable[[Scene], None]
) -> None:
    traffic(second)
    left: list[Stable | Transition] = []

    def hooks(context: HookContext) -> Ran:
        if (context.moment, context.step) != (Moment.AFTER, 1):
            return Ran((), None)
        does(second)
        left.append(second.world.state)  # type: ignore[arg-type]  # nothing else is written here
        return Ran((Hooked("gate", "after", 0.1, "no"),), then)

    told: list[Happening] = []
    one, _ = driver(second, code=C, hooks=hooks, tell=told.append)
    one.run(one.prepare())
    assert left == [second.world.state]
    assert any(isinstance(what, Noticed) and what.topic == "overtaken" for what in told)


def test_a_hook_that_fails_rolls_back_what_another_driver_took_further(scene: Scene) -> None:
    traffic(scene)

    def hooks(context: HookContext) -> Ran:
        if (context.moment, context.step) != (Moment.AFTER, 1):
            return Ran((), None)
        scene.clock.sleep(360)
        driver(scene, "other")[0].tick()
        return Ran((Hooked("gate", "after", 0.1, "no"),), OnFailure.ROLL_BACK)

    one, _ = driver(scene, code=B, hooks=hooks)
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert [(write.by, write.after) for write in scene.writes] == [
        ("driver", AT_25),
        ("other", AT_50),
        ("driver", Stable(ONE)),
    ]


def test_credentials_that_end_first_are_told_before_it_begins(scene: Scene) -> None:
    for ends, told_of in ((START + 719, True), (START + 720, False), (None, False)):
        there = _copy(scene)
        assert _warned(there, ends, code=B) is told_of, ends


def _copy(scene: Scene) -> Scene:
    """The same world once more, as it stands."""
    world = replace(scene.world, versions=dict(scene.world.versions))
    return Scene(world=world, clock=Clock(scene.clock.time), revision=scene.revision)


def _warned(scene: Scene, ends: float | None, **more: Any) -> bool:
    """Whether a rollout that begins now says that the credentials end first."""
    told: list[Happening] = []
    one, fake = driver(scene, tell=told.append, **more)
    fake.session = SimpleNamespace(credentials_end=ends)
    one.begin(one.prepare())
    return any(isinstance(what, Noticed) and what.topic == "credentials" for what in told)


def test_what_has_rested_for_a_while_takes_less(scene: Scene) -> None:
    begun(scene)
    scene.clock.time += 100
    assert _warned(scene, scene.clock.time + 619, code=B)
    assert not _warned(scene, scene.clock.time + 620, code=B)
    scene.clock.time += 10_000
    assert _warned(scene, scene.clock.time + 359, code=B)
    assert not _warned(scene, scene.clock.time + 360, code=B)


def test_credentials_need_not_last_where_nothing_takes_time(scene: Scene) -> None:
    assert not _warned(scene, scene.clock.time, code=A), "nothing is done"
    assert not _warned(Scene(), START, code=A), "all at once"


def test_somebody_elses_transition_is_left_alone(scene: Scene) -> None:
    scene.world.push(B)
    scene.world.publish()
    scene.console(Transition(TWO, ONE, Percent(5000)), "by hand")
    traffic(scene)
    one, _ = driver(scene)
    assert isinstance(one.tick(), OnHold)
    assert scene.writes == []


# With all traffic


def test_a_final_bake_goes_back_when_all_traffic_shows_it(scene: Scene) -> None:
    from deployer.core.watch.policy import ErrorGate, Gates

    gates = Gates(ErrorGate(1.0, Percent.of(5)), least_invocations=50)
    watch = replace(WATCH, final=Bake(600), gates=gates)
    traffic(scene)
    one, _ = driver(scene, code=B, watch=watch)
    before = scene.clock.meanwhile

    def meanwhile(seconds: float) -> None:
        if scene.world.state == Stable(TWO):
            traffic(scene, errors=0.5)
        before(seconds) if scene.clock.meanwhile is meanwhile else scene.clock.meanwhile(seconds)

    scene.clock.meanwhile = meanwhile
    assert one.run(one.prepare()) is End.ROLLED_BACK
    assert [write.after for write in scene.writes] == [AT_25, AT_50, Stable(TWO), Stable(ONE)]


def test_a_final_bake_that_passes_ends_it(scene: Scene) -> None:
    watch = replace(WATCH, final=Bake(600))
    traffic(scene)
    one, _ = driver(scene, code=B, watch=watch)
    assert one.run(one.prepare()) is End.DONE
    assert [write.after for write in scene.writes] == [AT_25, AT_50, Stable(TWO), Stable(TWO)]
    assert scene.writes[3].at >= scene.writes[2].at + 600
    # It has been concluded, so that nobody watches it again.
    later, fake = driver(scene, watch=watch)
    assert later.once() is End.DONE
    assert fake.calls == ["look"]


def test_the_end_comes_once_and_not_before_the_final_bake(scene: Scene) -> None:
    contexts: list[HookContext] = []
    traffic(scene)
    one, _ = driver(scene, code=B, watch=replace(WATCH, final=Bake(600)), hooks=_noting(contexts))
    assert one.run(one.prepare()) is End.DONE
    ends = [context for context in contexts if context.moment is Moment.END]
    assert [(context.version1, context.ended) for context in ends] == [("2", End.DONE)]


def test_a_tick_that_gives_all_traffic_waits_while_a_final_bake_is_to_come(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    watch = replace(WATCH, final=Bake(600))
    ends = []
    for _ in range(200):
        one, _fake = driver(scene, watch=watch)
        ends.append(one.once())
        scene.clock.sleep(60)
        if ends[-1] is End.DONE:
            break
    assert set(ends[:-1]) == {End.WAITING}
    assert scene.clock.time >= scene.writes[1].at + 600


def test_nothing_is_under_way_on_an_alias_that_a_person_rolled_back(scene: Scene) -> None:
    begun(scene)
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Rollback()))
    one, other = driver(scene)
    assert one.tick() == Done(ROLLED_BACK, rolled_back=True)
    assert other.calls == ["look"]


def test_a_look_at_what_was_rolled_back_ends_so_however_often_it_is_taken(scene: Scene) -> None:
    begun(scene)
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Rollback()))
    for _ in range(2):
        told: list[Happening] = []
        one, _ = driver(scene, tell=told.append)
        assert one.once() is End.ROLLED_BACK
        assert told == [Ended(End.ROLLED_BACK, Stable(ONE), ROLLED_BACK, idle=True)]


def test_so_does_one_after_a_driver_has_rolled_back(scene: Scene) -> None:
    begun(scene)
    traffic(scene, errors=0.5)
    ends = []
    for _ in range(2):
        scene.clock.sleep(360)
        one, _ = driver(scene)
        ends.append(one.once())
    assert ends == [End.ROLLED_BACK, End.ROLLED_BACK]
    assert scene.world.state == Stable(ONE)


@pytest.mark.parametrize("request_", [Route(Stable(TWO)), Deploy(again=True)])
def test_the_next_release_or_route_ends_that(request_: Route | Deploy, scene: Scene) -> None:
    begun(scene)
    _, fake = driver(scene, "person", code=B)
    fake.execute(fake.prepare(Rollback()))
    fake.execute(fake.prepare(request_))
    one, _ = driver(scene)
    assert one.once() is (End.DONE if isinstance(request_, Route) else End.WAITING)


def test_a_rollout_of_the_code_that_it_was_rolled_back_to_is_done(scene: Scene) -> None:
    """Somebody takes the change out of the code, too: what is asked for is there."""
    begun(scene)
    _, fake = driver(scene, "person")
    fake.execute(fake.prepare(Rollback()))
    told: list[Happening] = []
    one, _ = driver(scene, code=A, tell=told.append)
    assert one.run(one.prepare()) is End.DONE
    assert told[-1] == Ended(End.DONE, Stable(ONE), ROLLED_BACK)


def test_the_world_of_these_tests_is_lambda_like() -> None:
    scene = Scene()
    fake = FakeDeployer(scene, code=A)
    fake.execute(fake.prepare(Deploy()))
    assert scene.seen().arn == ARN
    stale = fake.prepare(Hold())
    scene.revision += 1
    with pytest.raises(Moved):
        fake.execute(stale)


# What seldom happens


def test_a_hook_after_the_first_release_of_all_finds_nothing_to_go_back_to() -> None:
    scene = Scene()
    one, _ = driver(scene, code=A, hooks=_noting([], "after 3", OnFailure.ROLL_BACK))
    assert one.run(one.prepare()) is End.HELD
    assert scene.world.state == Stable(ONE)


def test_what_follows_latest_is_not_tested_before_it_has_traffic() -> None:
    """It has the traffic as soon as it is pushed."""
    scene = Scene(policy=Policy(Development()))
    one, _ = driver(scene, code=A, trial=failing)
    assert one.run(one.prepare()) is End.DONE
    assert scene.world.state == Stable(LATEST)


def test_a_look_that_took_a_step_ends_waiting_and_the_last_one_ends_it(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    ends = []
    for _ in range(2):
        scene.clock.sleep(360)
        one, _ = driver(scene)
        ends.append(one.once())
    assert ends == [End.WAITING, End.DONE]


def test_a_step_that_writes_nothing_is_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The core decides none such; a driver that took it for one would step for ever."""
    begun(scene)
    nothing = Decided(Step(Plan(()), "why"))
    monkeypatch.setattr("deployer.rollout.driver.decide", lambda *_, **__: nothing)
    one, _ = driver(scene)
    with pytest.raises(TypeError, match="a step writes the alias"):
        one.tick()
    assert scene.writes == []


def test_interrupted_in_the_last_bake_of_the_first_release_there_is_nothing_to_go_back_to() -> None:
    scene = Scene()
    told: list[Happening] = []
    watch = replace(WATCH, final=Bake(600))
    one, _ = driver(scene, code=A, watch=watch, tell=told.append, back_when_interrupted=True)
    scene.clock.meanwhile = _interrupt
    with pytest.raises(KeyboardInterrupt):
        one.run(one.prepare())
    assert scene.world.state == Stable(ONE)
    assert told[-1] == Ended(End.INTERRUPTED, Stable(ONE), "the alias shows 1")


def test_looks_that_take_a_step_end_waiting_and_the_last_one_done(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    told: list[Happening] = []
    for _ in range(2):
        scene.clock.sleep(360)
        one, _fake = driver(scene, tell=told.append)
        one.once()
    assert [what for what in told if isinstance(what, Ended)] == [
        Ended(End.WAITING, AT_50, f"the alias shows {AT_50}, and rests there"),
        Ended(End.DONE, Stable(TWO), "version 2 has all traffic"),
    ]


# Hooks that were left undone

HOOKED = replace(WATCH, follow_up=90)


def _told(contexts: list[HookContext]) -> list[str]:
    return [f"{context.moment} {context.step}" for context in contexts]


def _owing(scene: Scene) -> bool:
    record = scene.situation(scene.seen()).recollection.record
    return record is not None and record.follow_up is not None


def test_hooks_that_are_through_are_run_once_and_that_is_said_on_the_alias(scene: Scene) -> None:
    traffic(scene)
    contexts: list[HookContext] = []
    owing: list[bool] = []

    def hooks(context: HookContext) -> Ran:
        owing.append(_owing(scene))
        return _noting(contexts)(context)

    one, fake = driver(scene, code=B, watch=HOOKED, hooks=hooks)
    assert one.run(one.prepare()) is End.DONE
    assert _told(contexts) == ["before 1", "after 1", "before 2", "after 2", "before 3", "after 3", "end 3"]
    assert owing == [False, True, False, True, False, True, True]
    assert not _owing(scene)
    for _ in range(3):
        scene.clock.sleep(100)
        other, _ = driver(scene, watch=HOOKED, hooks=_noting(contexts))
        assert other.once() is End.DONE
    assert len(contexts) == 7
    # Each step and each word on its hooks is a write.
    assert fake.calls.count("write") == 6


def _after_steps(contexts: list[HookContext]) -> list[str]:
    return [one for one in _told(contexts) if not one.startswith("before")]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("errors", [0.0, 0.5], ids=["good", "bad"])
@pytest.mark.parametrize("final", [Bake(0), Bake(300)], ids=["unwatched", "watched"])
def test_killed_at_any_call_looks_elsewhere_leave_no_hook_undone(
    scene: Scene, final: Bake, errors: float, after: bool
) -> None:
    watch = replace(HOOKED, final=final)
    undisturbed = ["end 3"] if errors else ["after 1", "after 2", "after 3", "end 3"]
    for call in range(1, 100):
        there = _copy(scene)
        traffic(there, errors)
        contexts: list[HookContext] = []
        one, fake = driver(there, code=B, watch=watch, hooks=_noting(contexts), every=120.0)
        fake.faults.append(Fault(call, killed, after=after))
        try:
            one.run(one.prepare())
        except Crash:
            pass
        else:
            return
        if there.world.state == Stable(ONE) and not there.writes:
            continue
        for _ in range(200):
            there.clock.sleep(20)
            other, _ = driver(there, watch=watch, hooks=_noting(contexts))
            if other.once() not in {End.WAITING, End.HELD} and not _owing(there):
                break
        assert not _owing(there), call
        assert set(undisturbed) <= set(_after_steps(contexts)), call
        assert len(contexts) <= len(set(_told(contexts))) + 2, "what one move is followed by is run again at most"
    pytest.fail("it is never undisturbed")


def test_hooks_in_their_time_are_left_to_who_runs_them(scene: Scene) -> None:
    contexts: list[HookContext] = []
    begun(scene, watch=HOOKED)
    traffic(scene)
    one, _ = driver(scene, watch=HOOKED, hooks=_noting(contexts))
    scene.clock.time = scene.clock.time + 89
    assert isinstance(one.tick(), Wait)
    assert contexts == []
    scene.clock.time += 1
    assert one.once() is End.WAITING
    assert _told(contexts) == ["after 1"]
    assert not _owing(scene)


def test_a_hook_that_was_left_undone_may_still_hold_or_go_back(scene: Scene) -> None:
    for then, end in ((OnFailure.HOLD, End.HELD), (OnFailure.ROLL_BACK, End.ROLLED_BACK)):
        there = _copy(scene)
        begun(there, watch=HOOKED)
        there.clock.time += 90
        one, _ = driver(there, watch=HOOKED, hooks=_noting([], "after 1", then))
        assert one.once() is end
        assert not _owing(there)


def test_what_cannot_be_said_at_once_is_said_at_the_next_look_and_no_hook_is_run_again(scene: Scene) -> None:
    traffic(scene)
    contexts: list[HookContext] = []
    told: list[Happening] = []
    one, fake = driver(scene, code=B, watch=HOOKED, hooks=_noting(contexts), tell=told.append)
    down = AwsFailure("move the alias", "it is down", "wait")
    fake.on_step = {AT_25: lambda: fake.faults.append(Fault(len(fake.calls) + 1, _raising(down)))}
    assert one.run(one.prepare()) is End.DONE
    assert _after_steps(contexts) == ["after 1", "after 2", "after 3", "end 3"]
    assert [what.topic for what in told if isinstance(what, Noticed)] == ["look"]
    assert not _owing(scene)


def test_whoever_has_no_hooks_carries_on_nevertheless(scene: Scene) -> None:
    begun(scene, watch=HOOKED)
    assert _owing(scene)
    traffic(scene)
    began = scene.clock.time
    one, _ = driver(scene, code=B)
    assert one.run(one.prepare()) is End.DONE
    assert not _owing(scene)
    assert scene.writes[0].at - began == UNKNOWN


def test_the_last_hooks_of_a_rollback_are_run_by_whoever_looks_next(scene: Scene) -> None:
    traffic(scene, errors=0.5)
    contexts: list[HookContext] = []
    one, fake = driver(scene, code=B, watch=HOOKED, hooks=_noting(contexts))
    fake.on_step = {Stable(ONE): killed}
    with pytest.raises(Crash):
        one.run(one.prepare())
    assert _after_steps(contexts) == ["after 1"]
    scene.clock.sleep(90)
    for _ in range(2):
        other, _ = driver(scene, watch=HOOKED, hooks=_noting(contexts))
        other.once()
    assert _after_steps(contexts) == ["after 1", "end 3"]
    assert contexts[-1].ended is End.ROLLED_BACK


def test_a_tick_that_only_looked_ends_idle_and_one_that_did_something_does_not(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    idle: list[bool] = []
    for pause in (0, 360, 10, 360, 0):
        scene.clock.sleep(pause)
        told: list[Happening] = []
        one, _ = driver(scene, tell=told.append)
        one.once()
        assert isinstance(told[-1], Ended)
        idle.append(told[-1].idle)
    assert idle == [True, False, True, False, True]


def test_a_tick_that_runs_hooks_or_holds_is_not_idle(scene: Scene) -> None:
    begun(scene, watch=HOOKED)
    scene.clock.time += 90
    told: list[Happening] = []
    one, _ = driver(scene, watch=HOOKED, hooks=_noting([], "after 1", OnFailure.HOLD), tell=told.append)
    one.once()
    other, _ = driver(scene, watch=HOOKED, tell=told.append)
    other.once()
    assert [(what.end, what.idle) for what in told if isinstance(what, Ended)] == [(End.HELD, False), (End.HELD, True)]


def test_the_first_release_of_all_begins_with_all_traffic() -> None:
    told: list[Happening] = []
    one, _ = driver(Scene(), code=A, tell=told.append)
    one.run(one.prepare())
    assert told[0] == Began(Absent(), (Percent.of(100),))


# The clock of its machine


def test_a_clock_that_is_wrong_is_told_once_by_whoever_begins_and_by_whoever_carries_on(scene: Scene) -> None:
    traffic(scene)
    for one_by in ("first", "second"):
        told: list[Happening] = []
        one, fake = driver(scene, one_by, code=B, tell=told.append)
        fake.clock_notice = clock_notice(130)
        one.begin(one.prepare())
        one.tick()
        fake.clock_notice = clock_notice(131)
        one.tick()
        assert [what for what in told if isinstance(what, Noticed)] == [Noticed("clock", "130 s behind", loud=True)]


def test_a_tick_that_only_looks_says_nothing_of_the_clock(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    noticed: list[list[str]] = []
    for pause in (10, 350):
        scene.clock.sleep(pause)
        told: list[Happening] = []
        one, fake = driver(scene, tell=told.append)
        fake.clock_notice = clock_notice(130)
        one.once()
        noticed.append([what.topic for what in told if isinstance(what, Noticed)])
    assert noticed == [[], ["clock"]]


def test_why_nothing_begins_says_nothing_of_the_clock(scene: Scene) -> None:
    traffic(scene, errors=0.5)
    one, _ = driver(scene, code=B)
    one.run(one.prepare())
    again, fake = driver(scene, code=B)
    fake.clock_notice = clock_notice(130)
    course = again.begin(again.prepare())
    assert isinstance(course, Done)
    assert course.rolled_back
    assert course.why.startswith("version 2 was taken off the alias")
    assert "130 s behind" not in course.why


def clock_notice(seconds: int) -> Notice:
    return Notice(Topic.CLOCK, f"{seconds} s behind", loud=True)


def test_the_hooks_of_the_end_have_their_time_too(scene: Scene) -> None:
    """The last bake leaves since when the routing is there as it is; its hooks begin when it has passed."""
    traffic(scene)
    watch = replace(HOOKED, final=Bake(300))
    others: list[HookContext] = []
    courses: list[Course] = []

    def hooks(context: HookContext) -> Ran:
        if context.moment is Moment.END:
            other, _ = driver(scene, "other", watch=watch, hooks=_noting(others))
            courses.append(other.tick())
        return Ran((), None)

    one, _ = driver(scene, code=B, watch=watch, hooks=hooks)
    assert one.run(one.prepare()) is End.DONE
    assert courses == [Wait(int(scene.clock.time) + 90, "the hooks of the last move may be running")]
    assert others == []


# Hooks and others


def test_who_is_through_with_hooks_does_not_speak_for_those_of_another_move(scene: Scene) -> None:
    """While ours ran, a person went back, and another rollout began whose driver died before its hooks."""
    traffic(scene)

    def hooks(context: HookContext) -> Ran:
        if context.moment is Moment.AFTER:
            person = FakeDeployer(scene, "person")
            person.execute(person.prepare(Rollback()))
            other, fake = driver(scene, "other", code=C, watch=HOOKED)
            fake.on_step = {Transition(THREE, ONE, Percent(7500)): killed}
            with pytest.raises(Crash):
                other.run(other.prepare())
        return Ran((), None)

    one, _ = driver(scene, code=B, watch=HOOKED, hooks=hooks)
    one.begin(one.prepare())
    assert scene.world.state == Transition(THREE, ONE, Percent(7500))
    assert _owing(scene)


def test_hooks_that_were_left_undone_are_run_by_one_of_those_who_look(scene: Scene) -> None:
    begun(scene, watch=HOOKED)
    traffic(scene)
    scene.clock.time += 90
    others: list[HookContext] = []

    def slow(context: HookContext) -> Ran:
        for _ in range(3):
            other, _ = driver(scene, "other", watch=HOOKED, hooks=_noting(others))
            assert isinstance(other.tick(), Wait)
            scene.clock.sleep(29)
        return Ran((), None)

    one, _ = driver(scene, watch=HOOKED, hooks=slow)
    one.tick()
    assert others == []
    assert not _owing(scene)


def test_what_changes_while_hooks_run_before_a_step_is_minded(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    scene.clock.sleep(360)

    def slow(context: HookContext) -> Ran:
        scene.clock.sleep(30)
        scene.policy = replace(POLICY, stopped="incident 42")
        return Ran((), None)

    one, _ = driver(scene, hooks=slow)
    course = one.tick()
    assert isinstance(course, OnHold)
    assert "incident 42" in course.why
    assert scene.writes == []


def test_hooks_before_a_step_that_take_their_time_are_run_once(scene: Scene) -> None:
    begun(scene)
    traffic(scene)
    scene.clock.sleep(360)
    contexts: list[HookContext] = []

    def slow(context: HookContext) -> Ran:
        scene.clock.sleep(30)
        return _noting(contexts)(context)

    one, fake = driver(scene, hooks=slow)
    assert isinstance(one.tick(), Step)
    assert _told(contexts) == ["before 2", "after 2"]
    assert fake.calls == ["look", "observe", "look", "observe", "write"]


def test_an_end_that_a_hook_holds_is_told_as_such(scene: Scene) -> None:
    traffic(scene)
    contexts: list[HookContext] = []
    one, _ = driver(scene, code=B, watch=HOOKED, hooks=_noting(contexts, "after 3", OnFailure.HOLD))
    assert one.run(one.prepare()) is End.HELD
    assert (contexts[-1].moment, contexts[-1].ended) == (Moment.END, End.HELD)


def test_what_a_hook_demands_waits_until_lambda_has_moved_capacity(scene: Scene) -> None:
    """A hold cannot be written while Lambda's own move is under way."""
    traffic(scene)
    one, fake = driver(scene, code=B, watch=HOOKED, hooks=_noting([], "after 3", OnFailure.HOLD))
    settled: list[float] = []

    def moves() -> None:
        settled.append(scene.clock.time + 100)
        scene.moving = (settled[0], ONE)

    fake.on_step = {Stable(TWO): moves}
    assert one.run(one.prepare()) is End.HELD
    assert scene.clock.time >= settled[0]
    assert scene.situation(scene.seen()).recollection.on_hold
