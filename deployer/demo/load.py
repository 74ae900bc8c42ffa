"""A load generator: so many real calls a minute through an alias, several at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

NIGHT: Final = 20.0
NOON: Final = 60.0
"""Calls a minute."""

# Two versions with a worker for each call fit into what the embedded Lambda keeps warm.
_AT_ONCE: Final = 4
_SECONDS: Final = 60
_TEN: Final = 10
# Orders of two things, as most are; the last of ten does not say how many.
_ORDER: Final = {"id": "A-1", "items": [{"sku": "kettle", "quantity": 1}, {"sku": "mug", "quantity": 2}]}
_UNSAID: Final = {"id": "A-2", "items": [{"sku": "tea"}, {"sku": "mug", "quantity": 1}]}
ORDERS: Final[tuple[dict[str, Any], ...]] = (*repeat(_ORDER, _TEN - 1), _UNSAID)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered one call, and whether that was an error."""

    version: str
    failed: bool


@dataclass(slots=True)
class Load:
    """Calls of one alias. A context manager: its threads end with it."""

    client: LambdaClient
    function: str
    alias: str
    a_minute: float = NIGHT
    made: int = 0
    _due: float = 0.0
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown()

    def during(self, seconds: float) -> Sequence[Answer]:
        """The calls that `seconds` more bring, answered."""
        self._due += self.a_minute * seconds / _SECONDS
        calls, self._due = divmod(self._due, 1)
        numbers = range(self.made, self.made + int(calls))
        self.made = numbers.stop
        return tuple(self._threads.map(self._called, numbers))

    def _called(self, number: int) -> Answer:
        order = ORDERS[number % len(ORDERS)]
        answer = self.client.invoke(FunctionName=self.function, Qualifier=self.alias, Payload=json.dumps(order))
        answer["Payload"].read()
        return Answer(answer["ExecutedVersion"], "FunctionError" in answer)
