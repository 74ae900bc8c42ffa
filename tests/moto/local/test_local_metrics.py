"""Metrics in time: a clock of the test's own, data that come late, series that fail, calls that were throttled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

import deployer.local
from deployer.local import InvalidSetting, LocalSettings
from deployer.local.metrics import statistic
from deployer.local.runtime import Answer, Sandbox

from .subject import Subject

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


class Time:
    """Passes only when a test says so."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at.timestamp()

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Pool:
    """Answers at once, and says that it took 5 ms."""

    def invoke(self, sandbox: Sandbox, payload: bytes, *, invoked_arn: str, request_id: str) -> Answer:
        return Answer(payload, None, f"{request_id} of {sandbox.version} by {invoked_arn}", 5.0, None)

    def close(self) -> None:
        """Nothing runs."""


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def running(time: Time) -> Iterator[LocalLambda]:
    with deployer.local.start(LocalSettings(seed=7), pool=Pool, clock=time) as running:
        yield running


@pytest.fixture
def subject(running: LocalLambda, function_name: str, zipped: Callable[..., bytes]) -> Subject:
    """A function with versions 1 and 2, and alias `live` on 1."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    client = boto3.client("lambda", endpoint_url=running.endpoint_url, config=config)
    subject = Subject(client, function_name, running.role("test"), zipped)
    subject.create()
    subject.versions(2)
    subject.alias("1")
    return subject


def asked(running: LocalLambda, subject: Subject, *metrics: str, version: str = "1", **more: Any) -> Any:
    """What GetMetricData answers, result by result, for one version behind the alias."""
    client: Any = boto3.client("cloudwatch", endpoint_url=running.endpoint_url)
    dimensions = [
        {"Name": "FunctionName", "Value": subject.name},
        {"Name": "Resource", "Value": f"{subject.name}:live"},
        {"Name": "ExecutedVersion", "Value": version},
    ]
    queries = [
        {
            "Id": metric.lower(),
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions},
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for metric in metrics
    ]
    window = {"StartTime": START, "EndTime": START + timedelta(hours=1), "ScanBy": "TimestampAscending", **more}
    return client.get_metric_data(MetricDataQueries=queries, **window)["MetricDataResults"]


def points(running: LocalLambda, subject: Subject, metric: str, **more: Any) -> dict[int, float]:
    """Values by minute."""
    [one] = asked(running, subject, metric, **more)
    assert one["StatusCode"] == "Complete"
    minutes = ((at - START) // timedelta(minutes=1) for at in one["Timestamps"])
    return dict(zip(minutes, one["Values"], strict=True))


def test_everything_happens_at_the_time_of_the_clock(running: LocalLambda, subject: Subject, time: Time) -> None:
    time.passes(90)
    subject("invoke", Qualifier="live")
    assert points(running, subject, "Invocations") == {1: 1.0}
    assert running.calls[-2].time == time()
    assert running.alias_writes[-1].time == START.timestamp()
    subject.configure(Timeout=9)
    assert subject.latest()["LastModified"] == "2026-11-18T12:01:30.000+0000"


def test_data_are_shown_once_they_are_old_enough(running: LocalLambda, subject: Subject, time: Time) -> None:
    running.configure(metric_delay=120)
    subject("invoke", Qualifier="live")
    time.passes(119)
    subject("invoke", Qualifier="live")
    assert points(running, subject, "Invocations") == {}
    time.passes(2)
    assert points(running, subject, "Invocations") == {0: 1.0}
    time.passes(120)
    assert points(running, subject, "Invocations") == {0: 1.0, 1: 1.0}


def test_a_delay_is_a_whole_number() -> None:
    with pytest.raises(InvalidSetting, match="metric_delay=-1': is a whole number"):
        LocalSettings(metric_delay=-1)


def test_another_server_of_the_process_has_its_own_time_and_delay(running: LocalLambda, subject: Subject) -> None:
    """Though moto has the data of both."""
    running.configure(metric_delay=60)
    subject("invoke", Qualifier="live")
    with deployer.local.start() as other:
        assert points(running, subject, "Invocations") == {}
        assert points(other, subject, "Invocations") == {0: 1.0}


@pytest.mark.parametrize(("gap", "values"), [("InternalError", []), ("Forbidden", []), ("PartialData", [1.0])])
def test_a_series_that_is_to_fail_fails_and_the_others_do_not(
    running: LocalLambda, subject: Subject, time: Time, gap: Any, values: list[float]
) -> None:
    for _ in range(2):
        subject("invoke", Qualifier="live")
        time.passes(60)
    running.fail_metrics("Invocations", gap)
    failed, errors = asked(running, subject, "Invocations", "Errors")
    assert (failed["StatusCode"], failed["Values"], len(failed["Timestamps"])) == (gap, values, len(values))
    assert (errors["StatusCode"], errors["Values"]) == ("Complete", [0.0, 0.0])
    newest_first = points(running, subject, "Invocations", ScanBy="TimestampDescending")
    assert list(newest_first) == [1, 0]


def test_a_series_fails_for_one_version_and_as_often_as_is_said(running: LocalLambda, subject: Subject) -> None:
    running.fail_metrics("Errors", version="2", times=2)
    assert points(running, subject, "Errors") == {}
    codes = [asked(running, subject, "Errors", version="2")[0]["StatusCode"] for _ in range(3)]
    assert codes == ["InternalError", "InternalError", "Complete"]


def test_a_reset_forgets_what_was_to_fail(running: LocalLambda, subject: Subject) -> None:
    running.fail_metrics("Errors")
    running.reset()
    assert points(running, subject, "Errors") == {}


def test_a_way_to_fail_that_there_is_not_is_refused(running: LocalLambda) -> None:
    wrong: Any = "Broken"
    with pytest.raises(InvalidSetting, match="Broken': is one of InternalError, PartialData, Forbidden"):
        running.fail_metrics("Errors", wrong)


def test_a_call_that_is_throttled_counts_as_that_and_as_nothing_else(running: LocalLambda, subject: Subject) -> None:
    """§6."""
    subject("invoke", Qualifier="live")
    subject("put_function_concurrency", ReservedConcurrentExecutions=0)
    assert subject.refused("invoke", Qualifier="live")[:2] == ("TooManyRequestsException", 429)
    counts = {metric: points(running, subject, metric) for metric in ("Invocations", "Errors", "Throttles")}
    assert counts == {"Invocations": {0: 1.0}, "Errors": {0: 0.0}, "Throttles": {0: 1.0}}


def test_a_version_called_by_its_number_does_not_count_for_the_alias(running: LocalLambda, subject: Subject) -> None:
    """§6: `Resource` is what was invoked, and ExecutedVersion is there for aliases alone."""
    for qualifier in ("1", "live", "1"):
        subject("invoke", Qualifier=qualifier)
    assert points(running, subject, "Invocations") == {0: 1.0}


@given(
    st.lists(st.floats(0, 900_000), min_size=1, max_size=50),
    st.sampled_from((50.0, 90.0, 95.0, 99.0, 99.9)),
)
def test_a_percentile_stands_where_cloudwatch_says(values: Sequence[float], percent: float) -> None:
    """No more than so many percent of the data are lower, but for the one datum that it stands on or beside."""
    found = statistic(f"p{percent}", values)
    lower = sum(value < found for value in values)
    higher = sum(value > found for value in values)
    assert min(values) <= found <= max(values)
    assert lower <= len(values) * percent / 100 + 1
    assert higher <= len(values) * (100 - percent) / 100 + 1
