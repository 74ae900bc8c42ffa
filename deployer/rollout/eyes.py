"""One look at AWS: metrics of both versions, and alarms."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployer.aws.alarms import Alarms
from deployer.aws.metrics import Measured, Metrics
from deployer.aws.session import Session
from deployer.core.watch.observation import Alarm, Observation
from deployer.core.watch.policy import Watch
from deployer.core.watch.sight import Sight
from deployer.core.watch.slowness import percentiles
from deployer.rollout.driver import Seen


@dataclass(slots=True)
class AwsEyes:
    """Looks at one alias: one GetMetricData where something is measured, one DescribeAlarms where alarms are gates.

    Alarms by tag are looked up once, with one GetResources.
    """

    session: Session
    function_name: str
    alias: str
    watch: Watch
    _names: tuple[str, ...] | None = field(default=None, init=False)

    def observe(self, sight: Sight, now: int) -> Seen:
        """What is to be seen at `now` (Unix seconds). Raises AwsFailure."""
        measured = self._measured(sight, now)
        observation = Observation(measured.through, measured.new, measured.old, self._alarms())
        return Seen(observation, tuple(f"metrics are not whole: {gap}" for gap in measured.gaps))

    def _measured(self, sight: Sight, now: int) -> Measured:
        if not sight.measured:
            return Measured(0)
        gates = self.watch.gates
        metrics = Metrics(self.session.cloudwatch_client, self.function_name, self.alias)
        return metrics.read(
            sight.new,
            sight.old,
            since=sight.since,
            now=now,
            delay=self.watch.delay,
            percentiles=tuple(dict.fromkeys(which for gate in gates.durations for which in percentiles(gate))),
            throttles=gates.throttles is not None,
        )

    def _alarms(self) -> tuple[Alarm, ...]:
        gate = self.watch.gates.alarms
        if gate is None:
            return ()
        alarms = Alarms(self.session.cloudwatch_client, lambda: self.session.tagging_client)
        if self._names is None:
            self._names = alarms.named(gate)
        return alarms.read(self._names)
