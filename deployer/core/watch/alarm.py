"""What alarms of CloudWatch say of a release. One that nobody finds, or that has no data, is no success."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from deployer.core.watch.judgement import Finding, Judged
from deployer.core.watch.observation import Alarm, AlarmState, Observation
from deployer.core.watch.policy import AlarmGate


def alarm_findings(observation: Observation, gate: AlarmGate | None, release_began: int) -> tuple[Finding, ...]:
    """One finding for each alarm seen, and for each that the gate names and that was not; none without a gate.

    `release_began`: Unix seconds.
    """
    if gate is None:
        return ()
    seen = {alarm.name for alarm in observation.alarms}
    unseen = (Alarm(name, AlarmState.MISSING) for name in gate.names if name not in seen)
    alarms = (*observation.alarms, *unseen)
    found = tuple(_finding(alarm, gate, release_began) for alarm in alarms)
    return (*found, *_untagged(observation, gate))


def _finding(alarm: Alarm, gate: AlarmGate, release_began: int) -> Finding:
    judged, text = _said(alarm, gate, release_began)
    return Finding(f"alarm {alarm.name}", judged, f"alarm {alarm.name} {text}")


def _said(alarm: Alarm, gate: AlarmGate, release_began: int) -> tuple[Judged, str]:
    match alarm.state:
        case AlarmState.OK:
            return Judged.PASS, "is OK"
        case AlarmState.INSUFFICIENT_DATA:
            return Judged.NO_DATA, "has too little data to say"
        case AlarmState.MISSING:
            return Judged.NO_DATA, "is not there"
        case AlarmState.ALARM:
            return _red(alarm.since, gate, release_began)


def _red(since: int | None, gate: AlarmGate, release_began: int) -> tuple[Judged, str]:
    if since is None:
        return Judged.FAIL, "is red"
    text = f"is red since {datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S %Z}"
    if since > release_began or gate.mind_red_before:
        return Judged.FAIL, text
    return Judged.PASS, f"{text}, before the release began, so it is passed over until it has been green"


def _untagged(observation: Observation, gate: AlarmGate) -> Iterator[Finding]:
    """Tags that no alarm has watch nothing. Beside alarms that are named as well, that is not to be seen here."""
    if gate.tags and not any(alarm.state is not AlarmState.MISSING for alarm in observation.alarms):
        tags = ", ".join(f"{key}={value}" for key, value in gate.tags)
        yield Finding("alarms by tag", Judged.NO_DATA, f"no alarm is tagged {tags}")
