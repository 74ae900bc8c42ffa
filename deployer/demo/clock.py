"""Time in which nobody waits: whoever sleeps is there at once, and what belongs to the time between happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

STRETCH: Final = 12.0
"""Seconds: a longer sleep is passed in stretches of this length."""


def _nothing(_seconds: float) -> None:
    pass


@dataclass(slots=True)
class SkippingClock:
    """A `deployer.aws.clock.Clock`, from the present on. `meanwhile` is called after each stretch with its length.

    What takes time takes it: `monotonic` has the machine's seconds as well as those that were skipped.
    """

    time: float = field(default_factory=time.time)
    meanwhile: Callable[[float], None] = _nothing
    skipped: float = 0.0

    def now(self) -> float:
        """Unix time in seconds; only sleep moves it."""
        return self.time

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic() + self.skipped

    def sleep(self, seconds: float) -> None:
        """Be there, and let happen what happens on the way."""
        while seconds > 0:
            stretch = min(STRETCH, seconds)
            self.time += stretch
            self.skipped += stretch
            self.meanwhile(stretch)
            seconds -= stretch
