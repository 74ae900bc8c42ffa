"""An embedded Lambda that keeps its process busy until a signal ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployer.local import LocalSettings, start
from deployer.local.surroundings import apart

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda


def serve(settings: LocalSettings, port: int, tell: Callable[[LocalLambda], None]) -> None:
    """Serve on `port` until SIGINT or SIGTERM, with nothing of the person's own AWS settings; `tell` once it answers.

    For the main thread alone, as signals are. Raises what `start` raises.
    """
    with _signalled() as ended, apart(), start(settings, port) as local:
        tell(local)
        ended.wait()


@contextmanager
def _signalled() -> Iterator[threading.Event]:
    """Set by the first signal; what handled signals before does so again afterwards."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
