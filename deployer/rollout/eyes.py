"""One look at AWS: metrics of both versions, and alarms."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployer.aws.alarms import Alarms
from deployer.aws.metrics import Measured, Metrics
from deployer.aws.session import Session
from deployer.core import Published
from deployer.core.watch.observation import PERIOD, Alarm, AlarmState, Observation
from deployer.core.watch.policy import Watch
from deployer.core.watch.sight import Sight
from deployer.core.watch.slowness import percentiles
from deployer.rollout.ports import Seen


@dataclass(slots=True)
class AwsEyes:
    """Looks at one alias: one GetMetricData where something is measured, one DescribeAlarms where alarms are gates.

    Alarms by tag are looked up once a step, with one GetResources.
    """

    session: Session
    function_name: str
    alias: str
    watch: Watch
    _names: tuple[int, tuple[str, ...]] | None = field(default=None, init=False)

    def check(self, now: int) -> tuple[str, ...]:
        """One GetMetricData and one DescribeAlarms, as far as there will be any: what may not be asked for raises here.

        Answers which alarms are not there. Raises AwsFailure.
        """
        missing = [alarm.name for alarm in self._alarms(now) if alarm.state is AlarmState.MISSING]
        if self.watch.gates.measured:
            # Any version will do: what counts is whether one may ask.
            metrics = Metrics(self.session.cloudwatch_client, self.function_name, self.alias)
            metrics.read(Published(1), None, since=now - PERIOD, now=now + PERIOD, delay=0)
        return tuple(f"there is no alarm {name}" for name in missing)

    def observe(self, sight: Sight, now: int) -> Seen:
        """What is to be seen at `now` (Unix seconds). Raises AwsFailure."""
        measured = self._measured(sight, now)
        observation = Observation(measured.through, measured.new, measured.old, self._alarms(sight.since))
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

    def _alarms(self, since: int) -> tuple[Alarm, ...]:
        gate = self.watch.gates.alarms
        if gate is None:
            return ()
        alarms = Alarms(self.session.cloudwatch_client, lambda: self.session.tagging_client)
        if self._names is None or self._names[0] != since:
            self._names = (since, alarms.named(gate))
        return alarms.read(self._names[1])
