"""Events in a file, one JSON text a line: what a report is made of, also of a rollout that several processes drove."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deployer.core.errors import DeployerError
from deployer.rollout.event import Event
from deployer.rollout.event_wire import event_text, read_event
from deployer.rollout.json_form import Unreadable
from deployer.rollout.notifiers.message import NotTold

_END: Final = b"\n"


class UnusableFile(DeployerError):
    """Events cannot be kept in `path`, or not read from it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class JsonLines:
    """Appends every event to the file at `path`.

    The file is opened, and made where there is none, when this is: raises UnusableFile before anything begins. Each
    event goes into it by one write, so that several processes may share it, and none is lost when one is killed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"the file {path}"
        try:
            self._append(b"")
        except FileNotFoundError as error:
            raise UnusableFile(path, f"there is no directory {path.parent}: make it first") from error
        except OSError as error:
            raise UnusableFile(path, f"events cannot be kept there: {error.strerror}") from error

    def __call__(self, event: Event) -> None:
        """Append it. Raises NotTold."""
        try:
            self._append(event_text(event).encode() + _END)
        except OSError as error:
            raise NotTold(error.strerror or str(error)) from error

    def _append(self, line: bytes) -> None:
        """Append it, behind the end of a line that a killed process left unfinished, so that this spoils no other."""
        with self.path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-len(_END), os.SEEK_END)
                if file.read() != _END:
                    line = _END + line
            file.write(line)


def read_json_lines(path: Path) -> tuple[Event, ...]:
    """The events of a file. Raises UnusableFile, with the line that is none.

    A line that is no whole JSON text is what a killed process left unfinished, and passed over.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnusableFile(path, f"cannot be read: {error.strerror}") from error
    return tuple(_events(path, text))


def _events(path: Path, text: str) -> Iterator[Event]:
    # Not splitlines: within a JSON text U+2028 is a character like others.
    for number, line in enumerate(text.split("\n"), 1):
        try:
            data = json.loads(line)
        except ValueError:
            continue
        try:
            yield read_event(data)
        except Unreadable as error:
            raise UnusableFile(path, f"line {number}: {error}") from error
