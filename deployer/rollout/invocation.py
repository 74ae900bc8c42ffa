"""What tests and hooks need of Lambda's Invoke: the port, and how its answers are read and shown."""

from __future__ import annotations

import json
from typing import Any, Final, Protocol

from deployer.core.version import Published

_MOST: Final = 300
_NOTHING: Final = "no payload"


class Answer(Protocol):
    """What Invoke answered.

    `status` is HTTP's, `function_error` Lambda's X-Amz-Function-Error, None where the function ended well;
    `milliseconds` is how long the call took, `executed_version` the version that ran, None where Lambda does not say.
    """

    @property
    def status(self) -> int:
        """HTTP's status of the call."""
        ...

    @property
    def payload(self) -> bytes:
        """What the function returned, or its error, as JSON."""
        ...

    @property
    def function_error(self) -> str | None:
        """Lambda's word for it, such as Unhandled, where the function failed."""
        ...

    @property
    def milliseconds(self) -> float:
        """How long the call took."""
        ...

    @property
    def executed_version(self) -> str | None:
        """The version that ran."""
        ...


class Invoke(Protocol):
    """Invokes one version of the function with an event in JSON, for `timeout` seconds at most.

    Raises AwsFailure, or another DeployerError, where there is no answer.
    """

    def __call__(self, version: Published, event: bytes, timeout: float, /) -> Answer:
        """Its answer."""
        ...


class InvokeFunction(Protocol):
    """Invokes any function by its name or ARN, for `timeout` seconds at most. Raises as Invoke does."""

    def __call__(self, function: str, payload: bytes, timeout: float, /) -> Answer:
        """Its answer."""
        ...


def document(payload: bytes) -> Any:
    """The payload as data. Raises ValueError where it is no JSON."""
    return json.loads(payload)


def shown(payload: bytes, most: int = _MOST) -> str:
    """The payload for people, in one line and not beyond `most` characters."""
    text = " ".join(payload[: 4 * most].decode(errors="replace").split())
    return (text if len(text) <= most else f"{text[:most]}…") or _NOTHING


def failure(answer: Answer) -> str:
    """Why the function failed, as it says itself; empty where it did not."""
    if answer.function_error is None:
        return ""
    try:
        data = document(answer.payload)
    except ValueError:
        data = None
    if not isinstance(data, dict) or "errorMessage" not in data:
        return f"the function failed ({answer.function_error}): {shown(answer.payload)}"
    words = ": ".join(str(data[name]) for name in ("errorType", "errorMessage") if data.get(name))
    return f"the function failed ({answer.function_error}): {shown(words.encode())}"
