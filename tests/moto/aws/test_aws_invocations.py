"""Versions invoked by number, and hooks that are functions: what comes back, and what is never sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aws_wire import TOO_SLOW, UNAVAILABLE, Attempt, Fault
from aws_world import World, boto3_session

from deployer.aws.failure import AwsFailure
from deployer.aws.invocation import Answer, Invocations
from deployer.aws.session import Session
from deployer.core import Published

FAILS = "def handler(event, context):\n    raise ValueError('no')\n"


@pytest.fixture
def invocations(plain: World) -> Invocations:
    """Of a function with version 1; every call takes half a second of the world's clock, and its wire listens."""
    plain.deploy(1)

    def make(seconds: float) -> Any:
        client = Session(plain.local.region).invoking_client(seconds)
        plain.wire.listen(client)
        return client

    plain.wire.rule = lambda _attempt: plain.clock.sleep(0.5)
    return Invocations(make, plain.name, plain.clock)


def test_a_version_is_called_by_its_number(plain: World, invocations: Invocations) -> None:
    plain.edit_code(2)
    assert invocations.call(Published(1), b'{"a": 1}', 3.0) == Answer(200, b"1", None, 500.0, "1")
    assert plain.local.calls[-1].operation == "Invoke"


def test_a_function_of_another_name_is_called_as_its_name_says(plain: World, invocations: Invocations) -> None:
    plain.edit_code(2)
    other = replace(invocations, function_name="another")
    assert other.call_function(plain.name, b"{}", 3.0).executed_version == "$LATEST"
    assert other.call_function(plain.name, b"{}", 3.0, qualifier="LIVE").executed_version == "1"
    assert other.call_function(f"{plain.there.arn}:1", b"{}", 3.0).executed_version == "1"


def test_a_handler_that_fails_is_an_answer(
    plain: World, invocations: Invocations, zipped: Callable[..., bytes]
) -> None:
    plain.client.update_function_code(FunctionName=plain.name, ZipFile=zipped(FAILS), Publish=True)
    answer = invocations.call(Published(2), b"{}", 3.0)
    assert (answer.status, answer.function_error, answer.executed_version) == (200, "Unhandled", "2")
    assert json.loads(answer.payload)["errorMessage"] == "no"


def test_a_version_that_is_not_there_is_told(invocations: Invocations) -> None:
    with pytest.raises(AwsFailure, match=rf"could not invoke {invocations.function_name}:9: ResourceNotFound"):
        invocations.call(Published(9), b"{}", 3.0)


@pytest.mark.parametrize("fault", [UNAVAILABLE, TOO_SLOW], ids=str)
def test_an_invocation_is_never_sent_twice(plain: World, invocations: Invocations, fault: Fault) -> None:
    before = len(plain.wire.sent)

    def rule(attempt: Attempt) -> Any:
        return fault.happen(attempt)

    plain.wire.rule = rule
    with pytest.raises(AwsFailure, match=f"could not invoke {plain.name}:1"):
        invocations.call(Published(1), b"{}", 3.0)
    assert len(plain.wire.sent) - before == 1


def test_an_answer_that_does_not_come_says_that_the_function_may_still_run(
    plain: World, invocations: Invocations
) -> None:
    plain.wire.rule = TOO_SLOW.happen
    with pytest.raises(AwsFailure) as caught:
        invocations.call(Published(1), b"{}", 3.0)
    assert str(caught.value) == (
        f"could not invoke {plain.name}:1: no answer within its time limit of 3 s; it may still be running\n"
        "  look at its log, and whether its own time limit is longer"
    )


def test_the_answer_is_waited_for_longer_than_the_function_may_take(plain: World) -> None:
    waited: list[float] = []

    def make(seconds: float) -> Any:
        waited.append(seconds)
        return boto3_session().client("lambda", region_name=plain.local.region)

    plain.deploy(1)
    Invocations(make, plain.name, plain.clock).call(Published(1), b"{}", 900.0)
    assert waited == [915.0]
