"""Looks at several functions without writing: one that cannot be looked at does not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from deployer.cli import document
from deployer.cli.asked import Asked
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit, worst
from deployer.cli.job import Job, about, jobs_for
from deployer.cli.paper import Line, write
from deployer.cli.selection import Selected

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Survey(Generic[T]):
    """What is looked at, and how it is told: as lines for people, as members of the document."""

    command: str
    look: Callable[[Job], T]
    lines: Callable[[Job, T], Iterator[Line]]
    data: Callable[[T], dict[str, Any]]

    def run(self, asked: Asked, selected: Iterable[Selected]) -> Exit:
        """Look at every function and tell."""
        jobs = jobs_for(asked, selected)
        told = []
        for job in jobs:
            told.append(self._one(asked, job))
            if job.stopped:
                break
        code = worst(job.exit for job in jobs)
        if asked.json:
            document.emit(self.command, code, {"functions": told})
        for job in jobs:
            if job.error is not None:
                complain(job.error, job.commands)
        return code

    def _one(self, asked: Asked, job: Job) -> dict[str, Any]:
        seen: list[T] = []
        job.attempt(lambda job: seen.append(self.look(job)))
        if job.error is not None:
            return {**about(job), "error": document.error_data(job.error)}
        if not asked.json:
            write(self.lines(job, seen[0]))
        return {**about(job), **self.data(seen[0])}
