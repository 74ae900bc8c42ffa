"""AWS/Lambda metrics of invocations, and what moto's CloudWatch gets wrong when they are read.

Dimension sets (§6): FunctionName; with Resource (`name:qualifier`); for invocations through an alias also with
ExecutedVersion. A set matches exactly, in any order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, Statistics, cloudwatch_backends

from deployer.local.rules.world import Invocation

_NAMESPACE = "AWS/Lambda"


def put(account: str, region: str, invocation: Invocation) -> None:
    """Add the data of one finished invocation, at the time when it began (§6)."""
    backend: CloudWatchBackend = cloudwatch_backends[account][region]
    at = invocation.started.astimezone(UTC).replace(tzinfo=None)
    values = (
        ("Invocations", 1.0, "Count"),
        ("Errors", float(invocation.failed), "Count"),
        ("Throttles", 0.0, "Count"),
        ("Duration", invocation.duration_ms, "Milliseconds"),
    )
    backend.metric_data.extend(
        MetricDatum(_NAMESPACE, name, value, dimensions, at, unit)
        for dimensions in _dimension_sets(invocation)
        for name, value, unit in values
    )


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


_plain = Statistics.get_statistics_for_type


def _statistic(self: Statistics, stat: str) -> Any:
    """Moto knows no percentiles and answers them with nothing, on which the client's parser fails."""
    if stat.startswith("p") and self.metric_single_values_list:
        return percentile(self.metric_single_values_list, float(stat[1:]))
    return _plain(self, stat)


def install() -> None:
    """Put the patches in place; again is the same as once."""
    Statistics.get_statistics_for_type = _statistic  # type: ignore[method-assign] # the patch itself
