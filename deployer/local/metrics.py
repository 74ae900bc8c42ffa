"""AWS/Lambda metrics of invocations, and what moto's CloudWatch gets wrong when they are read.

Dimension sets (§6): FunctionName; with Resource (`name:qualifier`); for invocations through an alias also with
ExecutedVersion. A set matches exactly, in any order.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, cloudwatch_backends

from deployer.local.rules.world import Invocation
from deployer.local.viewpoint import asked, utcnow

_NAMESPACE = "AWS/Lambda"
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moto keeps its times in UTC without saying so

Datum = tuple[datetime, float]


def put(account: str, region: str, invocation: Invocation) -> None:
    """Add the data of one finished invocation, at the time when it began (§6)."""
    backend: CloudWatchBackend = cloudwatch_backends[account][region]
    at = invocation.started.astimezone(UTC).replace(tzinfo=None)
    values = _throttled() if invocation.throttled else _ran(invocation)
    backend.metric_data.extend(
        MetricDatum(_NAMESPACE, name, value, dimensions, at, unit)
        for dimensions in _dimension_sets(invocation)
        for name, value, unit in values
    )


def _ran(invocation: Invocation) -> tuple[tuple[str, float, str], ...]:
    return (
        ("Invocations", 1.0, "Count"),
        ("Errors", float(invocation.failed), "Count"),
        ("Throttles", 0.0, "Count"),
        ("Duration", invocation.duration_ms, "Milliseconds"),
    )


def _throttled() -> tuple[tuple[str, float, str], ...]:
    """One that did not run counts as neither invocation nor error (§6)."""
    return (("Throttles", 1.0, "Count"),)


def _dimension_sets(invocation: Invocation) -> list[list[dict[str, str]]]:
    function = invocation.function
    resource = f"{function}:{invocation.qualifier}" if invocation.qualifier else function
    named = [{"Name": "FunctionName", "Value": function}]
    qualified = [*named, {"Name": "Resource", "Value": resource}]
    sets = [named, qualified]
    if invocation.executed_version is not None:
        sets.append([*qualified, {"Name": "ExecutedVersion", "Value": invocation.executed_version}])
    return sets


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` (0 to 100) of `values` lie, between neighbours in proportion."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below, above = math.floor(place), math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": math.fsum,
    "Average": lambda values: math.fsum(values) / len(values),
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}


def statistic(name: str, values: Sequence[float]) -> float:
    """One statistic of at least one value: Sum, Average, Minimum, Maximum, SampleCount, p0 to p100."""
    if name in _STATISTICS:
        return _STATISTICS[name](values)
    return percentile(values, float(name.removeprefix("p")))


_plain = CloudWatchBackend.get_metric_data


def _get_metric_data(
    self: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """Periods as CloudWatch cuts them, dimensions in any order, percentiles; expressions are left to moto.

    What is younger than the server's `metric_delay` is not shown yet, and the series that are to fail do.
    """
    if any("Expression" in query for query in queries) or start_time >= end_time:
        return _plain(self, queries, start_time, end_time, scan_by)
    series = _series(self.get_all_metrics(), start_time, min(end_time, _shown()))
    return [_answered(query, series, descending=scan_by == "TimestampDescending") for query in queries]


def _shown() -> datetime:
    """Before when data are shown: without a delay all are, those from the future too."""
    viewpoint = asked()
    delay = 0 if viewpoint is None else viewpoint.metric_delay()
    return utcnow() - timedelta(seconds=delay) if delay else datetime.max  # noqa: DTZ901 - as moto keeps its times


def _series(data: Iterable[Any], start: datetime, end: datetime) -> Mapping[Any, list[tuple[Datum, str | None]]]:
    series: dict[Any, list[tuple[Datum, str | None]]] = defaultdict(list)
    for datum in tuple(data):
        if isinstance(datum, MetricDatum) and start <= datum.timestamp < end:
            dimensions = frozenset((one.name, one.value) for one in datum.dimensions)
            entry = ((datum.timestamp, datum.value), datum.unit)
            series[datum.namespace, datum.name, dimensions].append(entry)
    return series


def _answered(
    query: Mapping[str, Any], series: Mapping[Any, list[tuple[Datum, str | None]]], *, descending: bool
) -> dict[str, Any]:
    stat = query["MetricStat"]
    metric, period = stat["Metric"], timedelta(seconds=int(stat["Period"]))
    dimensions = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions", ()))
    buckets: dict[datetime, list[float]] = defaultdict(list)
    for (at, value), unit in series.get((metric["Namespace"], metric["MetricName"], dimensions), ()):
        if stat.get("Unit") in {None, unit}:
            buckets[at - (at - _EPOCH) % period].append(value)
    status, starts = _status(metric, sorted(buckets))
    if descending:
        starts.reverse()
    return {
        "id": query["Id"],
        "label": query.get("Label") or f"{metric['MetricName']} {stat['Stat']}",
        "values": [statistic(stat["Stat"], buckets[start]) for start in starts],
        "timestamps": starts,
        "status_code": status,
    }


def _status(metric: Mapping[str, Any], starts: list[datetime]) -> tuple[str, list[datetime]]:
    """What the answer says of a series, and the periods that it gives."""
    viewpoint = asked()
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
    gap = None if viewpoint is None else viewpoint.faults.take(metric["MetricName"], dimensions)
    match gap:
        case None:
            return "Complete", starts
        case "PartialData":
            return gap, starts[: len(starts) // 2]
        case _:
            return gap, []


def install() -> None:
    """Put the patch in place; again is the same as once."""
    CloudWatchBackend.get_metric_data = _get_metric_data  # type: ignore[method-assign] # the patch itself
