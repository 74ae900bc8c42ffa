"""Answers of Lambda's Invoke, and somebody who gives them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.core import Published


@dataclass(frozen=True)
class Given:
    """One answer."""

    payload: bytes
    milliseconds: float = 10.0
    function_error: str | None = None
    executed_version: str | None = None
    status: int = 200


def json_answer(data: Any, **more: Any) -> Given:
    return Given(json.dumps(data).encode(), **more)


def failed(words: str = "boom") -> Given:
    return json_answer({"errorType": "KeyError", "errorMessage": words}, function_error="Unhandled")


@dataclass
class Versions:
    """Answers by version: an answer, an error to raise, or a function of the event."""

    answers: Mapping[int, Given | Exception | Callable[[bytes], Given]]
    asked: list[tuple[int, bytes, float]] = field(default_factory=list)

    def __call__(self, version: Published, event: bytes, timeout: float) -> Given:
        self.asked.append((version.number, event, timeout))
        found = self.answers[version.number]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Given) else found(event)
