"""Runs `rollout` and `tick` on several functions: views, files and reports around their drivers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deployer.cli.asked import Asked
from deployer.cli.complaint import complain
from deployer.cli.exits import STOPPED, Exit, worst
from deployer.cli.paper import is_coloured
from deployer.cli.place import Place
from deployer.cli.release import confirm, see_whom_to_ask
from deployer.cli.watching.job import RolloutJob, emit, rollout_of
from deployer.cli.watching.live import Lines, Terminal, View
from deployer.rollout import report
from deployer.rollout.crew import Manner, driver
from deployer.rollout.driver import Driver
from deployer.rollout.notifiers.json_lines import JsonLines, read_json_lines
from deployer.rollout.stream import Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where events and the report of them go, if anywhere."""

    events: Path | None
    report: Path | None

    def write_report(self, jobs: Sequence[RolloutJob]) -> None:
        """The page of all that is known: of earlier commands too, where their events were kept."""
        if self.report is None:
            return
        known = [event for job in jobs for event in job.events] if self.events is None else read_json_lines(self.events)
        self.report.write_text(report.render(known), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Drive:
    """One function, its driver, and what shows how it goes. What ends it is kept with the job."""

    job: RolloutJob
    driver: Driver
    view: View

    def prepare(self, *, again: bool, adopt: bool) -> bool:
        """Decide how it begins; nothing is written."""
        return self.job.attempt(lambda job: job.take(self.driver.prepare(again=again, adopt=adopt)))

    def run(self) -> bool:
        """Drive it to its end."""
        with self.view:
            return self.job.attempt(lambda job: self.driver.run(job.prepared))

    def tick(self) -> bool:
        """Take one look."""
        with self.view:
            return self.job.attempt(lambda _: self.driver.ended(self.driver.tick()))


@dataclass(frozen=True, slots=True)
class Watching:
    """One command on several functions: what it is called, how it drives, and what it keeps."""

    command: str
    asked: Asked
    manner: Manner
    kept: Kept

    def _driver(self, job: RolloutJob, view: View) -> Driver:
        listeners: list[Listener] = [job.keep, view]
        if self.kept.events is not None:
            listeners.append(JsonLines(self.kept.events))
        settings = job.job.settings
        region = job.job.deployer.session.lambda_client.meta.region_name
        subject = job.subject(Place(settings.account, settings.region or region))
        return driver(job.job.deployer, rollout_of(job.job.selected), subject, listeners, self.manner)

    def _view(self, job: RolloutJob) -> View:
        """What shows it: on a terminal a panel under the lines, else lines, on stderr beside a document."""
        stream = sys.stderr if self.asked.json else sys.stdout
        shown = Terminal if is_coloured(stream) else Lines
        return shown(job.job.commands, stream)

    def roll_out(self, jobs: Sequence[RolloutJob], *, yes: bool, again: bool, adopt: bool) -> Exit:
        """Each to its end, one after another; the first that does not end well is the last."""
        see_whom_to_ask([job.job for job in jobs], yes=yes)
        drives = self._drives(jobs)
        if not all(drive.prepare(again=again, adopt=adopt) for drive in drives):
            return self._ended(jobs)
        confirm(self.command, self.asked, [job.job for job in jobs], yes=yes)
        for drive in drives:
            drive.run()
            if drive.job.exit is not Exit.DONE:
                break
        return self._ended(jobs)

    def tick(self, jobs: Sequence[RolloutJob]) -> Exit:
        """One look at each, and at most one action."""
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
        self.kept.write_report(jobs)
        if self.asked.json:
            emit(self.command, code, jobs)
        for job in jobs:
            if job.error is not None and job.ended is None:
                complain(job.error, job.job.commands)
        return code
