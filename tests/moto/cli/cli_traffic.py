"""Traffic on an alias, and time that passes only when a command sleeps: so a rollout of hours takes a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moto.cloudwatch.models import MetricDatum, cloudwatch_backends

if TYPE_CHECKING:
    from cli_world import Project

    from deployer.local.local_lambda import LocalLambda

START = 1_795_000_020.0  # a full minute
MINUTE = 60
NOBODY: Callable[[float], None] = lambda _now: None  # noqa: E731  # a default, named


@dataclass
class FakeTime:
    """The machine's time, as commands and the embedded Lambda see it."""

    time: float = START
    minutely: Callable[[float], None] = NOBODY
    meanwhile: Callable[[float], None] = NOBODY

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        """Time passes, minute by minute; what others do `meanwhile` is done at the end of each sleep."""
        end = self.time + seconds
        while self.time // MINUTE < end // MINUTE:
            self.time = (self.time // MINUTE + 1) * MINUTE
            self.minutely(self.time)
        self.time = end
        self.meanwhile(end)


@dataclass
class Traffic:
    """So many calls a minute, shared out as the alias says; `failing` is the share of each version's that fails."""

    project: Project
    local: LocalLambda
    calls: int = 4000
    failing: Mapping[str, float] = field(default_factory=dict)

    def minute(self, end: float) -> None:
        """What CloudWatch counted in the minute that ends now."""
        for function in self.project.functions:
            alias = self.project.alias(function)
            if alias is None:
                continue
            version, weights = alias
            shares = {version: 1 - sum(weights.values()), **weights}
            for one, share in shares.items():
                calls = round(self.calls * share)
                self._count(self.project.name(function), one, calls, round(calls * self.failing.get(one, 0.0)), end)

    def _count(self, name: str, version: str, calls: int, errors: int, end: float) -> None:
        at = datetime.fromtimestamp(end - MINUTE, UTC).replace(tzinfo=None)
        named = {"FunctionName": name, "Resource": f"{name}:LIVE", "ExecutedVersion": version}
        dimensions = [{"Name": key, "Value": value} for key, value in named.items()]
        counted = (("Invocations", calls), ("Errors", errors))
        cloudwatch_backends[self.local.account][self.local.region].metric_data.extend(
            MetricDatum("AWS/Lambda", metric, float(value), dimensions, at, "Count") for metric, value in counted
        )
