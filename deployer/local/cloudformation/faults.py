"""Failures that a test asks for: the nth create or update of a type of resource from now on."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from deployer.local.cloudformation.refusals import handled


@dataclass(slots=True)
class Faults:
    """Counts down; each fault happens once, before anything of the resource is written."""

    _waiting: list[tuple[str, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, type_name: str, nth: int) -> None:
        """Let the nth create or update from now on fail."""
        with self._lock:
            self._waiting.append((type_name, nth))

    def clear(self) -> None:
        """Let none fail."""
        with self._lock:
            self._waiting.clear()

    def strike(self, type_name: str) -> None:
        """Count one create or update; raises ResourceFailed when it is one that is to fail."""
        with self._lock:
            counted = [(name, nth - (name == type_name)) for name, nth in self._waiting]
            self._waiting = [(name, nth) for name, nth in counted if nth > 0]
        if len(self._waiting) < len(counted):
            raise handled(f"{type_name}: a test wants this to fail", "InternalFailure")
