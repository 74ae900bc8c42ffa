"""Which alarms a gate means, and how they stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deployer.aws.alarms import Alarms
from deployer.aws.failure import AwsFailure, NotAllowed
from deployer.core.watch.observation import Alarm, AlarmState
from deployer.core.watch.policy import AlarmGate

ARN = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"
AT = 1_795_000_000


def stubbed(service: Any) -> Stubber:
    return Stubber(
        boto3.client(service, region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    )


@pytest.fixture
def cloudwatch() -> Iterator[Stubber]:
    with stubbed("cloudwatch") as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def tagging() -> Iterator[Stubber]:
    with stubbed("resourcegroupstaggingapi") as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def alarms(cloudwatch: Stubber, tagging: Stubber | None = None) -> Alarms:
    client: Any = cloudwatch.client

    def make() -> Any:
        assert tagging is not None, "no client for tags is needed"
        return tagging.client

    return Alarms(client, make)


def tagged(*names: str, token: str = "") -> dict[str, Any]:
    return {"ResourceTagMappingList": [{"ResourceARN": ARN + name} for name in names], "PaginationToken": token}


def described(name: str, state: str = "OK", **at: int) -> dict[str, Any]:
    moments = {f"State{key}Timestamp": datetime.fromtimestamp(second, UTC) for key, second in at.items()}
    return {"AlarmName": name, "StateValue": state, **moments}


def asked(names: list[str], **more: Any) -> dict[str, Any]:
    return {"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100, **more}


def test_alarms_by_name_alone_need_no_call(cloudwatch: Stubber) -> None:
    assert alarms(cloudwatch).named(AlarmGate(names=("b", "a"))) == ("a", "b")


def test_alarms_by_tag_are_found_page_by_page_and_join_those_by_name(cloudwatch: Stubber, tagging: Stubber) -> None:
    filters = [{"Key": "service", "Values": ["orders", "cart"]}, {"Key": "env", "Values": ["prd"]}]
    asked = {"ResourceTypeFilters": ["cloudwatch:alarm"], "TagFilters": filters}
    tagging.add_response("get_resources", tagged("late", "5xx", token="more"), asked)
    tagging.add_response("get_resources", tagged("a:b:c"), {**asked, "PaginationToken": "more"})
    gate = AlarmGate(("5xx", "z"), (("service", "orders"), ("service", "cart"), ("env", "prd")))
    assert alarms(cloudwatch, tagging).named(gate) == ("5xx", "a:b:c", "late", "z")


def test_tags_that_no_alarm_has_name_none(cloudwatch: Stubber, tagging: Stubber) -> None:
    tagging.add_response("get_resources", tagged())
    assert alarms(cloudwatch, tagging).named(AlarmGate(tags=(("service", "orders"),))) == ()


def test_one_request_tells_of_metric_and_composite_alarms_and_of_those_that_are_not_there(cloudwatch: Stubber) -> None:
    answer = {
        "MetricAlarms": [described("late", "ALARM", Updated=AT + 50, Transitioned=AT), described("5xx", Updated=AT)],
        "CompositeAlarms": [described("all", "INSUFFICIENT_DATA")],
    }
    names = ["5xx", "all", "gone", "late"]
    cloudwatch.add_response("describe_alarms", answer, asked(names))
    assert alarms(cloudwatch).read(names) == (
        Alarm("5xx", AlarmState.OK, AT),
        Alarm("all", AlarmState.INSUFFICIENT_DATA),
        Alarm("gone", AlarmState.MISSING),
        Alarm("late", AlarmState.ALARM, AT),
    )


def test_no_names_need_no_call(cloudwatch: Stubber) -> None:
    assert alarms(cloudwatch).read(()) == ()


def test_a_hundred_names_are_asked_for_at_once_and_pages_are_followed(cloudwatch: Stubber) -> None:
    names = [f"alarm-{number:03}" for number in range(101)]
    cloudwatch.add_response(
        "describe_alarms",
        {"MetricAlarms": [described(name) for name in names[:60]], "NextToken": "more"},
        asked(names[:100]),
    )
    cloudwatch.add_response(
        "describe_alarms",
        {"MetricAlarms": [described(name) for name in names[60:100]]},
        asked(names[:100], NextToken="more"),
    )
    cloudwatch.add_response("describe_alarms", {"MetricAlarms": [described(names[100])]}, asked(names[100:]))
    assert alarms(cloudwatch).read(names) == tuple(Alarm(name, AlarmState.OK) for name in names)


def test_failures_say_what_was_looked_for(cloudwatch: Stubber, tagging: Stubber) -> None:
    cloudwatch.add_client_error("describe_alarms", "InternalServiceFault", "no", 500)
    with pytest.raises(AwsFailure, match="could not read the alarms 5xx, late: InternalServiceFault: no"):
        alarms(cloudwatch).read(("5xx", "late"))
    tagging.add_client_error("get_resources", "AccessDeniedException", "no", 400)
    with pytest.raises(NotAllowed, match="could not find the alarms tagged service=orders: AccessDenied"):
        alarms(cloudwatch, tagging).named(AlarmGate(tags=(("service", "orders"),)))
