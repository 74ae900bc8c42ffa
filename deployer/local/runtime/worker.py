"""One execution environment: a process that runs AWS's runtime client, and the Runtime API it asks for work.

The API is served by whichever thread makes the call, so that a worker needs no thread and no lock of its own: it
waits on the listening socket, the worker's connections and its output at once, until the worker asks for the next
call, answers one, reports that it could not start, ends, or runs out of time.

    start ──▶ Asks (idle) ──event──▶ Answered ──▶ Asks (idle) …
      ├──▶ InitFailed │ Ended │ OutOfTime      (the worker is spent; stop it)
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deployer.local.runtime.connection import Connection, HttpRequest
from deployer.local.runtime.sandbox import Sandbox, environment

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_API = "/2018-06-01/runtime/"
# The end of a process can come without any socket event (its children may hold the sockets), so it is looked for.
_LOOK_EVERY_S = 0.02
# Invoke answers the last 4 KB; the rest is for people, and a handler that prints for ever must not fill our memory.
_LOG_KEPT_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Event:
    """One call, as the Runtime API hands it over; `deadline_ms` is in milliseconds since the epoch."""

    request_id: str
    invoked_arn: str
    payload: bytes
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class Asks:
    """The worker is ready and waits for its next event."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The handler returned, or raised when `failed`."""

    body: bytes
    failed: bool


@dataclass(frozen=True, slots=True)
class InitFailed:
    """The handler could not be imported; `body` is what the runtime client says of it."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The process ended by itself: its exit status, or the negative number of the signal that killed it."""

    status: int


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """The time given was over first."""


Report = Asks | Answered | InitFailed | Ended | OutOfTime


class Worker:
    """A running process for one sandbox; used by one thread at a time, except for `kill`."""

    def __init__(self, sandbox: Sandbox, task_root: Path) -> None:
        self.sandbox = sandbox
        self._idle_on: Connection | None = None
        self._log = bytearray()
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._watch_read, self._watch_write = os.pipe()
        self._process = self._start(task_root)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        os.set_blocking(self._output.fileno(), False)

    def _start(self, task_root: Path) -> subprocess.Popen[bytes]:
        host, port = self._listener.getsockname()
        try:
            return subprocess.Popen(  # noqa: S603 -- our own interpreter and bootstrap
                [sys.executable, "-P", str(_BOOTSTRAP), str(self._watch_read)],
                cwd=task_root,
                env=environment(self.sandbox, task_root, f"{host}:{port}"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                pass_fds=(self._watch_read,),
                start_new_session=True,  # so that whatever the handler starts can be killed with it
            )
        except BaseException:
            self._close_files()
            raise
        finally:
            os.close(self._watch_read)

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None, "opened as a pipe"  # noqa: S101 -- tells the type checker
        return self._process.stdout

    def wait(self, seconds: float) -> Report:
        """The worker's next report, or OutOfTime after that many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            if report := self._report(max(0.0, min(_LOOK_EVERY_S, deadline - time.monotonic()))):
                return report
            if (status := self._process.poll()) is not None:
                return Ended(status)
            if time.monotonic() >= deadline:
                return OutOfTime()

    def hand(self, event: Event) -> None:
        """Give an event to a worker that Asks."""
        assert self._idle_on is not None, "hand() follows Asks"  # noqa: S101 -- the order of our own calls
        connection, self._idle_on = self._idle_on, None
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(event.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": event.invoked_arn,
        }
        connection.send(200, event.payload, headers)

    def take_log(self) -> str:
        """What the worker printed since the last time, as text."""
        for _ in range(_LOG_KEPT_BYTES // _CHUNK_BYTES):  # bounded: the worker may print faster than this reads
            if not self._read_output():
                break
        text = self._log.decode("utf-8", "replace")
        self._log.clear()
        # awslambdaric ends the lines of an error by a lone CR, which Lambda's log shows as separate lines.
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process and whatever it started; from any thread. The worker then reports Ended."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # nothing of the group is left (macOS answers EPERM for a group of zombies)

    def stop(self) -> None:
        """End the process and close everything that belongs to it."""
        self.kill()
        self._process.wait()
        self._output.close()
        self._close_files()

    def _close_files(self) -> None:
        for key in list((self._selector.get_map() or {}).values()):
            if isinstance(key.data, Connection):
                key.data.close()
        self._selector.close()
        self._listener.close()
        os.close(self._watch_write)

    def _report(self, seconds: float) -> Report | None:
        # One report at a time: whatever else is readable stays so, and comes with the next look.
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._listener:
                connection = Connection(self._listener.accept()[0])
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            elif isinstance(key.data, Connection):
                if report := self._serve(key.data):
                    return report
            elif not self._read_output():
                self._selector.unregister(key.fileobj)
        return None

    def _serve(self, connection: Connection) -> Report | None:
        if not connection.read():
            self._selector.unregister(connection.socket)
            connection.close()
            return None
        request = connection.request()
        return None if request is None else self._answer(connection, request)

    def _answer(self, connection: Connection, request: HttpRequest) -> Report | None:
        match request.method, request.path.removeprefix(_API).split("/"):
            case "GET", ["invocation", "next"]:
                self._idle_on = connection
                return Asks()
            case "POST", ["invocation", _, "response" | "error" as outcome]:
                connection.send(202, b'{"status":"OK"}')
                return Answered(request.body, outcome == "error")
            case "POST", ["init", "error"]:
                connection.send(202, b'{"status":"OK"}')
                return InitFailed(request.body)
            case _:
                connection.send(404, b"{}")
                return None

    def _read_output(self) -> bool:
        """Take in one piece of what the worker printed; False at the end or while there is nothing."""
        try:
            data = os.read(self._output.fileno(), _CHUNK_BYTES)
        except BlockingIOError:
            return False
        self._log += data
        del self._log[:-_LOG_KEPT_BYTES]
        return bool(data)
