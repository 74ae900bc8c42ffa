"""HTTP/1.1 on a loopback port, a thread a connection, connections kept open.

werkzeug's own handler closes each connection and waits 10 ms for stragglers: most of what a call to moto costs.
"""

from __future__ import annotations

import io
import logging
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from deployer.local.errors import PortTaken

_STOP_SECONDS = 10.0
_BACKLOG = 128
_LOG = logging.getLogger(__name__)


class Handler(MotoRequestHandler):
    """Reads the whole request, so that the next one on the connection begins where this one ends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request in one write."""
        environ = self.make_environ()
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
        else:
            body = self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None, /) -> Any:
            started.append((status, headers))

        try:
            payload = _collected(self.server.app(environ, start_response))
        except Exception:  # noqa: BLE001 - whatever breaks inside a service is that service's 500
            _LOG.exception("%s %s", self.command, self.path)
            start_response("500 -", [("x-amzn-ErrorType", "ServiceException")])
            payload = b'{"Type": "Service", "message": "the embedded Lambda itself failed; see its log"}'
        self._write(*started[-1], payload)

    def _write(self, status: str, headers: list[tuple[str, str]], payload: bytes) -> None:
        code = int(status.split(" ", 1)[0])
        self.send_response(code, HTTPStatus(code).phrase)
        told = {name.lower() for name, _ in headers}
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in told:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD" and code != HTTPStatus.NO_CONTENT:
            self.wfile.write(payload)
        self.wfile.flush()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """What `Date` says: the server's own time."""
        server: Server = self.server  # type: ignore[assignment]  # nobody else makes one of these
        return super().date_time_string(server.now() if timestamp is None else timestamp)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the journal has it."""


def _collected(answered: Any) -> bytes:
    try:
        return b"".join(answered)
    finally:
        if hasattr(answered, "close"):
            answered.close()


class Server(ThreadedWSGIServer):
    """Serves in a thread of its own from `start` to `stop`. `now`: Unix time in seconds."""

    def __init__(self, port: int, now: Callable[[], float] = time.time) -> None:
        self.now = now
        # werkzeug ends the process when it cannot bind, so the socket is bound here.
        with _bound(port) as listening:
            super().__init__("127.0.0.1", port, _not_started, handler=Handler, fd=listening.fileno())
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="embedded Lambda", daemon=True)

    def start(self, app: Any) -> None:
        """Begin to answer with a WSGI application, which may know the port by now."""
        self.app = app
        self._thread.start()

    @property
    def running(self) -> bool:
        """Between `start` and `stop`."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Take no more connections, end the open ones, wait for their threads."""
        self.shutdown()
        self._thread.join()
        with self._changed:
            for connection in self._connections:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._connections, timeout=_STOP_SECONDS)
        self.server_close()

    def _serve(self) -> None:
        self.serve_forever(poll_interval=0.05)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection until either side ends it."""
        with self._changed:
            self._connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._connections.discard(request)
                self._changed.notify_all()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The client was faster; its thread is about to notice.
        return


def _not_started(_environ: Any, _start_response: Any) -> Any:
    raise RuntimeError("the server has not been started")


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTaken(port, error.strerror or str(error)) from error
    return listening
