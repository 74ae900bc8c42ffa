"""One call to one worker: waits until the worker is ready, hands over the event, and says it as Invoke says it.

Payloads of failures and the log's START, END and REPORT lines are Lambda's own (developer guide, "Lambda execution
environment lifecycle", the newer of its two log formats; REPORT without Max Memory Used, which is not measured).
"""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, assert_never

from deployer.local.runtime.sandbox import Answer, Sandbox
from deployer.local.runtime.worker import Answered, Asks, Ended, Event, InitFailed, OutOfTime, Report

# "The Init phase is limited to 10 seconds"; after that Lambda begins it again with the function's own timeout.
INIT_LIMIT_S = 10.0
# The most that a synchronous answer may have: 6 MB and a little.
ANSWER_LIMIT_BYTES = 6_291_556


class Runs(Protocol):
    """What a call needs of a worker."""

    def wait(self, seconds: float) -> Report:
        """The worker's next report."""
        ...

    def hand(self, event: Event) -> None:
        """Give it an event."""
        ...

    def take_log(self) -> str:
        """What it printed since the last time."""
        ...


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only ever rise, and seconds since the epoch."""

    monotonic: Callable[[], float] = time.monotonic
    epoch: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what for, with which payload, under which ARN and request id."""

    sandbox: Sandbox
    payload: bytes
    invoked_arn: str
    request_id: str

    def make(self, worker: Runs, started: float | None, clock: Clock) -> tuple[Answer, bool]:
        """The answer, and whether the worker can take another call; `started` is when a fresh one was started."""
        report = worker.wait(INIT_LIMIT_S + self.sandbox.timeout)
        begun = clock.monotonic()
        init_ms = None if started is None else (begun - started) * 1000
        early = worker.take_log()
        if isinstance(report, Asks):
            worker.hand(self._event(clock))
            report = worker.wait(self.sandbox.timeout)
        duration_ms = (clock.monotonic() - begun) * 1000
        payload, error_type = self._payload(report)
        log = early + self._log(worker.take_log(), duration_ms, init_ms, report)
        failed = None if error_type is None else "Unhandled"
        return Answer(payload, failed, log, duration_ms, init_ms), isinstance(report, Answered)

    def _event(self, clock: Clock) -> Event:
        deadline_ms = int((clock.epoch() + self.sandbox.timeout) * 1000)
        return Event(self.request_id, self.invoked_arn, self.payload, deadline_ms)

    def _payload(self, report: Report) -> tuple[bytes, str | None]:
        """The payload, and the type of the error if there was one."""
        match report:
            case Answered(body, failed=True) | InitFailed(body):
                return body, "Unhandled"
            case Answered(body) if len(body) > ANSWER_LIMIT_BYTES:
                limit = f"maximum allowed payload size ({ANSWER_LIMIT_BYTES} bytes)"
                return _error("Function.ResponseSizeTooLarge", f"Response payload size exceeded {limit}.")
            case Answered(body):
                return body, None
            case OutOfTime():
                return self._own("Sandbox.Timedout", f"Task timed out after {self.sandbox.timeout:.2f} seconds")
            case Ended(status):
                return self._own("Runtime.ExitError", _ending(status))
            case Asks():
                return self._own("Runtime.ExitError", _ending(0))
            case _:
                assert_never(report)

    def _own(self, kind: str, message: str) -> tuple[bytes, str]:
        return _error(kind, f"RequestId: {self.request_id} Error: {message}")

    def _log(self, printed: str, duration_ms: float, init_ms: float | None, report: Report) -> str:
        name = f"RequestId: {self.request_id}"
        if printed and not printed.endswith("\n"):
            printed += "\n"
        fields = [
            f"REPORT {name}",
            f"Duration: {duration_ms:.2f} ms",
            f"Billed Duration: {math.ceil(duration_ms)} ms",
            f"Memory Size: {self.sandbox.memory_mb} MB",
            *([] if init_ms is None else [f"Init Duration: {init_ms:.2f} ms"]),
            *_status(report),
        ]
        return f"START {name} Version: {self.sandbox.version}\n{printed}END {name}\n" + "\t".join(fields) + "\n"


def _error(kind: str, message: str) -> tuple[bytes, str]:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode(), kind


def _ending(status: int) -> str:
    if status == 0:
        return "Runtime exited without providing a reason"
    if status > 0:
        return f"Runtime exited with error: exit status {status}"
    # macOS adds the number ("Killed: 9").
    name = (signal.strsignal(-status) or f"signal {-status}").partition(":")[0].lower()
    return f"Runtime exited with error: signal: {name}"


def _status(report: Report) -> list[str]:
    match report:
        case OutOfTime():
            return ["Status: timeout"]
        case Ended() | Asks():
            return ["Status: error", "Error Type: Runtime.ExitError"]
        case Answered() | InitFailed():
            return []
        case _:
            assert_never(report)
