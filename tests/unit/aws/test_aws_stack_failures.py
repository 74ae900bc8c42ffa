"""What failed when a stack was last deployed, as its events tell it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deployer.aws.failure import NotAllowed
from deployer.aws.stack import Stack

ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1"


@pytest.fixture
def stubbed() -> Stubber:
    client: Any = boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    return Stubber(client)


def event(name: str, status: str, reason: str | None = None) -> dict[str, Any]:
    """Of the stack itself where it is called Shop."""
    given: dict[str, Any] = {
        "StackId": ID,
        "StackName": "Shop",
        "EventId": f"{name}-{status}",
        "Timestamp": "2026-01-01T00:00:00Z",
        "LogicalResourceId": name,
        "PhysicalResourceId": ID if name == "Shop" else "",
        "ResourceStatus": status,
    }
    return given if reason is None else {**given, "ResourceStatusReason": reason}


def stack(stubbed: Stubber) -> Stack:
    client: Any = stubbed.client
    return Stack(client, "Shop")


def failures(stubbed: Stubber, *pages: list[dict[str, Any]]) -> dict[str, str]:
    for index, page in enumerate(pages):
        more = {"NextToken": str(index + 1)} if index + 1 < len(pages) else {}
        asked = {"StackName": "Shop", **({"NextToken": str(index)} if index else {})}
        stubbed.add_response("describe_stack_events", {"StackEvents": page, **more}, asked)
    with stubbed:
        found = stack(stubbed).failures()
    stubbed.assert_no_pending_responses()
    return found


def test_of_each_resource_the_first_failure_counts(stubbed: Stubber) -> None:
    rolled_back = [
        event("Shop", "UPDATE_ROLLBACK_FAILED", "Fn failed"),
        event("Fn", "UPDATE_FAILED", "and it is still there"),
    ]
    begun = [
        event("Shop", "UPDATE_ROLLBACK_IN_PROGRESS"),
        event("V1", "CREATE_FAILED"),
        event("Fn", "UPDATE_FAILED", "no such layer"),
        event("Shop", "UPDATE_IN_PROGRESS"),
    ]
    assert failures(stubbed, rolled_back, begun) == {"Fn": "no such layer", "V1": "", "Shop": "Fn failed"}


def test_what_failed_in_an_earlier_deployment_is_not_told(stubbed: Stubber) -> None:
    page = [
        event("Shop", "UPDATE_COMPLETE"),
        event("Shop", "UPDATE_IN_PROGRESS"),
        event("Fn", "UPDATE_FAILED", "no such layer"),
    ]
    assert failures(stubbed, page) == {}


def test_a_stack_in_the_stack_does_not_begin_a_deployment(stubbed: Stubber) -> None:
    page = [event("Inner", "UPDATE_IN_PROGRESS"), event("Fn", "UPDATE_FAILED", "no such layer")]
    assert failures(stubbed, page) == {"Fn": "no such layer"}


def test_events_that_may_not_be_read_are_a_failure_that_says_so(stubbed: Stubber) -> None:
    stubbed.add_client_error("describe_stack_events", "AccessDenied", "not for you")
    with stubbed, pytest.raises(NotAllowed, match="could not read what failed in the stack Shop"):
        stack(stubbed).failures()
