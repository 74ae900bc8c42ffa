"""The variables that decide where AWS clients of this process go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# botocore would send even calls to loopback through a proxy.
_PROXIES: Final = frozenset({"http_proxy", "https_proxy", "all_proxy"})


@contextmanager
def apart() -> Iterator[None]:
    """Until the end there are no profile, credentials, endpoint or proxy of the person's own; then all is as before."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_") or name.lower() in _PROXIES:
            del os.environ[name]
    os.environ.update({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)
