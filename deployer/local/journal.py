"""What clients did to the embedded Lambda, in order: every API call, and every accepted write of an alias."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Routing:
    """Where an alias points: `version` takes what `weights` (shares 0 to 1 by version) leave."""

    version: str
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request that was answered; `operation` as botocore names it, `client` from `app/…` in the User-Agent.

    `function` is what the request named, if anything; `error` the code of a refusal.
    """

    number: int
    time: float
    service: str
    operation: str
    function: str | None
    client: str | None
    status: int
    error: str | None
    user_agent: str


@dataclass(frozen=True, slots=True)
class AliasWrite:
    """One accepted write of an alias; `before` is None when it was created, `after` when it was deleted.

    `operation` is CreateAlias, UpdateAlias or DeleteAlias; ProvisionedConcurrencyMove is Lambda's own hand.
    """

    number: int
    time: float
    function: str
    alias: str
    operation: str
    before: Routing | None
    after: Routing | None
    revision_id: str
    description: str
    user_agent: str


class Journal:
    """Append-only and safe to read while others write: readers get a copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[ApiCall] = []
        self._alias_writes: list[AliasWrite] = []

    @property
    def calls(self) -> tuple[ApiCall, ...]:
        """All calls so far, in the order in which they were answered."""
        with self._lock:
            return tuple(self._calls)

    @property
    def alias_writes(self) -> tuple[AliasWrite, ...]:
        """All accepted alias writes so far, in the order in which they took effect."""
        with self._lock:
            return tuple(self._alias_writes)

    def call(self, **entry: Any) -> None:
        """Append an ApiCall, numbered from 1."""
        with self._lock:
            self._calls.append(ApiCall(number=len(self._calls) + 1, **entry))

    def alias_write(self, **entry: Any) -> None:
        """Append an AliasWrite, numbered from 1."""
        with self._lock:
            self._alias_writes.append(AliasWrite(number=len(self._alias_writes) + 1, **entry))

    def clear(self) -> None:
        """Forget both."""
        with self._lock:
            self._calls.clear()
            self._alias_writes.clear()


def as_json(entries: tuple[ApiCall, ...] | tuple[AliasWrite, ...]) -> list[dict[str, Any]]:
    """Entries as JSON objects by field name; routings as `{"version", "weights"}` or null."""
    return [asdict(entry) for entry in entries]
