"""What is wrong with a configuration: every problem at once, each where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deployer.core.errors import ErrorInLines


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; shown as `file:line: key: what`, without the parts that are not known."""

    file: str
    line: int | None
    key: str
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        return ": ".join(part for part in (place, self.key, self.what) if part)


class ConfigError(ErrorInLines):
    """A configuration that cannot be used, with all its `problems` in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each problem."""
        return tuple(str(problem) for problem in self.problems)
