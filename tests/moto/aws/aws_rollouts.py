"""Rollouts on the embedded Lambda by a clock of the test's own, with as much traffic as it says."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from aws_world import FakeClock, World, boto3_session

from deployer import Canary, CanaryIncrements
from deployer.config.rollout.settings import RolloutSettings
from deployer.core.watch.course import Course, FollowUp, Step, Wait
from deployer.core.watch.policy import Bake, Gates, Watch
from deployer.local.runtime import Answer, Sandbox
from deployer.rollout.crew import Manner, driver
from deployer.rollout.driver import Driver
from deployer.rollout.event import End, Event, Happening, RolledBack, Stepped, Subject

WATCH = Watch(Bake(120), gates=Gates(least_invocations=50), delay=60)
EVERY = 60.0
MINUTE = 60

_COUNT = itertools.count(1)


class Echo:
    """Answers each call with its event, at once."""

    def invoke(self, sandbox: Sandbox, payload: bytes, *, invoked_arn: str, request_id: str) -> Answer:
        return Answer(payload, None, f"{request_id} of {sandbox.version} by {invoked_arn}", 5.0, None)

    def close(self) -> None:
        """Nothing runs."""


@dataclass
class Flow(FakeClock):
    """Time that passes only when somebody sleeps, and with it whatever goes on meanwhile."""

    meanwhile: Callable[[float], None] = lambda _seconds: None

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.slept.append(seconds)
        self.meanwhile(seconds)


@dataclass
class Rollout:
    """One function, whose version 1 has all traffic, and what happens to it.

    `rate`: calls a minute; `errors`: the share of them that fails, by version; `moved`: when the alias was seen moved.
    """

    world: World
    clock: Flow
    watch: Watch = WATCH
    rate: int = 600
    errors: Mapping[int, float] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    moved: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.clock = self.clock

    def made(self) -> Rollout:
        """The same with version 1 on the alias. From now on time passes for this one alone, from a full hour on."""
        self.world.options = {"strategy": Canary(CanaryIncrements.of([25, 50]))}
        self.clock.time = -(-self.clock.time // 3600) * 3600
        self.clock.meanwhile = self.flow
        if not self.world.versions():
            self.world.deploy(1)
        return self

    def twin(self) -> Rollout:
        """The same function once more, under another name, as it stands."""
        return Rollout(self.world.twin(f"{self.world.name}-{next(_COUNT)}"), self.clock, self.watch).made()

    def another(self) -> Rollout:
        """Another machine, with a wire of its own."""
        return replace(self, world=replace(self.world.rival, clock=self.clock), told=[])

    def driver(self, code: int = 2, **more: Any) -> Driver:
        settings = RolloutSettings(self.watch, **{"directory": self.world.folder, **self.settings})
        manner = Manner(**{"every": EVERY, **more})
        subject = Subject(self.world.name, "LIVE", environment="prd")
        return driver(self.world.deployer(code), settings, subject, [self.keep], manner)

    def keep(self, event: Event) -> None:
        self.told.append(event.what)
        if isinstance(event.what, Stepped | RolledBack):
            self.moved.append(event.at)

    def run(self, code: int = 2, **more: Any) -> End:
        one = self.driver(code, **more)
        return one.run(one.prepare())

    def begin(self, code: int = 2) -> None:
        """The first step, and nobody who watches it any more."""
        one = self.driver(code)
        one.begin(one.prepare())

    def carry_on(self) -> Course:
        """The same command where nothing was begun, then a tick now and then."""
        if self.world.shown() == "1":
            self.begin()
        one = self.driver()
        while isinstance(course := one.tick(), Wait | Step | FollowUp):
            self.clock.sleep(EVERY)
        return course

    def flow(self, seconds: float) -> None:
        """Calls of the versions on the alias in the `seconds` that have just passed, as CloudWatch counts them."""
        found = self.world.there.aliases.get("LIVE")
        if found is None or not self.rate:
            return
        beside = found.weights or {}
        shares = {found.function_version: 1 - sum(beside.values()), **beside}
        at = datetime.fromtimestamp(self.clock.time - seconds, UTC)
        data = [
            {
                "MetricName": metric,
                "Timestamp": at,
                "Value": value,
                "Unit": "Count",
                "Dimensions": [
                    {"Name": "FunctionName", "Value": self.world.name},
                    {"Name": "Resource", "Value": f"{self.world.name}:LIVE"},
                    {"Name": "ExecutedVersion", "Value": version},
                ],
            }
            for version, share in shares.items()
            for metric, value in self._counted(int(version), self.rate * share * seconds / MINUTE)
        ]
        self.cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=data)

    def _counted(self, version: int, calls: float) -> tuple[tuple[str, int], ...]:
        return ("Invocations", round(calls)), ("Errors", round(round(calls) * self.errors.get(version, 0.0)))

    @cached_property
    def cloudwatch(self) -> Any:
        return boto3_session().client("cloudwatch", region_name=self.world.local.region)

    def calls(self, run: Callable[[], object]) -> list[str]:
        """The operations of `run`, of all services."""
        self.world.wire.operations.clear()
        run()
        return list(self.world.wire.operations)

    @property
    def written(self) -> list[float]:
        """When."""
        return [write.time for write in self.world.log()[-len(self.path) :]]

    @property
    def path(self) -> list[str]:
        """Where the alias went after version 1 had all traffic; a copy does not know how it came to that."""
        routings = self.world.routings()
        return routings[1:] if routings[:1] == ["1"] else routings
