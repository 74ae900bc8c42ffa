"""Runs `rollout` and `tick` on several functions: views, files and reports around their drivers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from deployer.cli.asked import Asked
from deployer.cli.complaint import complain
from deployer.cli.exits import STOPPED, Exit, worst
from deployer.cli.job import Job
from deployer.cli.paper import Line, Span, Tone, is_coloured, line, write
from deployer.cli.release import confirm, see_whom_to_ask
from deployer.cli.watching.job import RolloutJob, emit
from deployer.cli.watching.kept import Kept
from deployer.cli.watching.lines import Lines, View, spoken
from deployer.cli.watching.outline import outline
from deployer.cli.watching.quiet import Quiet, is_news
from deployer.cli.watching.summary import summary
from deployer.cli.watching.terminal import Terminal
from deployer.rollout.audience import subject_of
from deployer.rollout.crew import Manner, driver
from deployer.rollout.driver import Driver
from deployer.rollout.notifiers.json_lines import JsonLines
from deployer.rollout.stream import Listener

INTERRUPTED: Final = "interrupted; `rollout` or `tick` carries on from wherever the alias stands, `rollback` goes back"


@dataclass(frozen=True, slots=True)
class Drive:
    """One function, its driver, and what shows how it goes. What ends it is kept with the job."""

    job: RolloutJob
    driver: Driver
    view: View

    def prepare(self, *, again: bool) -> bool:
        """Decide how it begins; nothing is written."""
        return self.job.attempt(lambda job: job.take(self.driver.prepare(again=again)))

    def run(self) -> bool:
        """Drive it to its end."""
        with self.view:
            return self.job.attempt(lambda job: self.driver.run(job.prepared))

    def tick(self) -> bool:
        """Take one look."""
        with self.view:
            return self.job.attempt(lambda _: self.driver.once())


@dataclass(frozen=True, slots=True)
class Watching:
    """One command on several functions: what it is called, how it drives, and what it keeps.

    `quiet`: nothing is shown of a function, and no summary of several, where nothing has happened.
    """

    command: str
    asked: Asked
    manner: Manner
    kept: Kept
    quiet: bool = False

    def _driver(self, job: RolloutJob, view: View) -> Driver:
        listeners: list[Listener] = [job.keep, view]
        if self.kept.events is not None:
            listeners.append(JsonLines(self.kept.events))
        deployer = job.job.deployer
        subject = subject_of(job.job.settings, deployer)
        return driver(deployer, job.rollout, subject, listeners, self.manner)

    def _view(self, job: RolloutJob) -> View:
        """What shows it: on a terminal a panel under the lines, else lines, on stderr beside a document."""
        stream = sys.stderr if self.asked.json else sys.stdout
        if self.quiet:
            return Quiet(Lines(job.job.commands, stream))
        if is_coloured(stream):
            return Terminal(job.job.commands, stream, job.job.deployer.now)
        return Lines(job.job.commands, stream)

    def roll_out(self, jobs: Sequence[RolloutJob], *, yes: bool, again: bool) -> Exit:
        """Each to its end, one after another; the first that does not end well is the last."""
        see_whom_to_ask([job.job for job in jobs], yes=yes)
        self.kept.see_usable()
        drives = self._drives(jobs)
        if not all(drive.prepare(again=again) for drive in drives):
            return self._ended(jobs)
        confirm(self.command, self.asked, [job.job for job in jobs], yes=yes, more=_outline)
        for drive in drives:
            drive.run()
            if drive.job.exit is not Exit.DONE:
                break
        return self._ended(jobs)

    def tick(self, jobs: Sequence[RolloutJob]) -> Exit:
        """One look at each, and at most one action."""
        self.kept.see_usable()
        for drive in self._drives(jobs):
            drive.tick()
            if drive.job.exit in STOPPED:
                break
        return self._ended(jobs)

    def _drives(self, jobs: Sequence[RolloutJob]) -> list[Drive]:
        """A driver and a view for each, before any of them begins: what cannot work is found here."""
        views = [self._view(job) for job in jobs]
        return [Drive(job, self._driver(job, view), view) for job, view in zip(jobs, views, strict=True)]

    def _ended(self, jobs: Sequence[RolloutJob]) -> Exit:
        """Tell how it ended, write the report, and answer the gravest code."""
        code = worst(job.exit for job in jobs)
        self.kept.write_report([event for job in jobs for event in job.events])
        if self.asked.json:
            spoken(sys.stdout, lambda: emit(self.command, code, jobs))
        for job in jobs:
            spoken(sys.stderr, partial(_complain, job))
        if len(jobs) > 1 and not self.asked.json and self._has_news(jobs):
            spoken(sys.stdout, lambda: write(summary(self.command, jobs)))
        return code

    def _has_news(self, jobs: Sequence[RolloutJob]) -> bool:
        return not self.quiet or any(
            job.error is not None or any(is_news(event.what) for event in job.events) for job in jobs
        )


def _outline(job: Job) -> Iterator[Line]:
    """What follows upon the first step, for whoever is asked."""
    if job.prepared is not None:
        now = int(job.deployer.now())
        found = outline(job.settings, job.prepared.alias.state, job.prepared.decision, now)
        yield from () if found is None else found.lines()


def _complain(job: RolloutJob) -> None:
    """Tell of an error, unless its end was told: with a signal, how to carry on."""
    commands = job.job.commands
    if job.error is None or job.ended is not None:
        return
    if isinstance(job.error, KeyboardInterrupt):
        write((line(Span("deployer: ", Tone.BAD), commands.whole(INTERRUPTED)),), sys.stderr)
    else:
        complain(job.error, commands)
