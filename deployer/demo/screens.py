"""Where the demo is shown: plain lines, or a terminal with growing bars."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live

from deployer.demo.drawing import WIDTH, drawn
from deployer.demo.scene import Scene
from deployer.demo.traffic import Traffic


class Lines:
    """Plain lines, each given to `write` without its end."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def show(self, scene: Scene) -> None:
        """Unfinished traffic is passed over."""
        if isinstance(scene, Traffic) and not scene.finished:
            return
        for text in drawn(scene):
            self._write(text.plain.rstrip())


class Terminal:
    """A terminal; bars grow while calls are made. A context manager, so that the cursor comes back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._settle()

    def show(self, scene: Scene) -> None:
        """Unfinished traffic is drawn over by what comes next."""
        lines = Group(*drawn(scene, min(WIDTH, self._console.width)))
        if isinstance(scene, Traffic) and not scene.finished:
            if self._live is None:
                self._live = Live(console=self._console, auto_refresh=False, transient=True)
                self._live.start()
            self._live.update(lines, refresh=True)
            return
        self._settle()
        self._console.print(lines)

    def _settle(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
