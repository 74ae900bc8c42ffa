"""AWS::SQS::Queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.documents import document, taken
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site

# What each is when the template does not say.
_DEFAULTS: Final[Mapping[str, str]] = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "262144",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedrivePolicy": "",
    "VisibilityTimeout": "30",
}


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("QueueName") or site.name(80)
    sqs = site.client("sqs")
    fifo = {"FifoQueue": "true"} if str(properties.get("FifoQueue", False)).lower() == "true" else {}
    said = {key: value for key, value in _settings(properties).items() if value}
    url = sqs.create_queue(QueueName=name, Attributes={**said, **fifo})["QueueUrl"]
    return Made(url, _attributes(sqs, url))


def _update(site: Site, url: str, _before: Properties, after: Properties) -> Mapping[str, Any]:
    sqs = site.client("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes=_settings(after))
    return _attributes(sqs, url)


def _settings(properties: Properties) -> dict[str, str]:
    given = taken(properties, _DEFAULTS)
    return {**_DEFAULTS, **{name: document(value) for name, value in given.items()}}


def _delete(site: Site, url: str, _properties: Properties) -> None:
    unless_gone(lambda: site.client("sqs").delete_queue(QueueUrl=url))


def _attributes(sqs: Any, url: str) -> dict[str, str]:
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"Arn": arn, "QueueName": arn.rpartition(":")[2], "QueueUrl": url}


KIND: Final = Kind(
    type_name="AWS::SQS::Queue",
    properties=frozenset({*_DEFAULTS, "FifoQueue", "QueueName"}),
    required=frozenset(),
    create_only=frozenset({"FifoQueue", "QueueName"}),
    create=_create,
    update=_update,
    delete=_delete,
)
