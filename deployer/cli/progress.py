"""What is being done, told on stderr while it is done."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field

from deployer.cli.paper import Span, Tone, line, write
from deployer.cli.words import action_words
from deployer.core import Action

_STEP = 10  # percent of an upload between two lines


@dataclass(slots=True)
class Progress:
    """Tells of one function's actions and uploads, unless `silent`."""

    function: str
    alias: str
    silent: bool
    _told: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on_action(self, action: Action) -> None:
        """About to be carried out."""
        self._tell(action_words(action, self.alias))

    def on_wait(self, words: str) -> None:
        """About to wait for what no action tells of."""
        self._tell(words)

    def on_upload(self, sent: int, size: int) -> None:
        """So many bytes of so many are in S3. Called from several threads."""
        with self._lock:
            done = sent * 100 // max(size, 1) // _STEP * _STEP
            if done <= self._told:
                return
            self._told = done
            self._tell(f"upload {size / 1e6:.1f} MB: {done} %")

    def _tell(self, words: str) -> None:
        if not self.silent:
            write((line(Span(f"{self.function}: ", Tone.DIM), words),), sys.stderr)
