"""Where the events of a rollout and the report of them go, if anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from deployer.cli.complaint import complain
from deployer.core.errors import DeployerError
from deployer.rollout import report
from deployer.rollout.event import Event
from deployer.rollout.notifiers.json_lines import JsonLines, read_json_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of events, to which several commands append, and a page made of all that are known."""

    events: Path | None
    report: Path | None

    def see_usable(self) -> None:
        """Raise UsageError, or UnusableFile, before anything is done, where either cannot be written later."""
        if self.events is not None:
            JsonLines(self.events)
        if self.report is None:
            return
        if self.events is not None:
            read_json_lines(self.events)
        there = self.report.exists()
        try:
            with self.report.open("ab"):
                pass
            if not there:
                self.report.unlink()
        except OSError as error:
            raise click.UsageError(f"{self.report}: the report cannot be kept there: {error.strerror}") from error

    def write_report(self, known: Sequence[Event]) -> None:
        """The page of all that is known, of earlier commands too where their events were kept.

        What goes wrong here is told, and changes nothing of how the rollout ended.
        """
        if self.report is None:
            return
        try:
            events = known if self.events is None else read_json_lines(self.events)
            self.report.write_text(report.render(events), encoding="utf-8")
        except (OSError, DeployerError) as error:
            complain(error)
