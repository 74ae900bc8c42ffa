"""One connection of a worker to its Runtime API: the little of HTTP/1.1 that runtime clients speak.

A request has a Content-Length or no body; neither AWS's client nor http.client sends anything else here. Reading
never blocks: what has arrived is kept until a whole request is there.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"
_CHUNK_BYTES = 1 << 16
_REASONS = {200: "OK", 202: "Accepted", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One whole request."""

    method: str
    path: str
    body: bytes


class Connection:
    """A connection that the worker opened."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = sock
        self._received = bytearray()

    def read(self) -> bool:
        """Take in what has arrived; False once the worker has closed its side."""
        try:
            data = self.socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        self._received += data
        return bool(data)

    def request(self) -> HttpRequest | None:
        """The next whole request, None while there is none."""
        head_size = self._received.find(_HEAD_END)
        if head_size < 0:
            return None
        start, *headers = self._received[:head_size].decode("latin-1").split("\r\n")
        end = head_size + len(_HEAD_END) + _content_length(headers)
        if len(self._received) < end:
            return None
        body = bytes(self._received[head_size + len(_HEAD_END) : end])
        del self._received[:end]
        method, path, _ = start.split(" ", 2)
        return HttpRequest(method, path, body)

    def send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Answer a request; a worker that is gone meanwhile is noticed by whoever waits for its next request."""
        lines = [f"HTTP/1.1 {status} {_REASONS[status]}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1", "replace")
        # The worker reads an event at once, so that blocking until it is taken is short even for 6 MB.
        self.socket.setblocking(True)
        try:
            self.socket.sendall(head + body)
        except ConnectionError:
            return
        finally:
            self.socket.setblocking(False)

    def close(self) -> None:
        """Close this side."""
        self.socket.close()


def _content_length(headers: list[str]) -> int:
    for line in headers:
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            return int(value)
    return 0
