"""One step after another with a job, whichever commands it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Attempts:
    """Keeps the error that a step ended with."""

    error: BaseException | None = field(default=None, kw_only=True)

    def attempt(self, step: Callable[[Self], object]) -> bool:
        """Take one step; an error is kept, to be told at the end with what was done before it."""
        try:
            step(self)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # kept, told, and made an exit code
            self.error = error
        return self.error is None
