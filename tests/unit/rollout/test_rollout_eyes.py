"""What a look asks of CloudWatch, and what becomes of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from deployer.aws.session import Session
from deployer.core import Percent, Published
from deployer.core.watch.observation import PERIOD
from deployer.core.watch.policy import Bake, DurationGate, Gates, Watch
from deployer.core.watch.sight import Sight
from deployer.core.watch.slowness import percentiles
from deployer.rollout.eyes import AwsEyes

START = 1_798_200_000
GATE = DurationGate(90, 1.25)
SIGHT = Sight(Published(2), Published(1), Percent.of(25), Bake(300), START, START, measured=True)


@dataclass(slots=True)
class CloudWatch:
    """Answers each series with its place among all, in the first minute."""

    requests: list[Sequence[Mapping[str, Any]]] = field(default_factory=list)

    def get_paginator(self, name: str) -> CloudWatch:
        assert name == "get_metric_data"
        return self

    def paginate(self, *, MetricDataQueries: Sequence[Mapping[str, Any]], **_: object) -> Iterator[Mapping[str, Any]]:  # noqa: N803  # as boto3 calls it
        self.requests.append(MetricDataQueries)
        results = [
            {
                "Id": query["Id"],
                "Timestamps": [datetime.fromtimestamp(START, UTC)],
                "Values": [8],
                "StatusCode": "Complete",
            }
            for query in MetricDataQueries
        ]
        yield {"MetricDataResults": results}


def test_all_percentiles_that_the_judge_weighs_are_measured_in_one_request() -> None:
    cloudwatch = CloudWatch()
    session = cast("Session", SimpleNamespace(cloudwatch_client=cloudwatch))
    watch = Watch(Bake(300), gates=Gates(durations=(GATE,)), delay=60)
    seen = AwsEyes(session, "orders", "LIVE", watch).observe(SIGHT, START + 2 * PERIOD)
    [queries] = cloudwatch.requests
    asked = [query["MetricStat"]["Stat"] for query in queries]
    assert asked == ["Sum", "Sum", *(f"p{which:g}" for which in percentiles(GATE))] * 2
    [period] = seen.observation.new
    assert period.durations == dict.fromkeys(percentiles(GATE), 8)


def test_a_percentile_that_two_gates_weigh_is_measured_once() -> None:
    cloudwatch = CloudWatch()
    session = cast("Session", SimpleNamespace(cloudwatch_client=cloudwatch))
    both = (GATE, DurationGate(percentiles(GATE)[1], 1.1))
    AwsEyes(session, "orders", "LIVE", Watch(Bake(300), gates=Gates(durations=both))).observe(SIGHT, START + 5 * PERIOD)
    measured = [query["MetricStat"]["Stat"] for query in cloudwatch.requests[0]]
    durations = [stat for stat in measured if stat != "Sum"]
    assert len(durations) == 2 * len(set(durations))
