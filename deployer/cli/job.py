"""One function of a command, and how far the command came with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.cli import document
from deployer.cli.asked import Asked
from deployer.cli.attempt import Attempts
from deployer.cli.commands import Commands
from deployer.cli.exits import STOPPED, Exit, exit_of
from deployer.cli.keys import in_keys
from deployer.cli.place import Place
from deployer.cli.progress import Progress
from deployer.cli.selection import Selected
from deployer.config import Settings
from deployer.core import Settling, Topic
from deployer.core.wire import decision_data, state_data
from deployer.deployer import Deployer

_NOT_BEGUN: Final = "not begun"

Prepare: TypeAlias = Callable[[Deployer], Prepared]
"""Decides for one function; nothing is written."""


@dataclass(slots=True)
class Job(Attempts):
    """One function, and how far the command came with it.

    `arn`: whichever of it has been read; `at`: when the outcome came, in Unix seconds.
    """

    selected: Selected
    deployer: Deployer
    arn: str | None = None
    prepared: Prepared | None = None
    outcome: Outcome | None = None
    at: float = 0.0

    @property
    def settings(self) -> Settings:
        """What the configuration says of it."""
        return self.selected.settings

    @property
    def commands(self) -> Commands:
        """The commands that are about it."""
        return self.selected.commands

    @property
    def result(self) -> str:
        """One word for the summary."""
        match self.error:
            case Refused():
                return "refused"
            case KeyboardInterrupt():
                return "interrupted"
            case None:
                return self._result
            case _:
                return "failed"

    @property
    def _result(self) -> str:
        if self.outcome is None:
            return _NOT_BEGUN
        return "done" if self.outcome.decision.actions else "nothing to do"

    @property
    def exit(self) -> Exit:
        """How the command would end with this function alone."""
        if self.error is not None:
            return exit_of(self.error)
        waiting = self.outcome is not None and any(
            notice.topic is Topic.SETTLING for notice in self.outcome.decision.notices
        )
        return Exit.WAITING if waiting and isinstance(self._after, Settling) else Exit.DONE

    @property
    def _after(self) -> object:
        return None if self.outcome is None else self.outcome.after

    @property
    def open(self) -> bool:
        """Whether something is left to be done for it."""
        return self.outcome is None or self.exit is not Exit.DONE

    @property
    def moved(self) -> bool:
        """Whether its traffic goes elsewhere now; in a development environment each push sees to that."""
        return self.outcome is not None and bool(self.outcome.decision.actions)

    @property
    def stopped(self) -> bool:
        """Whether a signal ended it, and with it the command."""
        return self.exit in STOPPED

    @property
    def place(self) -> Place:
        """Where it lives: by its ARN, else as far as configuration and client say."""
        if self.arn is not None:
            return Place.of_arn(self.arn)
        named = Place.named_by(self.settings)
        if self.error is not None:
            # There may be no client to ask.
            return named
        return Place(named.account, self.deployer.session.lambda_client.meta.region_name)

    def decide(self, prepare: Prepare) -> None:
        """Decide for the function; nothing is written."""
        with self.selected.reading_code():
            prepared = in_keys(prepare(self.deployer), self.settings)
        self.prepared = prepared
        self.arn = prepared.alias.arn or (None if prepared.latest is None else prepared.latest.arn)


def jobs_for(asked: Asked, selected: Iterable[Selected], **more: Any) -> list[Job]:
    """A Deployer for each function; `more` are further fields of Deployer, the same for all."""
    jobs = []
    for one in selected:
        settings = one.settings
        progress = Progress(settings.function, settings.alias, silent=asked.json)
        told = {"on_action": progress.on_action, "on_upload": progress.on_upload, "on_wait": progress.on_wait}
        jobs.append(Job(one, Deployer.from_settings(settings, **told, **more)))
    return jobs


def job_data(job: Job) -> dict[str, Any]:
    """One function's part of the document."""
    data: dict[str, Any] = {
        **about(job),
        "result": job.result,
        "exit_code": None if job.result == _NOT_BEGUN else int(job.exit),
    }
    if job.prepared is not None:
        data["operation"] = job.prepared.operation_id
        data["decision"] = decision_data(job.prepared.decision)
        data["before"] = state_data(job.prepared.alias.state)
    if job.outcome is not None:
        data["decision"] = decision_data(job.outcome.decision)
        data["after"] = state_data(job.outcome.after)
        published = job.outcome.published
        data["published"] = None if published is None else str(published.version)
        data["reused"] = job.outcome.reused
    if job.error is not None:
        data["error"] = document.error_data(job.error)
    return data


def about(job: Job) -> dict[str, Any]:
    """Which function, where."""
    settings, place = job.settings, job.place
    return {
        "function": settings.function,
        "function_name": settings.function_name,
        "environment": settings.environment,
        "account": place.account,
        "region": place.region,
        "alias": settings.alias,
    }
