"""What a look at metrics asks of CloudWatch, and what it makes of answers that are late, cut up or not whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from deployer.aws.failure import AwsFailure, NotAllowed
from deployer.aws.metrics import Measured, Metrics
from deployer.core import Published
from deployer.core.watch.observation import Period

START = 1_795_000_020  # a full minute
NEW, OLD = Published(8), Published(7)
DAY = 24 * 3600


@pytest.fixture
def stubber() -> Iterator[Stubber]:
    client = boto3.client(
        "cloudwatch", region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    with Stubber(client) as stubber:
        yield stubber


def look(
    stubber: Stubber, *, old: Published | None = None, since: int = START, now: int = START + 300, **given: Any
) -> Measured:
    client: Any = stubber.client
    found = Metrics(client, "orders", "LIVE").read(NEW, old, since=since, now=now, **{"delay": 120, **given})
    stubber.assert_no_pending_responses()
    return found


def page(*results: tuple[int, dict[int, float]], token: str | None = None, **codes: str) -> dict[str, Any]:
    """Results by the number of their query; `m1="InternalError"` gives a series another status."""
    answer: dict[str, Any] = {
        "MetricDataResults": [
            {
                "Id": f"m{number}",
                "Timestamps": [datetime.fromtimestamp(START + 60 * minute, UTC) for minute in points],
                "Values": list(points.values()),
                "StatusCode": codes.get(f"m{number}", "Complete"),
            }
            for number, points in results
        ]
    }
    return {**answer, "NextToken": token} if token else answer


def query(number: int, metric: str, version: str, statistic: str = "Sum") -> dict[str, Any]:
    dimensions = [
        {"Name": "FunctionName", "Value": "orders"},
        {"Name": "Resource", "Value": "orders:LIVE"},
        {"Name": "ExecutedVersion", "Value": version},
    ]
    named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": f"m{number}", "MetricStat": {"Metric": named, "Period": 60, "Stat": statistic}}


def test_one_request_asks_for_all_series_of_both_versions(stubber: Stubber) -> None:
    wanted = {
        "MetricDataQueries": [
            query(0, "Invocations", "8"),
            query(1, "Errors", "8"),
            query(2, "Throttles", "8"),
            query(3, "Duration", "8", "p95"),
            query(4, "Duration", "8", "p99.9"),
            query(5, "Invocations", "7"),
            query(6, "Errors", "7"),
            query(7, "Throttles", "7"),
            query(8, "Duration", "7", "p95"),
            query(9, "Duration", "7", "p99.9"),
        ],
        "StartTime": datetime.fromtimestamp(START, UTC),
        "EndTime": datetime.fromtimestamp(START + 180, UTC),
        "ScanBy": "TimestampAscending",
    }
    answer = page(
        (0, {0: 100.0, 2: 50.0}),
        (1, {0: 3.0}),
        (2, {1: 4.0}),
        (3, {0: 120.5}),
        (4, {0: 300.0, 2: 310.0}),
        (5, {0: 10.0}),
        *((number, {}) for number in range(6, 10)),
    )
    stubber.add_response("get_metric_data", answer, wanted)
    given = {"percentiles": (95.0, 99.9), "throttles": True}
    assert look(stubber, old=OLD, since=START + 59, now=START + 301, **given) == Measured(
        START + 180,
        (
            Period(START, 100, 3, 0, {95.0: 120.5, 99.9: 300.0}),
            Period(START + 60, 0, 0, 4),
            Period(START + 120, 50, 0, 0, {99.9: 310.0}),
        ),
        (Period(START, 10),),
    )


@pytest.mark.parametrize("now", [START - 500, START + 120, START + 179])
def test_nothing_is_asked_before_a_minute_is_over_and_old_enough(stubber: Stubber, now: int) -> None:
    assert look(stubber, now=now) == Measured((now - 120) // 60 * 60)


def test_a_version_that_nobody_called_has_no_periods(stubber: Stubber) -> None:
    stubber.add_response("get_metric_data", page((0, {}), (1, {})))
    assert look(stubber) == Measured(START + 180)


def test_an_error_whose_invocation_is_counted_in_another_minute_is_not_lost(stubber: Stubber) -> None:
    stubber.add_response("get_metric_data", page((0, {0: 10.0, 2: 4.0}), (1, {0: 11.0, 1: 2.0, 2: 4.0})))
    assert look(stubber).new == (
        Period(START, 11, 11),
        Period(START + 60, 2, 2),
        Period(START + 120, 4, 4),
    )


def test_pages_are_put_together_by_series(stubber: Stubber) -> None:
    first = page((0, {0: 10.0}), (1, {0: 1.0}), token="more", m0="PartialData", m1="PartialData")
    stubber.add_response("get_metric_data", first)
    stubber.add_response(
        "get_metric_data",
        page((0, {1: 20.0}), (1, {1: 2.0})),
        {"MetricDataQueries": ANY, "StartTime": ANY, "EndTime": ANY, "ScanBy": ANY, "NextToken": "more"},
    )
    assert look(stubber).new == (Period(START, 10, 1), Period(START + 60, 20, 2))


def test_a_series_that_is_whole_on_an_early_page_need_not_come_again(stubber: Stubber) -> None:
    stubber.add_response("get_metric_data", page((0, {0: 10.0}), (1, {}), token="more", m0="PartialData"))
    stubber.add_response("get_metric_data", page((0, {1: 20.0})))
    assert look(stubber).new == (Period(START, 10), Period(START + 60, 20))


@pytest.mark.parametrize("code", ["InternalError", "PartialData", "Forbidden"])
def test_a_series_that_is_not_whole_leaves_nothing_to_judge_by(stubber: Stubber, code: str) -> None:
    stubber.add_response("get_metric_data", page((0, {0: 10.0}), (1, {}), (2, {0: 90.0}), (3, {}), m1=code))
    found = look(stubber, old=OLD)
    assert found == Measured(START, gaps=(f"Errors (Sum) of version 8: {code}",))
    assert not found.whole


def test_a_series_that_is_not_answered_is_a_gap(stubber: Stubber) -> None:
    stubber.add_response("get_metric_data", page((0, {0: 10.0})))
    assert look(stubber).gaps == ("Errors (Sum) of version 8: no answer",)


def test_a_message_on_the_whole_request_says_that_something_is_left_out(stubber: Stubber) -> None:
    said = {"Messages": [{"Code": "MaxMetricsExceeded", "Value": "too many"}]}
    stubber.add_response("get_metric_data", {**page((0, {0: 10.0}), (1, {})), **said})
    assert look(stubber) == Measured(START, gaps=("MaxMetricsExceeded: too many",))


def test_no_more_is_asked_for_than_is_kept_by_minutes(stubber: Stubber) -> None:
    now = START + 20 * DAY
    kept = datetime.fromtimestamp(now - 120 - 15 * DAY, UTC)
    asked = {"StartTime": kept, "EndTime": ANY, "MetricDataQueries": ANY, "ScanBy": ANY}
    stubber.add_response("get_metric_data", page((0, {}), (1, {})), asked)
    assert look(stubber, now=now).whole


def test_more_series_than_one_request_takes_are_asked_for_in_several(stubber: Stubber) -> None:
    percentiles = tuple(number / 10 for number in range(1, 500))
    stubber.add_response("get_metric_data", page(*((number, {}) for number in range(500))))
    stubber.add_response("get_metric_data", page((500, {})))
    assert look(stubber, percentiles=percentiles).whole


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDenied", NotAllowed), ("InternalServiceFault", AwsFailure)], ids=["denied", "broken"]
)
def test_a_look_that_fails_says_what_was_looked_at(stubber: Stubber, code: str, kind: type[AwsFailure]) -> None:
    stubber.add_client_error("get_metric_data", code, "no", 403)
    with pytest.raises(kind, match=f"could not read the metrics of alias LIVE of orders: {code}: no"):
        look(stubber)


def test_a_page_that_names_itself_as_the_next_ends_in_a_failure(stubber: Stubber) -> None:
    for _ in range(2):
        stubber.add_response("get_metric_data", page((0, {}), (1, {}), token="again"))
    with pytest.raises(AwsFailure, match="could not read the metrics"):
        look(stubber)
