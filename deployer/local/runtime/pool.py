"""Calls versions of functions in worker processes: the one that rested last, else a fresh one.

DeployerError
└── PoolClosed     a call to a pool that has been closed
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from deployer.core.errors import DeployerError
from deployer.local.runtime.call import Call, Clock
from deployer.local.runtime.code import CodeStore
from deployer.local.runtime.sandbox import Answer, Sandbox
from deployer.local.runtime.worker import Worker

_IDLE_KEPT = 8


class PoolClosed(DeployerError):
    """A call to a pool that has been closed."""

    def __init__(self, function_arn: str) -> None:
        super().__init__(function_arn)
        self.function_arn = function_arn

    def __str__(self) -> str:
        return f"{self.function_arn} cannot be called: the local Lambda has been closed"


class WorkerPool:
    """Worker processes for any number of sandboxes; calls come from any number of threads.

    Each call at work has a worker of its own; of those at rest `idle_kept` stay, over all functions, and the one
    that has rested longest is stopped first. Close a pool with `close` or as a context manager.
    """

    def __init__(self, *, idle_kept: int = _IDLE_KEPT, clock: Clock | None = None) -> None:
        self._idle_kept = idle_kept
        self._clock = clock or Clock()
        self._code = CodeStore()
        self._idle: list[Worker] = []  # the one that has rested longest first
        self._busy: set[Worker] = set()
        self._calls = 0
        self._closed = False
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def invoke(self, sandbox: Sandbox, payload: bytes, *, invoked_arn: str, request_id: str) -> Answer:
        """Call the handler and wait for its answer, or for what Lambda answers in its place.

        Raises BadCode when the sandbox's code is no zip that can be unpacked, PoolClosed after `close`.
        """
        call = Call(sandbox, payload, invoked_arn, request_id)
        with self._changed:
            if self._closed:
                raise PoolClosed(sandbox.function_arn)
            self._calls += 1
        try:
            return self._invoke(call)
        finally:
            with self._changed:
                self._calls -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Stop all workers and remove the unpacked code; calls still at work get Runtime.ExitError."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.kill()
            self._changed.wait_for(lambda: self._calls == 0)
        _stop(idle)
        self._code.close()

    def _invoke(self, call: Call) -> Answer:
        worker, started = self._rested(call.sandbox), None
        if worker is None:
            started = self._clock.monotonic()
            worker = self._fresh(call.sandbox)
        usable = False
        try:
            answer, usable = call.make(worker, started, self._clock)
        finally:
            self._release(worker, usable=usable)
        return answer

    def _rested(self, sandbox: Sandbox) -> Worker | None:
        """The worker for this sandbox that rested last; those that died at rest are cleared away."""
        with self._changed:
            dead = [worker for worker in self._idle if not worker.alive]
            self._idle = [worker for worker in self._idle if worker not in dead]
            found = next((worker for worker in reversed(self._idle) if worker.sandbox == sandbox), None)
            if found is not None:
                self._idle.remove(found)
                self._busy.add(found)
        _stop(dead)
        return found

    def _fresh(self, sandbox: Sandbox) -> Worker:
        worker = Worker(sandbox, self._code.root(sandbox.code_sha256, sandbox.code))
        with self._changed:
            self._busy.add(worker)
            if self._closed:
                worker.kill()
        return worker

    def _release(self, worker: Worker, *, usable: bool) -> None:
        """Put a worker to rest, or stop it when it is spent; whatever rests too many is stopped as well."""
        with self._changed:
            self._busy.remove(worker)
            if usable and not self._closed:
                self._idle.append(worker)
                cut = max(0, len(self._idle) - self._idle_kept)
                over, self._idle = self._idle[:cut], self._idle[cut:]
            else:
                over = [worker]
        _stop(over)


def _stop(workers: Iterable[Worker]) -> None:
    for worker in workers:
        worker.stop()
