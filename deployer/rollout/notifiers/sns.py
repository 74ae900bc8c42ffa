"""Events as messages of an SNS topic."""

from __future__ import annotations

import hashlib
from typing import Any, Final, Protocol

from deployer.aws.failure import explained
from deployer.rollout.event import Event
from deployer.rollout.event_wire import event_text, type_of
from deployer.rollout.notifiers.message import headline, is_message

_MOST: Final = 100  # of a subject line (API reference of Publish)


class SnsClient(Protocol):
    """What is used of boto3's client."""

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Publish, as the API has it."""
        ...


class Sns:
    """Publishes each event to the topic: a subject line, the event as JSON, and attributes for filters.

    The attributes are `type`, `function_name` and `alias`. A FIFO topic gets the events of one alias in their order,
    and each once. Needs sns:Publish. Raises AwsFailure.
    """

    def __init__(self, client: SnsClient, topic_arn: str) -> None:
        self._client = client
        self._topic = topic_arn
        self.name = f"the SNS topic {topic_arn}"

    def __call__(self, event: Event) -> None:
        """Publish it, unless it is a look or a wait."""
        if not is_message(event):
            return
        message = event_text(event)
        with explained("publish to the SNS topic"):
            self._client.publish(
                TopicArn=self._topic,
                Subject=headline(event)[:_MOST],
                Message=message,
                MessageAttributes=_attributes(event),
                **self._in_order(event, message),
            )

    def _in_order(self, event: Event, message: str) -> dict[str, str]:
        if not self._topic.endswith(".fifo"):
            return {}
        return {
            "MessageGroupId": f"{event.subject.function_name}:{event.subject.alias}",
            "MessageDeduplicationId": hashlib.sha256(message.encode()).hexdigest(),
        }


def _attributes(event: Event) -> dict[str, dict[str, str]]:
    values = {"type": type_of(event), "function_name": event.subject.function_name, "alias": event.subject.alias}
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
