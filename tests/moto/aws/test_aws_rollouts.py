"""Whole rollouts on the embedded Lambda: what they call, and how they end whatever is lost, killed or overtaken."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_rollouts import EVERY, MINUTE, WATCH, Echo, Flow, Rollout
from aws_wire import LOST, TOO_SLOW, Attempt, Fault, Killed, Rule, kill_after, kill_before, looks
from aws_world import World, boto3_session

import deployer.local
from deployer.aws.failure import Misconfigured
from deployer.config.rollout.settings import (
    CommandHook,
    HookSettings,
    LambdaHook,
    Moment,
    NotifyBus,
    NotifyFile,
    NotifyTopic,
    NotifyWebhook,
    OnFailure,
    PythonHook,
    TrialSettings,
)
from deployer.core import parse_description
from deployer.core.watch.course import Done, OnHold, RollBack, Step, Wait
from deployer.core.watch.policy import AlarmGate, Bake, Gates
from deployer.rollout.event import End, Held, Hooked, Noticed, Tested
from deployer.rollout.failure import TestsFailed
from deployer.rollout.notifiers.json_lines import read_json_lines

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

AT_25, AT_50 = "2 at 25 %, 1 at 75 %", "2 at 50 %, 1 at 50 %"
WHOLE = [AT_25, AT_50, "2"]
NOTING = """
import pathlib


def note(context):
    with (pathlib.Path(__file__).parent / context.function_name).open("a") as file:
        print(context.moment, context.share, file=file)
"""
LOOK, LOOK_AND_ALARMS = ["GetAlias", "GetMetricData"], ["GetAlias", "GetMetricData", "DescribeAlarms"]


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


# What it does, and calls


def test_a_good_version_goes_the_whole_way_and_rests_at_each_step(rollout: Rollout) -> None:
    assert rollout.run() is End.DONE
    assert rollout.path == WHOLE
    assert [later - earlier for earlier, later in pairwise(rollout.moved)] == [180, 180]


def test_a_bad_version_is_back_by_the_first_look_that_metrics_show_it_to(rollout: Rollout) -> None:
    rollout.errors = {2: 0.5}
    began = rollout.clock.now()
    one = rollout.driver(every=10.0)
    prepared = one.prepare()
    calls = rollout.calls(lambda: one.run(prepared))
    assert rollout.path == [AT_25, "1"]
    # The first minute is over after 60 s, and may be looked at 60 s after that.
    assert rollout.moved == [began, began + MINUTE + WATCH.delay]
    assert calls[-3:] == [*LOOK, "UpdateAlias"]
    assert calls.count("GetMetricData") == 1, "before it there was nothing to be seen"


def test_what_goes_bad_under_more_traffic_goes_back_past_all_increments(rollout: Rollout) -> None:
    rollout.begin()
    while rollout.world.shown() == AT_25:
        rollout.clock.sleep(EVERY)
        rollout.driver().tick()
    rollout.errors = {2: 0.5}
    assert rollout.run() is End.ROLLED_BACK
    assert rollout.path == [AT_25, AT_50, "1"]


def test_calls_to_aws_are_counted(rollout: Rollout) -> None:
    """2 a look at one function, 3 with alarms, 1 where nothing is under way."""
    rollout.begin()
    rollout.clock.sleep(150)
    assert rollout.calls(rollout.driver().tick) == LOOK
    rollout.cloudwatch.put_metric_alarm(AlarmName=rollout.world.name, **ALARM)
    rollout.watch = replace(WATCH, gates=replace(WATCH.gates, alarms=AlarmGate((rollout.world.name,))))
    assert rollout.calls(rollout.driver().tick) == LOOK_AND_ALARMS
    rollout.watch = WATCH
    rollout.clock.sleep(60)
    assert rollout.calls(rollout.driver().tick) == [*LOOK, "UpdateAlias"]
    rollout.world.deployer().rollback()
    assert rollout.calls(rollout.driver().tick) == ["GetAlias"]


def test_a_final_bake_watches_the_version_that_has_all_traffic(rollout: Rollout) -> None:
    from deployer.core import Percent
    from deployer.core.watch.policy import ErrorGate

    gates = Gates(ErrorGate(1.0, Percent.of(5)), least_invocations=50)
    rollout.watch = replace(WATCH, gates=gates, final=Bake(300))
    rollout.begin()
    while rollout.world.shown() != "2":
        rollout.clock.sleep(EVERY)
        rollout.driver().tick()
    rollout.errors = {2: 0.5}
    rollout.clock.sleep(180)
    assert isinstance(rollout.driver().tick(), RollBack)
    assert rollout.path == [*WHOLE, "1"]


# What is lost, killed or overtaken


@pytest.mark.parametrize("kill", [kill_before, kill_after], ids=["before a call", "after a write"])
def test_killed_at_any_call_it_is_carried_on_elsewhere_on_the_same_path(
    rollout: Rollout, kill: Callable[[int], Rule]
) -> None:
    calls = (first := rollout.twin()).calls(first.run)
    assert calls.count("UpdateAlias") == len(WHOLE)
    for call, operation in enumerate(calls, 1):
        if kill is kill_after and looks(operation):
            continue  # to die after a look is to die before the next call
        died = rollout.twin()
        with pytest.raises(Killed):
            died.world.broken(kill(call), died.run)
        assert isinstance(died.another().carry_on(), Done)
        assert (died.path, len(died.world.versions())) == (WHOLE, 2), (call, operation)
        assert all(later - earlier >= 180 for earlier, later in pairwise(died.written)), (call, operation)


@pytest.mark.parametrize("fault", [LOST, TOO_SLOW], ids=str)
def test_a_lost_answer_to_a_write_makes_no_second_step(rollout: Rollout, fault: Fault) -> None:
    for number in range(1, len(WHOLE) + 1):
        twin, writes = rollout.twin(), 0

        def rule(attempt: Attempt, number: int = number) -> Any:
            nonlocal writes
            writes += attempt.operation == "UpdateAlias" and attempt.attempt == 1
            lost = (attempt.operation, attempt.attempt, writes) == ("UpdateAlias", 1, number)
            return fault.happen(attempt) if lost else None

        assert twin.world.broken(rule, twin.run) is End.DONE  # called at once
        assert twin.path == WHOLE
        assert [later - earlier for earlier, later in pairwise(twin.moved)] == [180, 180]


@pytest.mark.parametrize("errors", [0.0, 0.5])
def test_of_two_drivers_in_two_threads_each_step_has_one_winner(rollout: Rollout, errors: float) -> None:
    rollout.errors = {2: errors}
    rollout.begin()
    drivers = [rollout.another(), rollout.another()]
    ticks = [one.driver().tick for one in drivers]
    both = threading.Barrier(2, timeout=20)
    won = 0
    with ThreadPoolExecutor(2) as threads:
        while True:
            # Whoever wants to write waits until the other one wants to, too.
            for one in drivers:
                one.world.wire.rule = _together(both)
            courses = [future.result() for future in [threads.submit(tick) for tick in ticks]]
            won += sum(isinstance(course, Step | RollBack) for course in courses)
            if all(isinstance(course, Done) for course in courses):
                break
            rollout.clock.sleep(EVERY)
    assert rollout.path == ([AT_25, "1"] if errors else WHOLE)
    assert won == len(rollout.path) - 1
    overtaken = [what for one in drivers for what in one.told if isinstance(what, Noticed)]
    assert [what.topic for what in overtaken] == ["overtaken"] * won


def _together(both: threading.Barrier) -> Rule:
    def rule(attempt: Attempt) -> None:
        if attempt.operation == "UpdateAlias":
            both.wait()

    return rule


# Alarms

ALARM: dict[str, Any] = {
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1.0,
}


def _alarmed(rollout: Rollout) -> Callable[[str], None]:
    """An alarm that is watched by its tag, and what sets its state."""
    name = f"alarm-{rollout.world.name}"
    rollout.cloudwatch.put_metric_alarm(AlarmName=name, Tags=[{"Key": "app", "Value": rollout.world.name}], **ALARM)
    gate = AlarmGate(tags=(("app", rollout.world.name),))
    rollout.watch = replace(WATCH, gates=replace(WATCH.gates, alarms=gate))
    return lambda state: rollout.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


def test_an_alarm_that_is_red_before_the_release_is_passed_over(rollout: Rollout) -> None:
    turn = _alarmed(rollout)
    turn("ALARM")
    rollout.clock.sleep(60)
    assert rollout.run() is End.DONE
    assert rollout.path == WHOLE


def test_an_alarm_that_turns_red_takes_the_release_back(rollout: Rollout) -> None:
    turn = _alarmed(rollout)
    turn("OK")
    rollout.begin()
    rollout.clock.sleep(30)
    one = rollout.driver()
    assert isinstance(one.tick(), Wait)
    turn("ALARM")
    assert rollout.calls(one.tick) == [*LOOK_AND_ALARMS[::2], "UpdateAlias"]
    assert rollout.path == [AT_25, "1"]


def test_without_an_alarm_that_it_is_to_watch_nothing_begins(rollout: Rollout) -> None:
    rollout.watch = replace(WATCH, gates=replace(WATCH.gates, alarms=AlarmGate((f"none-{rollout.world.name}",))))
    with pytest.raises(Misconfigured, match=f"there is no alarm none-{rollout.world.name}"):
        rollout.run()
    assert (rollout.path, set(rollout.world.versions())) == ([], {1})


def test_alarms_by_tag_are_looked_up_once(rollout: Rollout) -> None:
    turn = _alarmed(rollout)
    turn("OK")
    rollout.begin()
    rollout.clock.sleep(150)
    one = rollout.driver()
    assert rollout.calls(one.tick) == [*LOOK, "GetResources", "DescribeAlarms"]
    assert rollout.calls(one.tick) == LOOK_AND_ALARMS


# What cannot be measured


@pytest.mark.parametrize("metric", ["Errors", "Invocations"])
def test_an_outage_of_metrics_holds_at_the_end_of_the_bake_and_passes_nothing(rollout: Rollout, metric: str) -> None:
    rollout.begin()
    began = rollout.clock.now()
    rollout.world.local.fail_metrics(metric, times=1_000)
    try:
        calls = rollout.calls(rollout.run)
    finally:
        rollout.world.local._viewpoint.faults.clear()
    assert rollout.path == [AT_25]
    assert rollout.told[-1].end is End.HELD  # type: ignore[union-attr]  # it has ended
    # It waits for them for a while, and looks no more often than ever.
    assert calls.count("GetMetricData") <= 1 + (rollout.clock.now() - began) / EVERY
    assert any(isinstance(what, Noticed) and what.topic == "metrics" for what in rollout.told)
    held = next(what for what in rollout.told if isinstance(what, Held))
    assert "no calls of the new version have been measured" in held.why
    assert isinstance(rollout.driver().tick(), Step)


def test_without_traffic_it_holds(rollout: Rollout) -> None:
    rollout.rate = 0
    assert rollout.run() is End.HELD
    assert rollout.path == [AT_25]


def test_gates_that_measure_nothing_ask_for_no_metrics(rollout: Rollout) -> None:
    rollout.rate = 0
    rollout.watch = replace(WATCH, gates=Gates(errors=None))
    calls = rollout.calls(rollout.run)
    assert (rollout.path, "GetMetricData" in calls) == (WHOLE, False)


# Before traffic


def _tested(folder: Path, status: int) -> tuple[TrialSettings, ...]:
    """A test that expects 200; what is called answers with the event."""
    event = folder / f"event-{status}.json"
    event.write_text(json.dumps({"statusCode": status}))
    return (TrialSettings("smoke", event=event, status=200),)


def test_tests_that_fail_leave_the_alias_and_the_next_run_publishes_nothing_more(rollout: Rollout) -> None:
    rollout.settings = {"tests": _tested(rollout.world.folder, 500)}
    for _ in range(2):
        with pytest.raises(TestsFailed):
            rollout.run()
        assert (rollout.path, set(rollout.world.versions())) == ([], {1, 2})
    rollout.settings = {"tests": _tested(rollout.world.folder, 200)}
    assert rollout.run() is End.DONE
    assert (rollout.path, set(rollout.world.versions())) == (WHOLE, {1, 2})
    assert [what.passed for what in rollout.told if isinstance(what, Tested)] == [False, False, True]


def test_tests_call_the_new_version_by_its_number(rollout: Rollout) -> None:
    rollout.settings = {"tests": _tested(rollout.world.folder, 200)}
    calls = rollout.calls(rollout.begin)
    assert calls[-2:] == ["Invoke", "UpdateAlias"]


def test_hooks_of_the_configuration_are_run_around_each_step(rollout: Rollout) -> None:
    hook = HookSettings("gate", Moment.AFTER, CommandHook(("false",)), on_failure=OnFailure.HOLD)
    rollout.settings = {"hooks": (hook,)}
    assert rollout.run() is End.HELD
    assert [what.name for what in rollout.told if isinstance(what, Hooked)] == ["gate"]
    assert parse_description(rollout.world.text(), rollout.world.alias_arn()).memory.record.on_hold  # type: ignore[union-attr]  # it is there


def test_hooks_that_a_killed_driver_left_undone_are_run_elsewhere(rollout: Rollout) -> None:
    module = f"noting_of_{rollout.world.name.replace('-', '_')}"
    (rollout.world.folder / f"{module}.py").write_text(NOTING)
    note = PythonHook(f"{module}:note")
    hooks = (HookSettings("after", Moment.AFTER, note, timeout=20), HookSettings("end", Moment.END, note, timeout=10))

    def twin() -> Rollout:
        found = rollout.twin()
        found.settings = {"hooks": hooks, "directory": rollout.world.folder}
        return found

    def noted(one: Rollout) -> list[str]:
        return (rollout.world.folder / one.world.name).read_text().splitlines()

    calls = (first := twin()).calls(first.run)
    whole = ["after 25", "after 50", "after 100", "end 100"]
    assert noted(first) == whole
    # Each move is said, and that its hooks are through.
    assert calls.count("UpdateAlias") == 2 * len(WHOLE)
    for call in [number for number, operation in enumerate(calls, 1) if operation == "UpdateAlias"]:
        died = twin()
        with pytest.raises(Killed):
            died.world.broken(kill_after(call), died.run)
        assert isinstance(died.another().carry_on(), Done)
        assert noted(died) == whole, call


def test_hooks_may_be_functions_of_ours_and_of_lambda(rollout: Rollout) -> None:
    """What is called at Lambda answers with what it is told, and so has no objection."""
    module = f"hooks_of_{rollout.world.name.replace('-', '_')}"
    (rollout.world.folder / f"{module}.py").write_text("def tell(context):\n    assert context.alias == 'LIVE'\n")
    rollout.settings = {
        "hooks": (
            HookSettings("ours", Moment.BEFORE, PythonHook(f"{module}:tell")),
            HookSettings("Lambda's", Moment.END, LambdaHook(rollout.world.name)),
        )
    }
    assert rollout.run() is End.DONE
    assert [(what.name, what.problem) for what in rollout.told if isinstance(what, Hooked)] == [
        *[("ours", "")] * 3,
        ("Lambda's", ""),
    ]


def test_everybody_who_is_configured_is_told_and_who_cannot_be_harms_nothing(rollout: Rollout) -> None:
    world = rollout.world
    topic = boto3_session().client("sns", region_name=world.local.region).create_topic(Name=world.name)["TopicArn"]
    kept = world.folder / "events.jsonl"
    told = (NotifyFile(kept), NotifyTopic(topic), NotifyBus("none"), NotifyWebhook("https://127.0.0.1:1/"))
    rollout.settings = {"notify": told}
    assert rollout.run() is End.DONE
    assert [event.what for event in read_json_lines(kept)] == rollout.told
    services = {call.service for call in world.local.calls}
    assert {"sns", "events"} <= services


# On hold


@pytest.mark.parametrize("text", ["", "the alias of the shop 🚀", "x" * 256], ids=["alone", "beside a text", "full"])
def test_hold_and_resume_stand_on_the_alias_beside_a_persons_text(rollout: Rollout, text: str) -> None:
    world = rollout.world
    world.client.update_alias(FunctionName=world.name, Name="LIVE", Description=f"{text} {world.text()}"[:256])
    rollout.begin()
    world.deployer().hold()
    assert world.text().startswith(text[:40])
    assert len(world.text().encode("utf-16-le")) // 2 <= 256
    rollout.clock.sleep(600)
    assert isinstance(rollout.driver().tick(), OnHold)
    world.deployer().resume()
    assert isinstance(rollout.driver().tick(), Step)
    assert world.shown() == AT_50
    assert world.text().startswith(text[:40])
