"""From which embedded Lambda moto is being asked.

moto keeps its state for the whole process, but what time it is, how late metrics come and which of them fail is a
matter of one server. So each request to moto is answered within the viewpoint of the server that got it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from deployer.local.settings import InvalidSetting

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

Gap = Literal["InternalError", "PartialData", "Forbidden"]
"""How GetMetricData says that it does not give a series whole (`StatusCode`)."""


@dataclass(slots=True)
class _Failing:
    metric: str
    version: str | None
    gap: Gap
    times: int


class MetricFaults:
    """Series that GetMetricData is to answer badly, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failing: list[_Failing] = []

    def add(self, metric: str, version: str | None, gap: Gap, times: int) -> None:
        """The next `times` answers of `metric`, of that ExecutedVersion or of any; raises InvalidSetting."""
        if gap not in get_args(Gap):
            raise InvalidSetting(gap, "is one of " + ", ".join(get_args(Gap)))
        with self._lock:
            self._failing.append(_Failing(metric, version, gap, times))

    def take(self, metric: str, dimensions: Mapping[str, str]) -> Gap | None:
        """How this one answer is to fail, if at all."""
        with self._lock:
            for failing in self._failing:
                meant = failing.version in {None, dimensions.get("ExecutedVersion")}
                if failing.times > 0 and failing.metric == metric and meant:
                    failing.times -= 1
                    return failing.gap
        return None

    def clear(self) -> None:
        """Let everything be answered well again."""
        with self._lock:
            self._failing.clear()


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """One server's time, its delay of metrics in seconds, and the series that fail."""

    clock: Callable[[], datetime]
    metric_delay: Callable[[], int]
    faults: MetricFaults = field(default_factory=MetricFaults)


_ASKED: ContextVar[Viewpoint | None] = ContextVar("viewpoint", default=None)


def within(viewpoint: Viewpoint, application: Wsgi) -> Wsgi:
    """The application, each request of which is answered from that viewpoint."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        token = _ASKED.set(viewpoint)
        try:
            return application(environ, start_response)
        finally:
            _ASKED.reset(token)

    return answer


def asked() -> Viewpoint | None:
    """The viewpoint of the request that this thread is answering; None outside of any."""
    return _ASKED.get()


def utcnow() -> datetime:
    """The time there, or the machine's; UTC without saying so, as moto keeps it."""
    viewpoint = asked()
    now = datetime.now(UTC) if viewpoint is None else viewpoint.clock()
    return now.astimezone(UTC).replace(tzinfo=None)
