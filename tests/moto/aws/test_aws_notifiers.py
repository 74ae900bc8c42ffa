"""SNS and EventBridge, asked by boto3: what a subscriber and a rule receive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from deployer.aws.failure import AwsFailure
from deployer.core import Percent, Published, Stable, Transition
from deployer.rollout.event import Event, Stepped, Subject, Waited
from deployer.rollout.event_wire import event_text
from deployer.rollout.notifiers.cdevents import cdevent
from deployer.rollout.notifiers.event_bridge import EventBridge
from deployer.rollout.notifiers.sns import Sns

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

QUARTER = Transition(Published(5), Published(4), Percent(7500))
STEPPED = Event(
    1_795_000_000.25,
    Subject("shop-orders-prd", "LIVE", environment="prd"),
    Stepped(QUARTER, Stable(Published(5)), "o", "w"),
)
WAITED = Event(1_795_000_000.25, STEPPED.subject, Waited(1_795_000_060, "the bake"))


class Account:
    """Clients of the services beside the embedded Lambda, and a queue."""

    def __init__(self, local: LocalLambda, name: str) -> None:
        self.local = local
        self.sns, self.events, self._sqs = self._client("sns"), self._client("events"), self._client("sqs")
        self.name = name
        self._url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self.queue = asked["Attributes"]["QueueArn"]

    def _client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(service, endpoint_url=self.local.endpoint_url, region_name=self.local.region)

    def received(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", ())]


@pytest.fixture
def account(local_by_content: LocalLambda, function_name: str) -> Account:
    return Account(local_by_content, function_name)


def test_a_subscriber_of_the_topic_receives_the_event(account: Account) -> None:
    topic = account.sns.create_topic(Name=account.name)["TopicArn"]
    account.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=account.queue)
    notifier = Sns(account.sns, topic)
    notifier(STEPPED)
    notifier(WAITED)
    (message,) = account.received()
    assert (message["Subject"], message["Message"]) == ("shop-orders-prd:LIVE stepped", event_text(STEPPED))
    assert message["MessageAttributes"]["type"] == {"Type": "String", "Value": "stepped"}


def test_a_topic_that_is_not_there_is_told(account: Account) -> None:
    missing = f"arn:aws:sns:{account.local.region}:123456789012:none"
    with pytest.raises(AwsFailure, match="could not publish to the SNS topic: NotFound"):
        Sns(account.sns, missing)(STEPPED)


def test_a_rule_of_the_bus_matches_the_event_by_its_type(account: Account) -> None:
    account.events.create_event_bus(Name=account.name)
    pattern = {"source": ["lambda-rollouts"], "detail-type": [{"prefix": "dev.cdevents.service."}]}
    account.events.put_rule(Name=account.name, EventBusName=account.name, EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": account.queue}
    account.events.put_targets(Rule=account.name, EventBusName=account.name, Targets=[target])
    notifier = EventBridge(account.events, account.name)
    notifier(STEPPED)
    notifier(WAITED)
    (found,) = account.received()
    assert (found["source"], found["detail-type"]) == ("lambda-rollouts", "dev.cdevents.service.upgraded.0.3.0")
    assert (found["detail"], found["time"]) == (cdevent(STEPPED), "2026-11-18T11:06:40Z")
