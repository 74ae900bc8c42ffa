"""Invoke: which version an alias picks, and what the answer tells of it (§7). The handler runs outside the lock."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from deployer.local.rules import api, lifecycle, naming
from deployer.local.rules.refusals import Refusal, too_large
from deployer.local.rules.world import LATEST, Alias, Call, Code, Function, Invocation, Reply, Settings, World, new_id
from deployer.local.runtime import Answer, PoolClosed, Sandbox

SYNCHRONOUS_LIMIT = 6_291_456
ASYNCHRONOUS_LIMIT = 1_048_576
LOG_TAIL = 4_096


class Pool(Protocol):
    """What runs handlers."""

    def invoke(self, sandbox: Sandbox, payload: bytes, *, invoked_arn: str, request_id: str) -> Answer:
        """Run the handler and wait for its answer."""

    def close(self) -> None:
        """Stop all workers."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What an invocation will run, decided under the lock."""

    function: str
    qualifier: str | None
    aliased: bool
    version: str
    arn: str
    settings: Settings
    code: Code
    throttled: bool


class Invoker:
    """Runs invocations of one world; asynchronous ones in the background, without Lambda's retries."""

    def __init__(self, world: World, pool: Pool, endpoint_url: str) -> None:
        self._world = world
        self._pool = pool
        self._endpoint_url = endpoint_url
        self._background = ThreadPoolExecutor(max_workers=8, thread_name_prefix="invoke")
        self._closing = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Stop the workers; asynchronous invocations not yet begun are dropped, and further ones are refused."""
        with self._closing:
            self._closed = True
        self._pool.close()
        self._background.shutdown(wait=True, cancel_futures=True)

    def answer(self, call: Call) -> Reply:
        """Lambda's answer to Invoke or InvokeAsync; raises Refusal."""
        api.validate(call)
        kind = "Event" if call.operation == "InvokeAsync" else call.headers.get("X-Amz-Invocation-Type")
        _refuse_payload(call, kind)
        with self._world.lock:
            picked = _pick(self._world, call)
        if picked.throttled:
            self._count(call, picked, throttled=True)
            raise Refusal("TooManyRequestsException", 429, "Rate Exceeded.")
        if kind == "DryRun":
            return Reply(204, headers=_executed(picked))
        if kind == "Event":
            return self._asynchronous(call, picked)
        return self._synchronous(call, picked)

    def _asynchronous(self, call: Call, picked: Picked) -> Reply:
        with self._closing:
            if self._closed:
                raise _stopping()
            self._background.submit(self._run, call, picked, new_id())
        return Reply(202, b"", _executed(picked))

    def _synchronous(self, call: Call, picked: Picked) -> Reply:
        try:
            answered = self._run(call, picked, new_id())
        except PoolClosed as error:
            raise _stopping() from error
        headers = _executed(picked)
        if answered.function_error is not None:
            headers["X-Amz-Function-Error"] = answered.function_error
        if call.headers.get("X-Amz-Log-Type") == "Tail":
            headers["X-Amz-Log-Result"] = base64.b64encode(answered.log.encode()[-LOG_TAIL:]).decode()
        return Reply(200, answered.payload, headers)

    def _run(self, call: Call, picked: Picked, request_id: str) -> Answer:
        started = self._world.clock()
        answered = self._pool.invoke(
            _sandbox(call, picked, self._endpoint_url),
            call.raw or b"{}",
            invoked_arn=f"{picked.arn}:{picked.qualifier}" if picked.qualifier else picked.arn,
            request_id=request_id,
        )
        self._count(call, picked, started, answered.duration_ms, failed=answered.function_error is not None)
        return answered

    def _count(
        self,
        call: Call,
        picked: Picked,
        started: datetime | None = None,
        duration_ms: float = 0.0,
        *,
        failed: bool = False,
        throttled: bool = False,
    ) -> None:
        executed = picked.version if picked.aliased else None
        began = started or self._world.clock()
        invocation = Invocation(picked.function, picked.qualifier, executed, began, duration_ms, failed, throttled)
        self._world.neighbours.put_metrics(call.account, call.region, invocation)


def _stopping() -> Refusal:
    """For a request that came while the server was about to hang up: Lambda's own word for trouble of its own."""
    return Refusal("ServiceException", 500, "the embedded Lambda is stopping")


def _refuse_payload(call: Call, kind: str | None) -> None:
    limit = ASYNCHRONOUS_LIMIT if kind == "Event" else SYNCHRONOUS_LIMIT
    if len(call.raw) > limit:
        raise too_large(f"Request must be smaller than {limit} bytes for the InvokeFunction operation")
    if call.raw:
        try:
            json.loads(call.raw)
        except ValueError as error:
            text = f"Could not parse request body into json: {error}"
            raise Refusal("InvalidRequestContentException", 400, text) from error


def _pick(world: World, call: Call) -> Picked:
    """An alias with two versions picks by chance for each call alone (§2)."""
    found, version, alias, qualifier = naming.qualified(world, call)
    if alias is not None:
        realm = world.realm(call.account, call.region)
        version = naming.version(realm, found, _drawn(alias, world.rng.random()))
    lifecycle.refuse_pending(version)
    settings, code = version.serving()
    throttled = found.reserved == 0
    if not throttled:
        _refuse_unrunnable(found, settings, code)
    return Picked(found.name, qualifier, alias is not None, version.number, found.arn, settings, code, throttled)


def _drawn(alias: Alias, chance: float) -> str:
    """The second version below its weight, else the primary; `chance` is from 0 to below 1."""
    for number, weight in alias.weights.items():
        if chance < weight:
            return number
    return alias.function_version


def _refuse_unrunnable(found: Function, settings: Settings, code: Code) -> None:
    runtime = settings.get("Runtime", "a container image")
    if code.image_uri is not None or not runtime.startswith("python"):
        raise Refusal(
            "InvalidRuntimeException",
            502,
            f"{found.name}: the embedded Lambda runs python handlers from zip files only, not {runtime}",
        )


def _executed(picked: Picked) -> dict[str, str]:
    return {"X-Amz-Executed-Version": picked.version}


def _sandbox(call: Call, picked: Picked, endpoint_url: str) -> Sandbox:
    variables: Mapping[str, Any] = picked.settings.get("Environment", {}).get("Variables") or {}
    return Sandbox(
        function_name=picked.function,
        version=picked.version,
        function_arn=picked.arn if picked.version == LATEST else f"{picked.arn}:{picked.version}",
        code_sha256=picked.code.sha256,
        code=picked.code.zipped,
        handler=picked.settings["Handler"],
        variables=variables,
        timeout=float(picked.settings["Timeout"]),
        memory_mb=picked.settings["MemorySize"],
        region=call.region,
        endpoint_url=endpoint_url,
    )
