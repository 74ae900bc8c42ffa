"""A rollout in plain lines, for CI and pipes: one after another, and nothing twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from deployer.cli.paper import write
from deployer.cli.watching.words import event_lines
from deployer.rollout.event import Event, Looked

if TYPE_CHECKING:
    from deployer.cli.commands import Commands


class View(Protocol):
    """Whatever shows a rollout."""

    def __call__(self, event: Event) -> None:
        """Show one event."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        ...


@dataclass(slots=True)
class Lines:
    """One line after another, on `stream`. A look that says what the last one said is passed over, or nothing yet."""

    commands: Commands
    stream: TextIO
    _verdict: object = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def __call__(self, event: Event) -> None:
        """Write what happened."""
        if isinstance(event.what, Looked):
            verdict = (event.what.since, [(one.gate, one.judged) for one in event.what.judgement.findings])
            if verdict == self._verdict or event.what.observation.through <= event.what.since:
                return
            self._verdict = verdict
        spoken(self.stream, lambda: write(event_lines(event, self.commands), self.stream))


def spoken(stream: TextIO, say: Callable[[], object]) -> None:
    """Say something on a stream that somebody may have stopped reading, as `head` does: then it is said to nobody.

    So is all that comes after it, the rest of the buffer at the end of the process included.
    """
    try:
        say()
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # a stream without a file has nothing left to say
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
