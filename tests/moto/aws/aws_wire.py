"""A hand on the wire between botocore and the embedded Lambda: it counts calls, and can break any one of them.

A call is one operation; an attempt is one request of it, as botocore repeats some.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

Rule = Callable[["Attempt"], AWSResponse | None]
"""What becomes of one attempt: an answer instead of the server's, an exception, or None to let it pass."""


class Killed(BaseException):
    """The process dies here."""


@dataclass(frozen=True)
class Attempt:
    """The `attempt`-th request of the `call`-th operation, both from 1; `send` lets the server handle it."""

    call: int
    attempt: int
    operation: str
    request: Any
    send: Callable[[], AWSResponse]
    service: str = "lambda"


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        return [self._body]

    def read(self, *_: object, **__: object) -> bytes:
        return self._body


@dataclass
class Wire:
    """Listens on one or more boto3 clients; `rule` may be set at any time. `sent` has what each attempt asked for."""

    rule: Rule = lambda _attempt: None
    operations: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    _attempts: int = 0

    def listen(self, client: Any) -> Wire:
        def begin(model: Any, **_: object) -> None:
            self.operations.append(model.name)
            self._attempts = 0

        def intercept(request: Any, **_: object) -> AWSResponse | None:
            self._attempts += 1
            send = client._endpoint.http_session.send
            call = len(self.operations)
            self.sent.append(_members(request))
            operation = self.operations[-1]
            return self.rule(Attempt(call, self._attempts, operation, request, lambda: send(request), service))

        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register(f"before-call.{service}", begin)
        client.meta.events.register(f"before-send.{service}", intercept)
        return self


def _members(request: Any) -> dict[str, Any]:
    """The JSON body of a request, if it is one, without the bytes of code."""
    if request.headers.get("Content-Type") not in {b"application/json", "application/json"} or not request.body:
        return {}
    return {name: value for name, value in json.loads(request.body).items() if name != "ZipFile"}


def looks(operation: str) -> bool:
    """Whether it changes nothing."""
    return operation.startswith(("Get", "Head", "List"))


def kill_before(call: int) -> Rule:
    """Nothing is sent any more: an upload runs in a thread of its own, which alone dies at its call."""

    def rule(attempt: Attempt) -> None:
        if attempt.call >= call:
            raise Killed

    return rule


def kill_after(call: int) -> Rule:
    """The server has done it, and nobody is left to read the answer."""

    def rule(attempt: Attempt) -> None:
        if attempt.call == call:
            attempt.send()
        if attempt.call >= call:
            raise Killed

    return rule


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one attempt."""

    name: str
    happen: Callable[[Attempt], AWSResponse]

    def __str__(self) -> str:
        return self.name

    def once(self, call: int) -> Rule:
        return lambda attempt: self.happen(attempt) if (attempt.call, attempt.attempt) == (call, 1) else None

    def always(self, call: int) -> Rule:
        """Every attempt of this one call."""
        return lambda attempt: self.happen(attempt) if attempt.call == call else None

    def from_then_on(self, call: int) -> Rule:
        """Every attempt of this call and of all that follow."""
        return lambda attempt: self.happen(attempt) if attempt.call >= call else None


def answer(attempt: Attempt, status: int, code: str, message: str) -> AWSResponse:
    """An error answer of Lambda's; of another service's, in its own form."""
    if attempt.service != "lambda":
        return _answer_in_xml(attempt, status, code, message)
    body = json.dumps({"Type": "User", "message": message}).encode()
    headers = {"x-amzn-ErrorType": code, "Content-Type": "application/json"}
    return AWSResponse(attempt.request.url, status, headers, _Raw(body))  # type: ignore[arg-type]  # any mapping does


def _answer_in_xml(attempt: Attempt, status: int, code: str, message: str) -> AWSResponse:
    if (attempt.service, code) == ("s3", "TooManyRequestsException"):
        status, code = 503, "SlowDown"
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return reply(attempt, status, b"" if attempt.request.method == "HEAD" else body.encode())


def altered(attempt: Attempt, **changes: Any) -> AWSResponse:
    """The server's own answer with some members otherwise."""
    real = attempt.send()
    headers = {name: value for name, value in real.headers.items() if name.lower() != "content-length"}
    body = json.dumps({**json.loads(real.content), **changes}).encode()
    return AWSResponse(attempt.request.url, real.status_code, headers, _Raw(body))  # type: ignore[arg-type]  # as above


def reply(attempt: Attempt, status: int, body: bytes) -> AWSResponse:
    """Any answer, of S3 for example."""
    headers = {"Content-Type": "application/xml"}
    return AWSResponse(attempt.request.url, status, headers, _Raw(body))  # type: ignore[arg-type]  # as above


def alter(operation: str, qualifier: str | None = None, **changes: Any) -> Rule:
    """Every answer of one operation with some members otherwise; with a qualifier, only of that version."""

    def rule(attempt: Attempt) -> AWSResponse | None:
        asked = parse_qs(urlsplit(attempt.request.url).query).get("Qualifier", [None])[0]
        return altered(attempt, **changes) if (attempt.operation, asked) == (operation, qualifier) else None

    return rule


def _status(status: int, code: str) -> Fault:
    return Fault(f"status {status}", lambda attempt: answer(attempt, status, code, "made up"))


def _dropped(attempt: Attempt) -> AWSResponse:
    raise ConnectionClosedError(endpoint_url=attempt.request.url)


def _lost(attempt: Attempt) -> AWSResponse:
    attempt.send()
    raise ConnectionClosedError(endpoint_url=attempt.request.url)


def _too_slow(attempt: Attempt) -> AWSResponse:
    attempt.send()
    raise ReadTimeoutError(endpoint_url=attempt.request.url)


THROTTLED = _status(429, "TooManyRequestsException")
BROKEN = _status(500, "ServiceException")
UNAVAILABLE = _status(503, "ServiceUnavailableException")
DROPPED = Fault("connection dropped before the server saw it", _dropped)
LOST = Fault("answer lost", _lost)
TOO_SLOW = Fault("answer too late", _too_slow)

UNHANDLED = (THROTTLED, BROKEN, UNAVAILABLE, DROPPED)
HANDLED = (LOST, TOO_SLOW)
FAULTS = (*UNHANDLED, *HANDLED)
