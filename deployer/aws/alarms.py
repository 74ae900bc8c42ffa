"""CloudWatch's alarms, metric and composite: which ones a gate means, and how they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from deployer.aws.failure import explained
from deployer.core.watch.observation import Alarm, AlarmState
from deployer.core.watch.policy import AlarmGate

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import DescribeAlarmsOutputTypeDef
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_resourcegroupstaggingapi.type_defs import TagFilterTypeDef

_MOST: Final = 100  # names a request, and alarms a page


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms of one account and region. `tagging` makes the client that only tags need."""

    client: CloudWatchClient
    tagging: Callable[[], ResourceGroupsTaggingAPIClient]

    def named(self, gate: AlarmGate) -> tuple[str, ...]:
        """The names of all alarms that a gate means, sorted, each once: those it names, and those that have its tags.

        An alarm has to have every key of the tags; of several values for one key, any one. GetResources where there are
        tags, else no call. Raises AwsFailure.
        """
        return tuple(sorted({*gate.names, *(self._tagged(gate.tags) if gate.tags else ())}))

    def _tagged(self, tags: Sequence[tuple[str, str]]) -> Iterator[str]:
        words = ", ".join(f"{key}={value}" for key, value in tags)
        with explained(f"find the alarms tagged {words}"):
            pages = (
                self.tagging()
                .get_paginator("get_resources")
                .paginate(ResourceTypeFilters=["cloudwatch:alarm"], TagFilters=_filters(tags))
            )
            for page in pages:
                for found in page["ResourceTagMappingList"]:
                    # arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME, and a name may have colons of its own.
                    yield found.get("ResourceARN", "").split(":", 6)[-1]

    def read(self, names: Sequence[str]) -> tuple[Alarm, ...]:
        """How these alarms stand, in the order of `names`: one DescribeAlarms for each hundred. Raises AwsFailure."""
        found: dict[str, Alarm] = {}
        for first in range(0, len(names), _MOST):
            found.update((alarm.name, alarm) for alarm in self._described(names[first : first + _MOST]))
        return tuple(found.get(name, Alarm(name, AlarmState.MISSING)) for name in names)

    def _described(self, names: Sequence[str]) -> Iterator[Alarm]:
        with explained(f"read the alarms {', '.join(names)}"):
            # Without AlarmTypes composite ones would be left out.
            pages = self.client.get_paginator("describe_alarms").paginate(
                AlarmNames=names,
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                PaginationConfig={"PageSize": _MOST},
            )
            for page in pages:
                yield from _of_page(page)


def _filters(tags: Sequence[tuple[str, str]]) -> list[TagFilterTypeDef]:
    values: dict[str, list[str]] = {}
    for key, value in tags:
        values.setdefault(key, []).append(value)
    return [{"Key": key, "Values": given} for key, given in values.items()]


def _of_page(page: DescribeAlarmsOutputTypeDef) -> Iterator[Alarm]:
    yield from map(_alarm, page.get("MetricAlarms", []))
    yield from map(_alarm, page.get("CompositeAlarms", []))


def _alarm(described: Mapping[str, object]) -> Alarm:
    """StateUpdatedTimestamp may move without the state; it stands in where the other one is not told."""
    at = described.get("StateTransitionedTimestamp") or described.get("StateUpdatedTimestamp")
    since = int(at.timestamp()) if isinstance(at, datetime) else None
    return Alarm(str(described["AlarmName"]), AlarmState(str(described["StateValue"])), since)
