"""Events on an event bus of EventBridge, in the shape of CDEvents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from deployer.aws.failure import explained
from deployer.rollout.event import Event
from deployer.rollout.notifiers.cdevents import cdevent
from deployer.rollout.notifiers.message import NotTold, is_message

SOURCE: Final = "lambda-rollouts"


class EventsClient(Protocol):
    """What is used of boto3's client."""

    def put_events(self, *args: Any, **kwargs: Any) -> Any:
        """PutEvents, as the API has it."""
        ...


class EventBridge:
    """Puts each event on the bus, by its name or ARN: the type of the CDEvent as `detail-type`, itself as `detail`.

    Needs events:PutEvents. Raises AwsFailure, and NotTold where EventBridge took the request and not the event.
    """

    def __init__(self, client: EventsClient, bus: str = "default") -> None:
        self._client = client
        self._bus = bus
        self.name = f"the event bus {bus}"

    def __call__(self, event: Event) -> None:
        """Put it, unless it is a look or a wait."""
        if not is_message(event):
            return
        with explained("put the event on the bus of EventBridge"):
            answer = self._client.put_events(Entries=[self._entry(event)])
        if answer["FailedEntryCount"]:
            (entry,) = answer["Entries"]
            raise NotTold(f"{entry.get('ErrorCode')}: {entry.get('ErrorMessage')}")

    def _entry(self, event: Event) -> dict[str, Any]:
        detail = cdevent(event)
        return {
            "Time": datetime.fromtimestamp(event.at, UTC),
            "Source": SOURCE,
            "DetailType": detail["context"]["type"],
            "Detail": json.dumps(detail, separators=(",", ":")),
            "EventBusName": self._bus,
        }
