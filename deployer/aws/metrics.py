"""What both versions of a rollout did, minute by minute, as CloudWatch counted it for the alias.

One GetMetricData for all series: FunctionName, Resource=`function:alias` and ExecutedVersion, which counts what came
through the alias alone (docs/lambda-facts.md §6). The series come raw; sums and shares are the core's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from deployer.aws.failure import explained
from deployer.core import Published
from deployer.core.watch.observation import PERIOD, Period

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import GetMetricDataOutputTypeDef, MetricDataQueryTypeDef

_MOST_QUERIES: Final = 500
_KEPT: Final = 15 * 24 * 3600  # CloudWatch keeps single minutes for 15 days (botocore's model, GetMetricData)


class _Name(StrEnum):
    INVOCATIONS = "Invocations"
    ERRORS = "Errors"
    THROTTLES = "Throttles"
    DURATION = "Duration"


@dataclass(frozen=True, slots=True)
class _Series:
    """One metric of one version; `percentile` where it is a duration."""

    version: Published
    name: _Name
    percentile: float | None = None

    @property
    def statistic(self) -> str:
        return "Sum" if self.percentile is None else f"p{self.percentile:.10g}"

    def __str__(self) -> str:
        return f"{self.name} ({self.statistic}) of version {self.version}"


_Points: TypeAlias = Mapping[int, float]
"""Values by the second at which their minute begins."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one look at metrics gave. All minutes that end at or before `through` (Unix seconds) are in.

    `gaps` says which series CloudWatch did not give whole, and why. Then there are no periods at all, and nothing
    counts as being in: an Errors series that is missing must not read as no errors.
    """

    through: int
    new: tuple[Period, ...] = ()
    old: tuple[Period, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether CloudWatch gave all that it was asked for."""
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one alias."""

    client: CloudWatchClient
    function_name: str
    alias_name: str

    def read(
        self,
        new: Published,
        old: Published | None,
        *,
        since: int,
        now: int,
        delay: int,
        percentiles: tuple[float, ...] = (),
        throttles: bool = False,
    ) -> Measured:
        """GetMetricData, once; none when no minute since `since` is over and `delay` seconds old (all Unix seconds).

        The minute in which `since` lies is in. Of a longer time only the last 15 days are: no more is kept by minutes.
        `percentiles` are those of duration, above 0 and below 100. Raises AwsFailure.
        """
        through = _minute(now - delay)
        start = max(_minute(since), through - _KEPT)
        if through <= start:
            return Measured(through)
        versions = (new,) if old is None else (new, old)
        asked = [series for version in versions for series in _of_version(version, percentiles, throttles=throttles)]
        answered = self._answered(asked, start, through)
        if answered.gaps:
            return Measured(start, gaps=answered.gaps)
        return Measured(through, answered.periods(new), () if old is None else answered.periods(old))

    def _answered(self, asked: Sequence[_Series], start: int, through: int) -> _Answered:
        answered = _Answered(asked)
        with explained(f"read the metrics of alias {self.alias_name} of {self.function_name}"):
            for first in range(0, len(asked), _MOST_QUERIES):
                for page in self._pages(first, asked[first : first + _MOST_QUERIES], start, through):
                    answered.add(page)
        return answered

    def _pages(
        self, first: int, asked: Sequence[_Series], start: int, through: int
    ) -> Iterator[GetMetricDataOutputTypeDef]:
        yield from self.client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[self._query(number, series) for number, series in enumerate(asked, first)],
            StartTime=datetime.fromtimestamp(start, UTC),
            EndTime=datetime.fromtimestamp(through, UTC),
            ScanBy="TimestampAscending",
        )

    def _query(self, number: int, series: _Series) -> MetricDataQueryTypeDef:
        dimensions = {
            "FunctionName": self.function_name,
            "Resource": f"{self.function_name}:{self.alias_name}",
            "ExecutedVersion": str(series.version),
        }
        return {
            "Id": _id(number),
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": series.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                },
                "Period": PERIOD,
                "Stat": series.statistic,
            },
        }


def _of_version(version: Published, percentiles: Sequence[float], *, throttles: bool) -> Iterator[_Series]:
    yield _Series(version, _Name.INVOCATIONS)
    yield _Series(version, _Name.ERRORS)
    if throttles:
        yield _Series(version, _Name.THROTTLES)
    for percentile in percentiles:
        yield _Series(version, _Name.DURATION, percentile)


def _minute(moment: int) -> int:
    return moment // PERIOD * PERIOD


def _id(number: int) -> str:
    return f"m{number}"  # CloudWatch wants a small letter first


@dataclass(slots=True)
class _Answered:
    """The pages so far, put together by series. A series may come in several pages; its last word on itself counts."""

    asked: Sequence[_Series]
    points: dict[str, dict[int, float]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def add(self, page: GetMetricDataOutputTypeDef) -> None:
        self.messages += [f"{said.get('Code', '')}: {said.get('Value', '')}" for said in page.get("Messages", [])]
        for result in page["MetricDataResults"]:
            seconds = (int(at.timestamp()) for at in result.get("Timestamps", []))
            self.points.setdefault(result.get("Id", ""), {}).update(zip(seconds, result.get("Values", []), strict=True))
            self.codes[result.get("Id", "")] = result.get("StatusCode", "no status")

    @property
    def gaps(self) -> tuple[str, ...]:
        """Series that are not Complete, and messages on the request as a whole: CloudWatch left something out."""
        codes = ((series, self.codes.get(_id(number), "no answer")) for number, series in enumerate(self.asked))
        return (*(f"{series}: {code}" for series, code in codes if code != "Complete"), *self.messages)

    def periods(self, version: Published) -> tuple[Period, ...]:
        """Every minute of a version in which it was called, or refused. Where a series has no point, it counts zero."""
        of_name = {
            (series.name, series.percentile): self.points[_id(number)]
            for number, series in enumerate(self.asked)
            if series.version == version
        }
        counts = [of_name.get((name, None), {}) for name in (_Name.INVOCATIONS, _Name.ERRORS, _Name.THROTTLES)]
        durations = {percentile: points for (_, percentile), points in of_name.items() if percentile is not None}
        starts = sorted({start for points in counts for start, count in points.items() if count})
        return tuple(_period(start, counts, durations) for start in starts)


def _period(start: int, counts: Sequence[_Points], durations: Mapping[float, _Points]) -> Period:
    invocations, errors, throttles = (round(points.get(start, 0)) for points in counts)
    measured = {percentile: points[start] for percentile, points in durations.items() if start in points}
    # Lambda stamps an error with the beginning of its invocation, so that the two may fall into different minutes, and
    # either may arrive first. To drop the error would read as success; so it brings its invocation with it.
    return Period(start, max(invocations, errors), errors, throttles, measured)
