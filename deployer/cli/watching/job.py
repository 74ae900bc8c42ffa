"""One function of `rollout` or `tick`, and how far it came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import click

from deployer.aws.prepared import Prepared
from deployer.cli import document
from deployer.cli.attempt import Attempts
from deployer.cli.exits import Exit, exit_of
from deployer.cli.job import Job, about
from deployer.cli.keys import in_keys
from deployer.cli.selection import Selected
from deployer.cli.watching.means import see_means
from deployer.config.rollout.settings import RolloutSettings
from deployer.core.wire import state_data
from deployer.rollout.event import End, Ended, Event

ENDS: Final = {
    End.DONE: Exit.DONE,
    End.WAITING: Exit.WAITING,
    End.HELD: Exit.HALF_WAY,
    End.ROLLED_BACK: Exit.ROLLED_BACK,
}
"""How a command ends whose rollout ended so; where it ended otherwise, an error says how."""
_RESULTS: Final = {Exit.REFUSED: "refused", Exit.INTERRUPTED: "interrupted", Exit.TERMINATED: "interrupted"}


@dataclass(slots=True)
class RolloutJob(Attempts):
    """One function, and the events of its rollout as far as they are kept."""

    job: Job
    ended: Ended | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether anything came of it: an end, or an error."""
        return self.error is not None or self.ended is not None

    @property
    def result(self) -> str:
        """One word for the summary."""
        if self.ended is not None:
            return str(self.ended.end)
        return self.job.result if self.error is None else _RESULTS.get(self.exit, "failed")

    @property
    def exit(self) -> Exit:
        """How the command would end with this function alone."""
        if self.error is not None:
            return exit_of(self.error)
        return Exit.DONE if self.ended is None else ENDS[self.ended.end]

    @property
    def rollout(self) -> RolloutSettings:
        """What the configuration says of it. Raises UsageError where nothing is rolled out."""
        return rollout_of(self.job.selected)

    @property
    def prepared(self) -> Prepared:
        """How it begins. Raises TypeError where that has not been decided."""
        if self.job.prepared is None:
            raise TypeError("a rollout is prepared before it is run")
        return self.job.prepared

    def take(self, prepared: Prepared) -> None:
        """Keep what was decided of how it begins."""
        self.job.prepared = in_keys(prepared, self.job.settings)
        self.job.arn = prepared.alias.arn or (None if prepared.latest is None else prepared.latest.arn)

    def keep(self, event: Event) -> None:
        """A listener: what happened is kept, for the document and the report."""
        self.events.append(event)
        if isinstance(event.what, Ended):
            self.ended = event.what


def driven(selected: Iterable[Selected]) -> tuple[Selected, ...]:
    """Each function, to be driven by a rollout, with whatever of the user's own it calls found.

    Raises UsageError for one that has no rollouts, and ConfigError for checks and hooks that are not there.
    """
    ready = tuple(replace(one, commands=replace(one.commands, driven=True)) for one in selected)
    for one in ready:
        rollout_of(one)
    see_means(ready)
    return ready


def rollout_of(selected: Selected) -> RolloutSettings:
    """The rollout of one function. Raises UsageError in a development environment, which has none."""
    settings = selected.settings
    if settings.rollout is None:
        text = f"{settings.environment} has strategy latest: its alias follows $LATEST, and nothing is rolled out"
        raise click.UsageError(f"{text}; `deployer deploy` does all there is to do")
    return settings.rollout


def job_data(job: RolloutJob) -> dict[str, Any]:
    """One function's part of the document."""
    ended = job.ended
    data: dict[str, Any] = {
        **about(job.job),
        "end": None if ended is None else str(ended.end),
        "exit_code": int(job.exit) if job.begun else None,
        "state": None if ended is None else state_data(ended.state),
        "text": None if ended is None else ended.text,
    }
    if job.error is not None:
        data["error"] = document.error_data(job.error)
    return data


def emit(command: str, code: Exit, jobs: Sequence[RolloutJob]) -> None:
    """The document of all."""
    document.emit(command, code, {"functions": [job_data(job) for job in jobs]})
