"""A rollout on a terminal: what has happened scrolls by, and below it stands how things are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TextIO

from deployer.cli.paper import Line, encodable, line
from deployer.cli.watching.panel import Panel
from deployer.cli.watching.words import event_lines
from deployer.rollout.event import Event, Looked, Waited

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live
    from rich.text import Text

    from deployer.cli.commands import Commands

_A_SECOND: Final = 4  # times drawn: a countdown has to be seen to run


class Terminal:
    """Lines that scroll by and the panel under them. A context manager, so that the cursor comes back.

    `now`: the time in Unix seconds, for the countdown.
    """

    def __init__(self, commands: Commands, stream: TextIO, now: Callable[[], float]) -> None:
        self._commands = commands
        self._stream = stream
        self._now = now
        self._panel = Panel()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self._stream, highlight=False, markup=False, emoji=False)
        self._live = Live(console=console, refresh_per_second=_A_SECOND, transient=True, get_renderable=self._drawn)
        with suppress(OSError):  # the terminal is gone: the rollout is not
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            with suppress(OSError):
                self._live.stop()

    def __call__(self, event: Event) -> None:
        """Let what happened scroll by, and draw the panel anew."""
        self._panel.take(event)
        if not isinstance(event.what, Looked | Waited) and self._live is not None:
            for text in event_lines(event, self._commands):
                self._live.console.print(self._text(text), soft_wrap=True)

    def _drawn(self) -> RenderableType:
        from rich.text import Text

        return Text("\n").join(self._text(one) for one in (line(""), *self._panel.lines(self._now())))

    def _text(self, one: Line) -> Text:
        from rich.text import Text

        return Text.assemble(*((encodable(span.text, self._stream.encoding), span.tone.value) for span in one))
