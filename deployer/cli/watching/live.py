"""A rollout on a terminal: what has happened scrolls by, and below it stands how things are, with the time to the next.

On anything but a terminal the lines alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self, TextIO

from deployer.cli import words
from deployer.cli.paper import Line, Span, Tone, encodable, line, write
from deployer.cli.watching.words import event_lines, finding_line
from deployer.core import Absent, AliasState
from deployer.rollout.event import (
    Began,
    Ended,
    Event,
    Held,
    Hooked,
    Looked,
    Noticed,
    RolledBack,
    Stepped,
    Tested,
    Waited,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live
    from rich.text import Text

    from deployer.cli.commands import Commands
    from deployer.rollout.event import Happening

_A_SECOND: Final = 4  # times drawn: a countdown has to be seen to run


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
        write(event_lines(event, self.commands), self.stream)


@dataclass(slots=True)
class Panel:
    """How things stand, put together from the events so far."""

    state: AliasState = field(default_factory=Absent)
    looked: Looked | None = None
    until: float | None = None
    why: str = ""

    def take(self, what: Happening) -> None:
        """Let one event change it."""
        match what:
            case Began(state) | Held(state) | Ended(state=state):
                self.state, self.until = state, None
            case Stepped(after=after) | RolledBack(after=after):
                self.state, self.looked, self.until = after, None, None
            case Looked(state):
                self.state, self.looked = state, what
            case Waited(until, why):
                self.until, self.why = until, why
            case Tested() | Hooked() | Noticed():
                pass

    def lines(self, now: float) -> Iterator[Line]:
        """What stands below the events; `now` in Unix seconds."""
        yield from words.traffic("now", self.state)
        if self.looked is not None:
            judgement = self.looked.judgement
            yield words.row("calls", f"{judgement.invocations:,} of the new version since its step began")
            for finding in judgement.findings:
                yield finding_line(finding)
        if self.until is not None:
            yield words.row("next", Span(f"in {_lasting(max(0.0, self.until - now))}", Tone.STRONG), f": {self.why}")


def _lasting(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class Terminal:
    """Lines that scroll by and the panel under them. A context manager, so that the cursor comes back."""

    def __init__(self, commands: Commands, stream: TextIO) -> None:
        self._commands = commands
        self._stream = stream
        self._panel = Panel()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self._stream, highlight=False, markup=False, emoji=False)
        self._live = Live(console=console, refresh_per_second=_A_SECOND, transient=True, get_renderable=self._drawn)
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Let what happened scroll by, and draw the panel anew."""
        self._panel.take(event.what)
        if not isinstance(event.what, Looked | Waited) and self._live is not None:
            for text in event_lines(event, self._commands):
                self._live.console.print(self._text(text), soft_wrap=True)

    def _drawn(self) -> RenderableType:
        from rich.text import Text

        return Text("\n").join(self._text(one) for one in (line(""), *self._panel.lines(time.time())))

    def _text(self, one: Line) -> Text:
        from rich.text import Text

        return Text.assemble(*((encodable(span.text, self._stream.encoding), span.tone.value) for span in one))
