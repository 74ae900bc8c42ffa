"""The example's code in a directory of its own, where the demo may change it.

DeployerError
└── ExampleChanged    the example no longer holds the line that an edit is about
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployer.core import DeployerError

_HERE = Path(__file__).parent
# In an installed package the example lies beside this file, in the repository under examples/.
_HOMES = (_HERE / "orders", _HERE.parents[1] / "examples" / "orders")


class ExampleChanged(DeployerError):
    """The example no longer holds the line that an edit is about."""

    def __init__(self, file: str, line: str) -> None:
        super().__init__(file, line)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        return f"the example's {self.file} has no line {self.line!r} to change: install the package again"


@dataclass(frozen=True, slots=True)
class Edit:
    """One line of one file, before and after; white space at its beginning stays."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """A copy of the order service."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """Its deployer.toml."""
        return self.folder / "deployer.toml"

    def apply(self, edit: Edit) -> None:
        """Change one line. Raises ExampleChanged when it is not there exactly once."""
        path = self.folder / edit.file
        text = path.read_text(encoding="utf-8")
        if text.count(edit.before) != 1:
            raise ExampleChanged(edit.file, edit.before)
        path.write_text(text.replace(edit.before, edit.after), encoding="utf-8")

    def undo(self, edit: Edit) -> None:
        """Change it back. Raises ExampleChanged when it is not there exactly once."""
        self.apply(Edit(edit.file, edit.after, edit.before))


@contextmanager
def working_copy() -> Iterator[WorkingCopy]:
    """A working copy that goes away at the end."""
    source = next(home for home in _HOMES if home.is_dir())
    with tempfile.TemporaryDirectory(prefix="deployer-demo-") as folder:
        copy = Path(folder) / "orders"
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        yield WorkingCopy(copy)
