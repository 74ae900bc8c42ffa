"""The webhook: over HTTPS, bounded, and silent about what is secret in its address."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from rollout_events import HAPPENINGS, event

from deployer.core.errors import InvalidValue
from deployer.rollout.event import Looked, Waited
from deployer.rollout.event_wire import event_data
from deployer.rollout.notifiers.message import NotTold
from deployer.rollout.notifiers.webhook import Webhook

TOLD = event(HAPPENINGS[3])
SECRET = "/services/T0/s3cr3t?token=s3cr3t"


@dataclass
class Receiver:
    """What came in on a loopback port, answered with `status`."""

    port: int
    status: int = 204
    location: str = ""
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((self.path, dict(self.headers.items()), json.loads(body)))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()

        def do_CONNECT(self) -> None:
            found.requests.append((self.path, {}, None))
            self.send_error(503)

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    found = Receiver(server.server_address[1])
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there


def certificate(folder: Path) -> tuple[Path, Path]:
    """One that 127.0.0.1 signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a webhook")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    there, secret = folder / "cert.pem", folder / "key.pem"
    there.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*kept))
    return there, secret


def test_an_event_is_posted_as_json_with_the_headers_given(receiver: Receiver) -> None:
    Webhook(f"http://127.0.0.1:{receiver.port}{SECRET}", {"Authorization": "Bearer t"})(TOLD)
    ((path, headers, body),) = receiver.requests
    assert (path, body) == (SECRET, event_data(TOLD))
    assert (headers["Content-Type"], headers["Authorization"]) == ("application/json", "Bearer t")


def test_looks_and_waits_are_not_posted(receiver: Receiver) -> None:
    webhook = Webhook(f"http://localhost:{receiver.port}/")
    for what in HAPPENINGS:
        webhook(event(what))
    sent = [body["type"] for _, _, body in receiver.requests]
    assert sent == [event_data(event(what))["type"] for what in HAPPENINGS if not isinstance(what, Looked | Waited)]


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_answer_that_is_an_error_is_told(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(NotTold, match=f"^it answered {status}$"):
        Webhook(f"http://127.0.0.1:{receiver.port}{SECRET}")(TOLD)


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, f"http://127.0.0.1:{receiver.port}/elsewhere"
    with pytest.raises(NotTold, match=r"^it answered 307, and redirects are not followed"):
        Webhook(f"http://127.0.0.1:{receiver.port}/")(TOLD)
    assert len(receiver.requests) == 1


def test_https_with_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with receiving(context) as receiver:
        Webhook(f"https://127.0.0.1:{receiver.port}/hook")(TOLD)
        assert [path for path, _, _ in receiver.requests] == ["/hook"]


def test_https_with_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    with receiving(context) as receiver:
        with pytest.raises(NotTold) as caught:
            Webhook(f"https://127.0.0.1:{receiver.port}{SECRET}")(TOLD)
        assert str(caught.value) == "SSLError: self-signed certificate"
        assert receiver.requests == []


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port where connections are taken and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_whoever_does_not_answer_is_given_up(deaf: int) -> None:
    with pytest.raises(NotTold, match=r"^it did not answer within 0\.05 s$"):
        Webhook(f"http://127.0.0.1:{deaf}{SECRET}", timeout=0.05)(TOLD)


def test_one_that_hangs_where_no_timeout_of_a_socket_helps_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait() and [])
    with pytest.raises(NotTold, match=r"^it did not answer within 0\.05 s$"):
        Webhook("https://hooks.example.com/", timeout=0.05)(TOLD)
    released.set()


@pytest.fixture
def unused() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return int(closed.getsockname()[1])


def test_a_refused_connection_is_told_without_the_address(unused: int) -> None:
    with pytest.raises(NotTold) as caught:
        Webhook(f"http://127.0.0.1:{unused}{SECRET}")(TOLD)
    assert str(caught.value) == "NewConnectionError: Connection refused"


def test_the_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{receiver.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(NotTold, match=r"^ProxyError"):
        Webhook("https://hooks.example.com/s3cr3t")(TOLD)
    assert [path for path, _, _ in receiver.requests] == ["hooks.example.com:443"]


def test_no_proxy_is_asked_for_this_machine_itself(
    receiver: Receiver, unused: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Webhook(f"http://127.0.0.1:{receiver.port}/hook")(TOLD)
    assert [path for path, _, _ in receiver.requests] == ["/hook"]


def test_no_message_has_what_is_secret(receiver: Receiver) -> None:
    receiver.status = 500
    webhook = Webhook(f"http://127.0.0.1:{receiver.port}{SECRET}", {"X-Key": "s3cr3t"})
    with pytest.raises(NotTold) as caught:
        webhook(TOLD)
    assert webhook.name == f"the webhook at http://127.0.0.1:{receiver.port}"
    assert "s3cr3t" not in f"{caught.value}{webhook.name}{webhook!r}"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (
            "http://hooks.example.com/s3cr3t",
            (
                "value 'http://hooks.example.com': a webhook's address begins with https://, "
                "or with http:// and this machine's own name"
            ),
        ),
        ("ftp://hooks.example.com/s3cr3t", "value 'ftp://hooks.example.com': a webhook's address begins with https://"),
        ("hooks.example.com/s3cr3t", "value '://': a webhook's address begins with https://"),
        ("https:///s3cr3t", "value 'https://': a webhook's address begins with https://"),
        ("https://me:s3cr3t@hooks.example.com/", "value 'https://hooks.example.com': a webhook's address has no user"),
        ("https://hooks.example.com:port/s3cr3t", "value '***': is no address of a webhook"),
        ("https://hooks.example.com/s3cr3t here", "value 'https://hooks.example.com': a webhook's address has only"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_what_is_secret(url: str, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Webhook(url)
    assert str(caught.value).startswith(problem)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("headers", [{"": "s3cr3t"}, {"A b": "s3cr3t"}, {"A": "s3cr3t\r\nB: c"}, {"A": "s3cr3t\u2014"}])
def test_headers_that_cannot_be_sent_are_told_without_their_values(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidValue) as caught:
        Webhook("https://hooks.example.com/", headers)
    assert "s3cr3t" not in str(caught.value)
