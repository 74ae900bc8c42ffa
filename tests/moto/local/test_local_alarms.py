"""CloudWatch's alarms beside the embedded Lambda: names, types, states and since when, tags, pages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

import deployer.local
from deployer.local.alarm_rule import AlarmRule, BadRule

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
_COUNT = itertools.count(1)


class Time:
    """Passes only when a test says so."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at.timestamp()

    def passes(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@pytest.fixture(scope="module")
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def running(time: Time) -> Iterator[LocalLambda]:
    """A server of its own, with no alarms of others."""
    with deployer.local.start(clock=time) as running:
        yield running


@pytest.fixture
def cloudwatch(running: LocalLambda) -> Any:
    return boto3.client("cloudwatch", endpoint_url=running.endpoint_url)


@pytest.fixture
def metric(cloudwatch: Any) -> Callable[..., str]:
    """Makes a metric alarm of a name of its own, and tells the name."""

    def make(name: str = "", **given: Any) -> str:
        name = name or f"alarm-{next(_COUNT)}"
        described = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Period": 60}
        bound = {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
        cloudwatch.put_metric_alarm(AlarmName=name, **described, **bound, **given)
        return name

    return make


@pytest.fixture
def composite(cloudwatch: Any) -> Callable[[str], str]:
    """Makes a composite alarm of a rule."""

    def make(rule: str) -> str:
        name = f"composite-{next(_COUNT)}"
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule)
        return name

    return make


BOTH = ["MetricAlarm", "CompositeAlarm"]


def seen(cloudwatch: Any, *names: str, types: list[str] | None = BOTH, **given: Any) -> dict[str, str]:
    """States by name, metric alarms first."""
    asked = {**({"AlarmNames": list(names)} if names else {}), **({"AlarmTypes": types} if types else {}), **given}
    answer = cloudwatch.describe_alarms(**asked)
    return {one["AlarmName"]: one["StateValue"] for one in (*answer["MetricAlarms"], *answer["CompositeAlarms"])}


def turn(cloudwatch: Any, name: str, state: str, reason: str = "a test") -> None:
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)


def moments(cloudwatch: Any, name: str) -> tuple[datetime, datetime]:
    """Since when it is in its state, and when anything was last said of it."""
    [one] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return one["StateTransitionedTimestamp"], one["StateUpdatedTimestamp"]


def test_a_new_alarm_has_no_data_yet(cloudwatch: Any, metric: Callable[..., str]) -> None:
    name = metric()
    assert seen(cloudwatch, name) == {name: "INSUFFICIENT_DATA"}


def test_an_alarm_that_is_put_again_keeps_its_state(cloudwatch: Any, metric: Callable[..., str], time: Time) -> None:
    name = metric()
    turn(cloudwatch, name, "ALARM")
    before = moments(cloudwatch, name)
    time.passes(minutes=1)
    metric(name)
    assert (seen(cloudwatch, name), moments(cloudwatch, name)) == ({name: "ALARM"}, before)


def test_an_alarm_tells_since_when_it_is_in_its_state(cloudwatch: Any, metric: Callable[..., str], time: Time) -> None:
    made = time.passes(minutes=1)
    name = metric()
    assert moments(cloudwatch, name) == (made, made)
    red = time.passes(minutes=1)
    turn(cloudwatch, name, "ALARM")
    said = time.passes(minutes=1)
    turn(cloudwatch, name, "ALARM", "still")
    assert moments(cloudwatch, name) == (red, said)


def test_without_types_metric_alarms_alone_are_told(
    cloudwatch: Any, metric: Callable[..., str], composite: Callable[[str], str]
) -> None:
    one, both = metric(), composite("FALSE")
    assert seen(cloudwatch, one, both, types=None) == {one: "INSUFFICIENT_DATA"}
    assert seen(cloudwatch, one, both) == {one: "INSUFFICIENT_DATA", both: "OK"}
    assert seen(cloudwatch, one, both, types=["CompositeAlarm"]) == {both: "OK"}


def test_every_filter_that_is_given_holds(
    cloudwatch: Any, metric: Callable[..., str], composite: Callable[[str], str]
) -> None:
    one, other, both = metric("some-1"), metric("some-2", AlarmActions=["arn:aws:sns:a"]), composite("TRUE")
    turn(cloudwatch, one, "ALARM")
    assert seen(cloudwatch, AlarmNamePrefix="some-") == {one: "ALARM", other: "INSUFFICIENT_DATA"}
    assert seen(cloudwatch, one, other, both, StateValue="ALARM") == {one: "ALARM", both: "ALARM"}
    assert seen(cloudwatch, ActionPrefix="arn:aws:sns") == {other: "INSUFFICIENT_DATA"}


def test_alarms_come_in_pages(cloudwatch: Any, metric: Callable[..., str]) -> None:
    names = [metric(f"page-{number:03}") for number in range(60)]
    first = cloudwatch.describe_alarms(AlarmNames=names)
    rest = cloudwatch.describe_alarms(AlarmNames=names, NextToken=first["NextToken"])
    assert [len(first["MetricAlarms"]), len(rest["MetricAlarms"]), "NextToken" in rest] == [50, 10, False]
    assert "NextToken" not in cloudwatch.describe_alarms(AlarmNames=names, MaxRecords=100)


def test_more_than_a_hundred_names_are_refused(cloudwatch: Any) -> None:
    with pytest.raises(ClientError, match="length less than or equal to 100"):
        cloudwatch.describe_alarms(AlarmNames=[f"n{number}" for number in range(101)])


def test_a_composite_alarm_follows_the_alarms_of_its_rule(
    cloudwatch: Any, metric: Callable[..., str], composite: Callable[[str], str]
) -> None:
    one, two = metric(), metric()
    either = composite(f'ALARM("{one}") OR ALARM({two})')
    above = composite(f"ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{either}) AND NOT OK({one})")
    assert seen(cloudwatch, either, above) == {either: "OK", above: "OK"}
    turn(cloudwatch, two, "ALARM")
    assert seen(cloudwatch, either, above) == {either: "ALARM", above: "ALARM"}
    turn(cloudwatch, two, "OK")
    assert seen(cloudwatch, either, above) == {either: "OK", above: "OK"}


def test_a_state_set_on_a_composite_alarm_stays_until_one_of_its_alarms_changes(
    cloudwatch: Any, metric: Callable[..., str], composite: Callable[[str], str]
) -> None:
    one = metric()
    name = composite(f"ALARM({one})")
    turn(cloudwatch, name, "ALARM")
    assert seen(cloudwatch, name) == {name: "ALARM"}
    turn(cloudwatch, one, "OK")
    assert seen(cloudwatch, name) == {name: "OK"}


def test_a_composite_alarm_follows_one_that_comes_later(
    cloudwatch: Any, metric: Callable[..., str], composite: Callable[[str], str]
) -> None:
    name = composite("INSUFFICIENT_DATA(later)")
    assert seen(cloudwatch, name) == {name: "OK"}
    metric("later")
    assert seen(cloudwatch, name) == {name: "ALARM"}


def test_composite_alarms_that_look_at_each_other_do_not_turn_for_ever(cloudwatch: Any) -> None:
    for name, rule in (("ring-1", "NOT ALARM(ring-2)"), ("ring-2", "ALARM(ring-1)")):
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule)
    assert seen(cloudwatch, "ring-1", "ring-2") == {"ring-1": "OK", "ring-2": "ALARM"}
    turn(cloudwatch, "ring-1", "OK")
    assert seen(cloudwatch, "ring-1", "ring-2") == {"ring-1": "OK", "ring-2": "OK"}


@pytest.mark.parametrize("rule", ["ALARM(a) OR", "(TRUE", "TRUE FALSE", "PERHAPS(a)", "AND", ""])
def test_a_rule_that_is_none_is_refused(cloudwatch: Any, rule: str) -> None:
    with pytest.raises(BadRule):
        AlarmRule(rule).holds(lambda _name: "OK")
    if rule:
        with pytest.raises(ClientError, match="AlarmRule is not valid"):
            cloudwatch.put_composite_alarm(AlarmName="none", AlarmRule=rule)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("TRUE OR TRUE AND FALSE", True),
        ("(TRUE OR TRUE) AND FALSE", False),
        ("NOT FALSE AND FALSE", False),
        ("NOT (FALSE AND FALSE)", True),
        ('ALARM("red") AND OK(green) AND INSUFFICIENT_DATA( new )', True),
        ("ALARM(gone) OR OK(gone)", False),
    ],
)
def test_a_rule_is_read_as_cloudwatch_reads_it(rule: str, holds: bool) -> None:
    states = {"red": "ALARM", "green": "OK", "new": "INSUFFICIENT_DATA"}
    assert AlarmRule(rule).holds(states.get) is holds


def test_alarms_are_found_by_their_tags(running: LocalLambda, cloudwatch: Any, metric: Callable[..., str]) -> None:
    name = metric("colons: too", Tags=[{"Key": "service", "Value": "orders"}])
    metric(Tags=[{"Key": "service", "Value": "cart"}])
    tagging: Any = boto3.client("resourcegroupstaggingapi", endpoint_url=running.endpoint_url)
    found = tagging.get_resources(
        ResourceTypeFilters=["cloudwatch:alarm"], TagFilters=[{"Key": "service", "Values": ["orders"]}]
    )["ResourceTagMappingList"]
    assert [one["ResourceARN"] for one in found] == [f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{name}"]
