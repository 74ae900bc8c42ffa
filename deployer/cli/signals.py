"""SIGTERM as an exception, so that it ends a command as Ctrl-C does: what is temporary goes, and people are told."""

from __future__ import annotations

import signal
from types import FrameType


class Terminated(KeyboardInterrupt):
    """Somebody sent SIGTERM."""


def heed_termination() -> None:
    """Raise Terminated in the main thread at SIGTERM, from now on."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of a handler
    raise Terminated
