"""Functions, called: the new version by its number before it has traffic, and hooks that are functions themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import botocore.exceptions

from deployer.aws.clock import Clock
from deployer.aws.failure import AwsFailure, explained
from deployer.core import Published

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_MARGIN: Final = 15.0
"""Seconds for what a function's own time does not count: its start (10 s at most), and the way there and back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is 200 for a handler that failed too: see `function_error` (docs/lambda-facts.md §7).

    `function_error` is Lambda's word, as "Unhandled", None where the handler succeeded. `milliseconds` are ours, from
    request to answer. `executed_version` is the version that answered.
    """

    status: int
    payload: bytes
    function_error: str | None
    milliseconds: float
    executed_version: str | None


@dataclass(frozen=True, slots=True)
class Invocations:
    """Calls of one function's versions, and of other functions.

    `client` makes one that sends nothing twice and waits as many seconds as it is given for an answer
    (`Session.invoking_client`).
    """

    client: Callable[[float], LambdaClient]
    function_name: str
    clock: Clock

    def call(self, version: Published, event: bytes, timeout_seconds: float) -> Answer:
        """Invoke a version by its number, and wait: at least `timeout_seconds`, the function's own time limit.

        Raises AwsFailure when Lambda does not run it, or gives no answer. It is not tried again.
        """
        return self.call_function(self.function_name, event, timeout_seconds, qualifier=str(version))

    def call_function(
        self, function_name: str, event: bytes, timeout_seconds: float, *, qualifier: str | None = None
    ) -> Answer:
        """The same for any function, by name or ARN; without a qualifier what the name says, else `$LATEST`."""
        named = f"{function_name}:{qualifier}" if qualifier else function_name
        given: dict[str, Any] = {"Qualifier": qualifier} if qualifier else {}
        client = self.client(timeout_seconds + _MARGIN)
        begun = self.clock.monotonic()
        with explained(f"invoke {named}"):
            try:
                answered = client.invoke(
                    FunctionName=function_name, InvocationType="RequestResponse", Payload=event, **given
                )
                payload = answered["Payload"].read()
            except botocore.exceptions.ReadTimeoutError as error:
                raise _no_answer(named, timeout_seconds) from error
        return Answer(
            answered["StatusCode"],
            payload,
            answered.get("FunctionError"),
            (self.clock.monotonic() - begun) * 1000,
            answered.get("ExecutedVersion"),
        )


def _no_answer(named: str, seconds: float) -> AwsFailure:
    problem = f"no answer within its time limit of {seconds:g} s; it may still be running"
    return AwsFailure(f"invoke {named}", problem, "look at its log, and whether its own time limit is longer")
