"""One look at a rollout on the embedded Lambda: what it sees there, when, and with how many calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from aws_world import FakeClock, World, boto3_session, operations

import deployer.local
from deployer.aws.alarms import Alarms
from deployer.aws.alias import Alias
from deployer.aws.metrics import Measured, Metrics
from deployer.aws.session import Session
from deployer.core import Published
from deployer.core.watch.observation import Alarm, AlarmState, Period
from deployer.core.watch.policy import AlarmGate
from deployer.local import LocalSettings
from deployer.local.runtime import Answer, Sandbox

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

NEW, OLD = Published(2), Published(1)
START = 1_795_000_020  # a full minute
PERCENTILES = (50.0, 95.0)


class Pool:
    """Version 2 fails on every call and takes ten times as long; the calls of each take 1, 2, 3 … units."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}

    def invoke(self, sandbox: Sandbox, payload: bytes, *, invoked_arn: str, request_id: str) -> Answer:
        bad = sandbox.version == "2"
        number = self.calls[sandbox.version] = self.calls.get(sandbox.version, 0) + 1
        log = f"{request_id} by {invoked_arn}"
        return Answer(payload, "Unhandled" if bad else None, log, number * (10.0 if bad else 1.0), None)

    def close(self) -> None:
        """Nothing runs."""


class Rollout:
    """A function half way to version 2, on an embedded Lambda that goes by the clock."""

    def __init__(self, world: World, clock: FakeClock) -> None:
        self.world = world
        self.clock = clock
        self.session = Session(world.local.region)
        self.alarms = Alarms(self.session.cloudwatch_client, lambda: self.session.tagging_client)
        self.metrics = Metrics(self.session.cloudwatch_client, world.name, "LIVE")
        self.alias = Alias(self.session.lambda_client, world.name, "LIVE")

    def call(self, times: int, qualifier: str = "LIVE") -> None:
        for _ in range(times):
            self.world.client.invoke(FunctionName=self.world.name, Qualifier=qualifier, Payload=b"{}")

    def look(self, **given: Any) -> Measured:
        seconds = int(self.clock.now())
        asked = {"since": START, "now": seconds, "delay": 120, "percentiles": PERCENTILES, **given}
        return self.metrics.read(NEW, OLD, **asked)

    def shows(self, version: str) -> None:
        """All traffic goes to one version, while both are on the alias as far as CloudWatch knows."""
        self.world.point(version)


@pytest.fixture
def rollout(make_world: Callable[[LocalLambda], World]) -> Iterator[Rollout]:
    clock = FakeClock(float(START))
    settings = LocalSettings(metric_delay=90, seed=3)
    with deployer.local.start(settings, pool=Pool, clock=clock.now) as local:
        world = make_world(local)
        world.clock = clock
        world.deploy(1)
        world.deploy(2)
        yield Rollout(world, clock)


def test_a_look_sees_both_versions_minute_by_minute(rollout: Rollout) -> None:
    rollout.shows("1")
    rollout.call(4)
    rollout.shows("2")
    rollout.call(2)
    rollout.clock.sleep(60)
    rollout.call(3)
    rollout.clock.sleep(180)
    assert rollout.look() == Measured(
        START + 120,
        (Period(START, 2, 2, 0, {50.0: 15.0, 95.0: 19.5}), Period(START + 60, 3, 3, 0, {50.0: 40.0, 95.0: 49.0})),
        (Period(START, 4, 0, 0, {50.0: 2.5, 95.0: 3.85}),),
    )


def test_what_may_still_grow_is_left_out(rollout: Rollout) -> None:
    """A look with no allowance for the delay of metrics would take a minute that is not all there for a whole one."""
    rollout.shows("1")
    for _ in range(2):
        rollout.call(1)
        rollout.clock.sleep(45)
    rollout.clock.sleep(60)
    assert rollout.look(delay=0, percentiles=()).old == (Period(START, 2),)
    assert rollout.look(delay=60, percentiles=()) == Measured(START + 60, (), (Period(START, 2),))
    assert rollout.look() == Measured(START)


def test_calls_of_a_version_by_its_number_are_none_of_the_alias(rollout: Rollout) -> None:
    rollout.shows("1")
    rollout.call(5, "2")
    rollout.call(1)
    rollout.clock.sleep(180)
    seen = rollout.look(percentiles=())
    assert (seen.new, seen.old) == ((), (Period(START, 1),))


def test_throttled_calls_are_seen_though_nothing_ran(rollout: Rollout) -> None:
    rollout.shows("2")
    rollout.world.client.put_function_concurrency(FunctionName=rollout.world.name, ReservedConcurrentExecutions=0)
    client = rollout.session.invoking_client(60)
    for _ in range(3):
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName=rollout.world.name, Qualifier="LIVE")
    rollout.clock.sleep(180)
    assert rollout.look(throttles=True).new == (Period(START, 0, 0, 3),)
    assert rollout.look().new == ()


@pytest.mark.parametrize("gap", ["InternalError", "PartialData", "Forbidden"])
def test_a_look_that_cloudwatch_answers_badly_shows_nothing_and_the_next_one_all(rollout: Rollout, gap: Any) -> None:
    rollout.shows("2")
    rollout.call(2)
    rollout.clock.sleep(180)
    rollout.world.local.fail_metrics("Errors", gap, version="2")
    assert rollout.look() == Measured(START, gaps=(f"Errors (Sum) of version 2: {gap}",))
    assert rollout.look(percentiles=()).new == (Period(START, 2, 2),)


def test_a_look_is_one_call_each_for_alias_metrics_and_alarms(rollout: Rollout) -> None:
    cloudwatch: Any = boto3_session().client("cloudwatch", region_name=rollout.world.local.region)
    names = [f"{rollout.world.name}-{number}" for number in range(60)]
    for name in names:
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule="FALSE")
    rollout.clock.sleep(600)
    before = len(rollout.world.local.calls)
    rollout.alias.read()
    rollout.look(throttles=True)
    assert {alarm.state for alarm in rollout.alarms.read(names)} == {AlarmState.OK}
    assert operations(rollout.world.local.calls[before:]) == [
        "GetAlias",
        "cloudwatch:GetMetricData",
        "cloudwatch:DescribeAlarms",
    ]


def test_alarms_are_found_by_name_and_tag_and_read_with_since_when(rollout: Rollout) -> None:
    cloudwatch: Any = boto3_session().client("cloudwatch", region_name=rollout.world.local.region)
    red, green, other = (f"{rollout.world.name}-{word}" for word in ("red", "green", "other"))
    for name, stage in ((red, "prd"), (green, "prd"), (other, "tst")):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
            Tags=[{"Key": "service", "Value": rollout.world.name}, {"Key": "stage", "Value": stage}],
        )
    rollout.clock.sleep(60)
    cloudwatch.set_alarm_state(AlarmName=red, StateValue="ALARM", StateReason="a test")
    rollout.clock.sleep(60)
    cloudwatch.set_alarm_state(AlarmName=red, StateValue="ALARM", StateReason="still")
    gate = AlarmGate(("gone",), (("service", rollout.world.name), ("stage", "prd")))
    names = rollout.alarms.named(gate)
    assert names == tuple(sorted((green, "gone", red)))
    assert {alarm.name: alarm for alarm in rollout.alarms.read(names)} == {
        green: Alarm(green, AlarmState.INSUFFICIENT_DATA, START),
        "gone": Alarm("gone", AlarmState.MISSING),
        red: Alarm(red, AlarmState.ALARM, START + 60),
    }
