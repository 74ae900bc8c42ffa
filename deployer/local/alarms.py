"""CloudWatch's alarms, where moto has them otherwise (botocore's model: DescribeAlarms, PutMetricAlarm, SetAlarmState).

Metric alarms are in the state that SetAlarmState gave them, as nothing here evaluates metrics; composite ones follow
their rule whenever the rule, or an alarm that it looks at, changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from moto.cloudwatch import models
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from deployer.local.alarm_rule import AlarmRule, BadRule
from deployer.local.viewpoint import utcnow

_NEW: Final = "INSUFFICIENT_DATA"
_PAGE: Final = 50
_MOST_NAMES: Final = 100

_plain_put = CloudWatchBackend.put_metric_alarm
_plain_update = Alarm.update_state
_plain_set = CloudWatchBackend.set_alarm_state


def _put_metric_alarm(self: CloudWatchBackend, name: str, *args: Any, **given: Any) -> Alarm:
    """A new alarm has no data yet; one that is put again keeps its state."""
    before = self.alarms.get(name)
    alarm = _plain_put(self, name, *args, **given)
    if before is None:
        alarm.state_value = _NEW
        alarm.state_transitioned_timestamp = alarm.state_updated_timestamp  # type: ignore[attr-defined] # moto has none
    else:
        for kept in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp"):
            setattr(alarm, kept, getattr(before, kept))
        alarm.state_transitioned_timestamp = before.state_transitioned_timestamp  # type: ignore[attr-defined] # as above
    _follow(self, alarm)
    _follow_all(self, name, frozenset())
    return alarm


def _update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    """StateTransitionedTimestamp moves with the state alone, StateUpdatedTimestamp with whatever is said of it."""
    moved = state_value != self.state_value
    _plain_update(self, reason, reason_data, state_value)
    if moved:
        self.state_transitioned_timestamp = self.state_updated_timestamp  # type: ignore[attr-defined] # moto has none


def _set_alarm_state(self: CloudWatchBackend, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
    _plain_set(self, alarm_name, reason, reason_data, state_value)
    _follow_all(self, alarm_name, frozenset())


def _follow_all(backend: CloudWatchBackend, name: str, before: frozenset[str]) -> None:
    """Let the composite alarms that look at `name` follow it, and those that look at these; a cycle ends it."""
    for alarm in tuple(backend.alarms.values()):
        looks = alarm.rule is not None and name in AlarmRule(alarm.rule).names
        if looks and alarm.name not in before and _follow(backend, alarm):
            _follow_all(backend, alarm.name, before | {name})


def _follow(backend: CloudWatchBackend, alarm: Alarm) -> bool:
    """Bring a composite alarm into the state that its rule says, and whether that is another."""
    if alarm.rule is None:
        return False
    holds = AlarmRule(alarm.rule).holds(lambda name: _state(backend, name))
    state = "ALARM" if holds else "OK"
    if state == alarm.state_value:
        return False
    alarm.update_state(f"{alarm.alarm_arn} transitioned to {state}", "{}", state)
    return True


def _state(backend: CloudWatchBackend, name: str) -> str | None:
    found = backend.alarms.get(name)
    return None if found is None else found.state_value


def _put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    rule = self._get_param("AlarmRule", "")
    try:
        AlarmRule(rule).holds(lambda _name: None)
    except BadRule as error:
        raise ValidationError(f"AlarmRule is not valid: {rule}") from error
    self.put_metric_alarm()
    return EmptyResult()


def _describe_alarms(self: CloudWatchResponse) -> ActionResult:
    """Metric alarms alone unless AlarmTypes says otherwise; every filter that is given holds; in pages.

    That a page has 50 where MaxRecords does not say is [U].
    """
    if len(self._get_param("AlarmNames", [])) > _MOST_NAMES:
        raise ValidationError(
            f"1 validation error detected: Value at 'alarmNames' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_MOST_NAMES}"
        )
    first, size = int(self._get_param("NextToken") or 0), int(self._get_param("MaxRecords") or _PAGE)
    found = list(_meant(self))
    page = found[first : first + size]
    answer: dict[str, Any] = {
        "MetricAlarms": [alarm for alarm in page if alarm.rule is None],
        "CompositeAlarms": [alarm for alarm in page if alarm.rule is not None],
    }
    return ActionResult(answer | ({"NextToken": str(first + size)} if first + size < len(found) else {}))


def _meant(asked: CloudWatchResponse) -> Iterator[Alarm]:
    types = asked._get_param("AlarmTypes") or ["MetricAlarm"]  # noqa: SLF001 - moto's way to the members of a request
    names, prefix, state, action = (
        asked._get_param(name)  # noqa: SLF001 - as above
        for name in ("AlarmNames", "AlarmNamePrefix", "StateValue", "ActionPrefix")
    )
    for alarm in tuple(asked.cloudwatch_backend.describe_alarms()):
        if (
            ("MetricAlarm" if alarm.rule is None else "CompositeAlarm") in types
            and (not names or alarm.name in names)
            and alarm.name.startswith(prefix or "")
            and state in {None, alarm.state_value}
            and (not action or any(one.startswith(action) for one in alarm.alarm_actions))
        ):
            yield alarm


def install() -> None:
    """Put the patches in place; again is the same as once."""
    models.utcnow = utcnow  # type: ignore[attr-defined] # the patch itself: what moto imports there
    CloudWatchBackend.put_metric_alarm = _put_metric_alarm  # type: ignore[method-assign] # as above
    CloudWatchBackend.set_alarm_state = _set_alarm_state  # type: ignore[method-assign] # as above
    Alarm.update_state = _update_state  # type: ignore[method-assign] # as above
    CloudWatchResponse.describe_alarms = _describe_alarms  # type: ignore[method-assign] # as above
    CloudWatchResponse.put_composite_alarm = _put_composite_alarm  # type: ignore[attr-defined] # moto has none
