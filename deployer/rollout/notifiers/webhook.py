"""Events as POST requests to an address of the user's own, over HTTPS."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3

from deployer.core.errors import InvalidValue
from deployer.rollout.event import Event
from deployer.rollout.event_wire import event_text
from deployer.rollout.limit import TimeIsUp, within
from deployer.rollout.notifiers.message import NotTold, is_message

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_GOOD: Final = range(200, 300)
_MOVED: Final = range(300, 400)
SECONDS: Final = 5.0
"""What one request may take altogether, looking the name up included."""


class Webhook:
    """Posts each event to `url`, with `headers` of the user's, within `timeout` seconds in all.

    The path and the query of an address, and the values of headers, are secrets: no message shows them. Redirects are
    not followed: none can lead away from HTTPS. Raises InvalidValue for an address or headers that cannot be used.
    """

    def __init__(self, url: str, headers: Mapping[str, str] = MappingProxyType({}), timeout: float = SECONDS) -> None:
        self._url = url
        self._host = _checked(url)
        self._headers = {"Content-Type": "application/json", **_sendable(headers)}
        self._timeout = timeout
        self.name = f"the webhook at {self._host}"

    def __call__(self, event: Event) -> None:
        """Post it, unless it is a look or a wait. Raises NotTold."""
        if not is_message(event):
            return
        body = event_text(event).encode()
        try:
            status = within(self._timeout, lambda: self._post(body))
        except TimeIsUp as error:
            raise NotTold(f"it did not answer within {self._timeout:g} s") from error
        if status in _MOVED:
            raise NotTold(f"it answered {status}, and redirects are not followed: give the address it leads to")
        if status not in _GOOD:
            raise NotTold(f"it answered {status}")

    def _post(self, body: bytes) -> int:
        timeout = urllib3.Timeout(total=self._timeout)
        try:
            with _pool(self._url) as pool:
                answer = pool.request(
                    "POST",
                    self._url,
                    body=body,
                    headers=self._headers,
                    timeout=timeout,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                answer.close()
                return answer.status
        except urllib3.exceptions.NewConnectionError as error:  # which urllib3 counts among the timeouts
            raise NotTold(_said(error)) from error
        except urllib3.exceptions.TimeoutError as error:
            raise TimeIsUp(self._timeout) from error
        except urllib3.exceptions.HTTPError as error:
            raise NotTold(_said(error)) from error


def _pool(url: str) -> urllib3.PoolManager:
    """By the proxy that the environment names, as boto3 does it; never to this machine itself."""
    host = urlsplit(url).hostname or ""
    proxy = urllib.request.getproxies().get("https")
    if proxy is None or host in _LOOPBACK or urllib.request.proxy_bypass(host):
        return urllib3.PoolManager()
    return urllib3.ProxyManager(proxy)


def _said(error: BaseException) -> str:
    """What kind of error it is, and what the network said: the library's own words may have the address in them."""
    below: BaseException | None = error
    while below is not None and not isinstance(below, OSError):
        below = below.__cause__ or below.__context__
    words = getattr(below, "verify_message", None) or getattr(below, "strerror", None)
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _checked(url: str) -> str:
    """The scheme and host of it, which are all that is shown."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidValue("***", "is no address of a webhook: its host or port cannot be read") from error
    host = parts.hostname or ""
    shown = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if not host or not _is_safe(parts):
        raise InvalidValue(
            shown, "a webhook's address begins with https://, or with http:// and this machine's own name"
        )
    if parts.username is not None:
        raise InvalidValue(shown, "a webhook's address has no user name in it: give a header Authorization")
    if not all("!" <= character <= "~" for character in url):
        raise InvalidValue(shown, "a webhook's address has only ASCII characters, and no spaces")
    return shown


def _is_safe(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not name or not all(character.isalnum() or character in "!#$%&'*+-.^_`|~" for character in name):
            raise InvalidValue(name, "is no name of an HTTP header")
        if not (value.isascii() and value.isprintable()):
            raise InvalidValue(name, "the value of this HTTP header has characters that cannot be sent")
    return dict(headers)
