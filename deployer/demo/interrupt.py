"""Ctrl-C, heard at once and heeded between two scenes: no call is torn apart, so the embedded Lambda ends quietly."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

from deployer.demo.scene import Scene


class Interrupt:
    """A screen that raises KeyboardInterrupt at the first scene after Ctrl-C; a second Ctrl-C does so at once.

    A context manager, for the main thread: signals go nowhere else.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> Self:
        signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def show(self, scene: Scene) -> None:  # noqa: ARG002  # whichever it is
        """Raise KeyboardInterrupt when it was asked for."""
        if self._asked:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature of a handler
        self._asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
