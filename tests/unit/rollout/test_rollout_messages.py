"""SNS and EventBridge: what each event becomes there, and CDEvents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import botocore.exceptions
import pytest
from hypothesis import given
from rollout_events import AT, FIVE, FOUR, HAPPENINGS, QUARTER, SUBJECT, event, events

from deployer.aws.failure import AwsFailure
from deployer.core import Absent
from deployer.rollout.event import End, Ended, Event, Looked, RolledBack, Stepped, Subject, Tested, Waited
from deployer.rollout.event_wire import event_data, event_text
from deployer.rollout.notifiers.cdevents import cdevent
from deployer.rollout.notifiers.event_bridge import EventBridge
from deployer.rollout.notifiers.message import NotTold
from deployer.rollout.notifiers.sns import Sns

TOPIC = "arn:aws:sns:eu-central-1:123456789012:releases"
SENT = [what for what in HAPPENINGS if not isinstance(what, Looked | Waited)]
WHOLE = Stepped(QUARTER, FIVE, "op-3", "the last step")
SOURCE = "/lambda-rollouts/123456789012/eu-central-1/shop-orders-prd"


class Recording:
    """A client of either service that keeps what it is given."""

    def __init__(self, answer: Any = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self.answer = {"FailedEntryCount": 0} if answer is None else answer

    def publish(self, **request: Any) -> Any:
        return self._called(request)

    def put_events(self, **request: Any) -> Any:
        return self._called(request)

    def _called(self, request: dict[str, Any]) -> Any:
        self.calls.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


DENIED = botocore.exceptions.ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Publish")


def test_an_event_on_a_topic() -> None:
    client = Recording()
    Sns(client, TOPIC)(event(WHOLE))
    assert client.calls == [
        {
            "TopicArn": TOPIC,
            "Subject": "shop-orders-prd:LIVE stepped",
            "Message": event_text(event(WHOLE)),
            "MessageAttributes": {
                "type": {"DataType": "String", "StringValue": "stepped"},
                "function_name": {"DataType": "String", "StringValue": "shop-orders-prd"},
                "alias": {"DataType": "String", "StringValue": "LIVE"},
            },
        }
    ]


def test_a_fifo_topic_is_told_in_order_and_once() -> None:
    client = Recording()
    notifier = Sns(client, f"{TOPIC}.fifo")
    notifier(event(WHOLE))
    notifier(event(WHOLE))
    notifier(event(HAPPENINGS[0]))
    groups = {call["MessageGroupId"] for call in client.calls}
    first, again, other = (call["MessageDeduplicationId"] for call in client.calls)
    assert (groups, first == again, first == other) == ({"shop-orders-prd:LIVE"}, True, False)


def test_a_long_subject_line_is_cut_to_what_sns_takes() -> None:
    client = Recording()
    Sns(client, TOPIC)(replace(event(WHOLE), subject=replace(SUBJECT, function_name="f" * 140)))
    assert client.calls[0]["Subject"] == "f" * 100


def test_what_sns_refuses_is_told() -> None:
    with pytest.raises(AwsFailure, match="could not publish to the SNS topic: AccessDenied: no"):
        Sns(Recording(DENIED), TOPIC)(event(WHOLE))


@pytest.mark.parametrize("notifier", [Sns, EventBridge])
def test_a_tick_that_only_looked_is_not_told(notifier: Any) -> None:
    client = Recording()
    for idle in (True, False):
        notifier(client, TOPIC)(event(Ended(End.WAITING, QUARTER, "it rests", idle)))
    assert len(client.calls) == 1


@pytest.mark.parametrize("notifier", [Sns, EventBridge])
def test_looks_and_waits_are_not_told(notifier: Any) -> None:
    client = Recording()
    for what in HAPPENINGS:
        notifier(client, TOPIC)(event(what))
    assert len(client.calls) == len(SENT)


def test_an_event_on_a_bus() -> None:
    client = Recording()
    EventBridge(client, "releases")(event(WHOLE))
    (call,) = client.calls
    (entry,) = call["Entries"]
    assert json.loads(entry.pop("Detail")) == cdevent(event(WHOLE))
    assert entry == {
        "Time": datetime.fromtimestamp(AT, UTC),
        "Source": "lambda-rollouts",
        "DetailType": "dev.cdevents.service.upgraded.0.3.0",
        "EventBusName": "releases",
    }


def test_an_event_that_the_bus_did_not_take_is_told() -> None:
    entry = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
    with pytest.raises(NotTold, match=r"^ThrottlingException: slow down$"):
        EventBridge(Recording({"FailedEntryCount": 1, "Entries": [entry]}))(event(WHOLE))


def test_what_event_bridge_refuses_is_told() -> None:
    with pytest.raises(AwsFailure, match="could not put the event on the bus of EventBridge: AccessDenied: no"):
        EventBridge(Recording(DENIED))(event(WHOLE))


def test_they_name_themselves_by_where_they_tell() -> None:
    assert Sns(Recording(), TOPIC).name == f"the SNS topic {TOPIC}"
    assert EventBridge(Recording()).name == "the event bus default"


def test_a_whole_cdevent() -> None:
    made = cdevent(event(WHOLE))
    assert made == {
        "context": {
            "specversion": "0.5.0",
            "id": made["context"]["id"],
            "source": SOURCE,
            "type": "dev.cdevents.service.upgraded.0.3.0",
            "timestamp": "2026-11-18T11:06:40.250Z",
        },
        "subject": {
            "id": "shop-orders-prd:LIVE",
            "source": SOURCE,
            "content": {"environment": {"id": "prd"}, "artifactId": "pkg:generic/shop-orders-prd@5"},
        },
        "customData": event_data(event(WHOLE)),
        "customDataContentType": "application/json",
    }


ENVIRONMENT = {"environment": {"id": "prd"}}
SUITE = {"testSuite": {"id": "before-traffic", "name": "tests before traffic"}}


@pytest.mark.parametrize(
    ("what", "kind", "content"),
    [
        (
            Stepped(Absent(), FIVE, "o", "w"),
            "dev.cdevents.service.deployed.0.3.0",
            {**ENVIRONMENT, "artifactId": "pkg:generic/shop-orders-prd@5"},
        ),
        (Stepped(FOUR, QUARTER, "o", "w"), "dev.cdevents.environment.modified.0.3.0", {"name": "prd"}),
        (
            RolledBack(QUARTER, FOUR, "o", "w"),
            "dev.cdevents.service.rolledback.0.3.0",
            {**ENVIRONMENT, "artifactId": "pkg:generic/shop-orders-prd@4"},
        ),
        (
            HAPPENINGS[1],
            "dev.cdevents.testsuiterun.finished.0.3.0",
            {
                **ENVIRONMENT,
                **SUITE,
                "outcome": "failure",
                "severity": "critical",
                "reason": "order: statusCode is 500, not 200",
            },
        ),
        (Tested("5", ()), "dev.cdevents.testsuiterun.finished.0.3.0", {**ENVIRONMENT, **SUITE, "outcome": "success"}),
        (Ended(End.DONE, FIVE, "done"), "dev.cdevents.service.published.0.3.0", ENVIRONMENT),
        (Ended(End.HELD, FIVE, "held"), "dev.cdeventsx.lambdarollouts-rollout.ended.0.1.0", ENVIRONMENT),
        (HAPPENINGS[0], "dev.cdeventsx.lambdarollouts-rollout.began.0.1.0", ENVIRONMENT),
        (HAPPENINGS[7], "dev.cdeventsx.lambdarollouts-rollout.held.0.1.0", ENVIRONMENT),
        (HAPPENINGS[8], "dev.cdeventsx.lambdarollouts-rollout.resumed.0.1.0", ENVIRONMENT),
    ],
)
def test_what_happened_in_the_words_of_cdevents(what: Any, kind: str, content: dict[str, Any]) -> None:
    made = cdevent(event(what))
    assert (made["context"]["type"], made["subject"]["content"]) == (kind, content)


def test_a_step_to_both_versions_is_of_the_environment() -> None:
    assert cdevent(event(HAPPENINGS[3]))["subject"]["id"] == "prd"


def test_an_event_outside_any_configuration_has_its_alias_for_an_environment() -> None:
    made = cdevent(Event(AT, Subject("f", "LIVE"), WHOLE))
    assert made["subject"]["content"]["environment"] == {"id": "LIVE"}
    assert made["context"]["source"] == "/lambda-rollouts/f"


def test_one_event_told_twice_has_one_id_and_others_have_others() -> None:
    ids = [cdevent(event(what))["context"]["id"] for what in (*HAPPENINGS, *HAPPENINGS)]
    assert len(set(ids)) == len(HAPPENINGS)


@given(events())
def test_every_cdevent_is_json(given_: Event) -> None:
    made = cdevent(given_)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
