"""The door of the server: rules of its own for Lambda and CloudFormation, moto for the rest, the journal for all.

Besides the services it answers, for this process and others:
    GET  /_deployer/calls          every API call so far
    GET  /_deployer/alias-writes   every accepted alias write so far
    GET  /_deployer/settings       the settings; POST changes those that the JSON body names
    POST /_deployer/reset          forget everything, other services' state included
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deployer.local import journal
from deployer.local.cloudformation import query
from deployer.local.cloudformation.refusals import StackRefusal
from deployer.local.cloudformation.service import CloudFormation, Request
from deployer.local.front import Front
from deployer.local.rules import api, routes
from deployer.local.rules.refusals import Refusal
from deployer.local.rules.world import Call, Reply, new_id
from deployer.local.settings import InvalidSetting

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
# Services whose name in a signature is not botocore's.
_SIGNED_AS = {"monitoring": "cloudwatch"}


class Gate:
    """A WSGI application over Lambda's front, CloudFormation, and `others` (moto)."""

    def __init__(
        self,
        front: Front,
        cloudformation: CloudFormation,
        others: Wsgi,
        account_of: Callable[[str], str],
        reset: Callable[[], None],
    ) -> None:
        self._world = front.world
        self._front = front
        self._cloudformation = cloudformation
        self._others = others
        self._account_of = account_of
        self._reset = reset

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if path.startswith("/_deployer/"):
            return _send(start_response, self._control(environ["REQUEST_METHOD"], path, _body(environ)))
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return self._others(environ, start_response)
        body, headers = _body(environ), _headers(environ)
        account = self._account_of(scope["key"])
        if scope["service"] == "cloudformation":
            request = Request(account, scope["region"], scope["key"], body)
            return _send(start_response, self._stack(request, headers.get("User-Agent", "")))
        if scope["service"] == "lambda":
            call = api.understand(
                environ["REQUEST_METHOD"],
                environ["RAW_URI"],
                headers,
                body,
                account=account,
                region=scope["region"],
            )
            if call is not None and call.operation not in api.LAYERS:
                return _send(start_response, self._lambda(call))
        service = _SIGNED_AS.get(scope["service"], scope["service"])
        return self._forward(environ, start_response, service, headers, body)

    def _lambda(self, call: Call) -> Reply:
        try:
            return self._front.answer(call)
        except Refusal as refusal:
            return api.refused(refusal)

    def _stack(self, request: Request, user_agent: str) -> Reply:
        operation, error = "", None
        try:
            operation, members = query.understood(request.body)
            reply = self._cloudformation.carry_out(operation, members, request)
        except StackRefusal as refusal:
            error, reply = refusal.code, query.refused(refusal)
        self._front.log("cloudformation", operation, user_agent, reply.status, error=error)
        return reply

    def _forward(
        self,
        environ: Environ,
        start_response: StartResponse,
        service: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Iterable[bytes]:
        operation = routes.operation_name(service, environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body)
        seen: list[int] = []

        def noted(status: str, sent: list[tuple[str, str]], *rest: Any) -> Any:
            seen.append(int(status.split(" ", 1)[0]))
            return start_response(status, sent, *rest)

        answered = self._others(environ, noted)
        self._front.log(service, operation, headers.get("User-Agent", ""), seen[-1])
        return answered

    def _control(self, method: str, path: str, body: bytes) -> Reply:
        match method, path.removeprefix("/_deployer/"):
            case "GET", "calls":
                return Reply(200, {"calls": journal.as_json(self._world.journal.calls)})
            case "GET", "alias-writes":
                return Reply(200, {"alias_writes": journal.as_json(self._world.journal.alias_writes)})
            case "GET", "settings":
                return Reply(200, self._world.settings.as_json())
            case "POST", "settings":
                return self._change_settings(body)
            case "POST", "reset":
                self._reset()
                return Reply(204)
            case _:
                return Reply(404, {"message": f"{method} {path} is nothing that the embedded Lambda answers"})

    def _change_settings(self, body: bytes) -> Reply:
        try:
            changed = self._world.settings.changed(json.loads(body))
        except (InvalidSetting, ValueError) as error:
            return Reply(400, {"message": str(error)})
        with self._world.lock:
            self._world.adopt(changed)
        return Reply(200, changed.as_json())


def _body(environ: Environ) -> bytes:
    """The whole request body; it stays readable for whoever answers."""
    body: bytes = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _headers(environ: Environ) -> dict[str, str]:
    return {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _send(start_response: StartResponse, reply: Reply) -> Iterable[bytes]:
    payload = reply.body if isinstance(reply.body, bytes) else b""
    if reply.body is not None and not isinstance(reply.body, bytes):
        payload = json.dumps(reply.body).encode()
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": new_id(), **reply.headers}
    start_response(f"{reply.status} -", list(headers.items()))
    return [payload]
