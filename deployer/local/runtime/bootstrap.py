"""The first thing that runs in a worker: `python bootstrap.py WATCH_FD`.

It is started by its path and imports nothing of this project, so that a handler sees only its own code and the
installed packages. It does two things, then hands over to AWS's runtime client:

- A thread waits for the end of the parent, seen as the end of the pipe WATCH_FD. A parent that still could would have
  killed this process first; so the thread removes the unpacked code and kills the whole process group.
  (PR_SET_PDEATHSIG would not do: it fires when the *thread* that started the worker ends.)
- `runtime_client`, the transport that awslambdaric has as a C extension on Linux only, is given in Python, so that
  every platform runs the same, start-up needs no libcurl, and the thread above is never kept from the interpreter.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sys
import threading
from types import ModuleType

_PREFIX = "/2018-06-01/runtime/invocation/"
_DEADLINE = "Lambda-Runtime-Deadline-Ms"
_ERROR_HEADERS = "Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: Unhandled\r\n"


class _Transport:
    """The four calls that awslambdaric makes of its `runtime_client`, over one kept connection."""

    def __init__(self, address: str, watcher: threading.Thread) -> None:
        self._watcher = watcher
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def initialize_client(self, user_agent: str) -> None:
        """Nothing to prepare: the connection stands since the start."""

    def next(self) -> tuple[bytes, dict[str, str | int]]:
        """Wait for the next call: its payload and headers, the deadline as a number."""
        body, headers = self._ask(f"GET {_PREFIX}next HTTP/1.1\r\nHost: runtime\r\n\r\n".encode())
        return body, {**headers, _DEADLINE: int(headers[_DEADLINE])}

    def post_invocation_result(
        self, invoke_id: str, body: bytes, content_type: str, _invocation_id: str | None = None
    ) -> None:
        """Answer a call."""
        self._post(f"{invoke_id}/response", body, f"Content-Type: {content_type}\r\n")

    def post_error(self, invoke_id: str, error: str, _xray_cause: str, _invocation_id: str | None = None) -> None:
        """Tell that a call failed."""
        self._post(f"{invoke_id}/error", error.encode(), _ERROR_HEADERS)

    def _post(self, path: str, body: bytes, headers: str) -> None:
        head = f"POST {_PREFIX}{path} HTTP/1.1\r\nHost: runtime\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self._ask(head.encode() + body)

    def _ask(self, request: bytes) -> tuple[bytes, dict[str, str]]:
        try:
            self._socket.sendall(request)
            answered = bool(self._file.readline())
        except ConnectionError:
            answered = False
        if not answered:
            # The parent is gone. To leave now would keep the watcher from ending what the handler has started.
            self._watcher.join()
        headers = {}
        while line := self._file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name] = value.strip()
        return self._file.read(int(headers["Content-Length"])), headers


def _end_with_parent(watch_fd: int, task_root: str) -> None:
    os.read(watch_fd, 1)
    shutil.rmtree(task_root, ignore_errors=True)
    with contextlib.suppress(OSError):  # the last worker finds it empty
        os.rmdir(os.path.dirname(task_root))  # noqa: PTH106, PTH120 -- pathlib would slow down every start
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _main(watch_fd: int) -> None:
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    watcher = threading.Thread(target=_end_with_parent, args=(watch_fd, task_root), daemon=True)
    watcher.start()
    sys.path.insert(0, task_root)  # started with -P, our own directory is not on it
    transport = ModuleType("runtime_client")
    calls = _Transport(os.environ["AWS_LAMBDA_RUNTIME_API"], watcher)
    for name in ("initialize_client", "next", "post_invocation_result", "post_error"):
        setattr(transport, name, getattr(calls, name))
    sys.modules["runtime_client"] = transport
    from awslambdaric.__main__ import main

    main([sys.argv[0], os.environ["_HANDLER"]])  # type: ignore[no-untyped-call] # awslambdaric has no types


if __name__ == "__main__":
    _main(int(sys.argv[1]))
