"""The verbs that write: decide for all functions first, ask if need be, then carry out one after another.

What is shown and confirmed is what is carried out: the decision is kept between the two, and the compare-and-swap of
every write sees to it that nothing has moved meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import click

from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.cli import document, words
from deployer.cli.asked import Asked, Declined, may_ask
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit, exit_of, worst
from deployer.cli.keys import in_keys
from deployer.cli.paper import Line, Span, Tone, line, write
from deployer.cli.progress import Progress
from deployer.config import Settings
from deployer.core import Absent, Refusal, Request, Rollback, Settling, Topic, versions_on
from deployer.core.wire import decision_data, state_data
from deployer.deployer import Deployer

Prepare: TypeAlias = Callable[[Deployer], Prepared]
"""Decides for one function; nothing is written."""


@dataclass(slots=True)
class Job:
    """One function, and how far the command came with it."""

    settings: Settings
    deployer: Deployer
    prepared: Prepared | None = None
    outcome: Outcome | None = None
    error: BaseException | None = None

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
            return "not begun"
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

    def decide(self, prepare: Prepare) -> None:
        """Decide for the function; nothing is written."""
        self.prepared = in_keys(prepare(self.deployer), self.settings)

    def attempt(self, step: Callable[[], None]) -> bool:
        """Take one step; an error is kept, to be told at the end with what was done before it."""
        try:
            step()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # kept, told, and made an exit code
            self.error = error
        return self.error is None


def jobs_for(asked: Asked, selected: Iterable[Settings], **more: Any) -> list[Job]:
    """A Deployer for each function; `more` are further fields of Deployer, the same for all."""
    jobs = []
    for settings in selected:
        progress = Progress(settings.function, settings.alias, silent=asked.json)
        told = {"on_action": progress.on_action, "on_upload": progress.on_upload, "on_wait": progress.on_wait}
        jobs.append(Job(settings, Deployer.from_settings(settings, **told, **more)))
    return jobs


def requesting(request: Request) -> Prepare:
    """Decides about the same request for every function."""
    return lambda deployer: deployer.prepare(request)


def carry_out(command: str, asked: Asked, jobs: list[Job], prepare: Prepare, *, yes: bool) -> Exit:
    """Run one verb on all functions and tell how it went; the answer is the gravest code among them.

    The first function that fails ends it, except in a rollback: an emergency brake brakes what it can.
    """
    _see_whom_to_ask(jobs, yes=yes)
    braking = command == "rollback"
    _each(jobs, lambda job: _prepare(job, prepare), go_on=braking)
    ready = [job for job in jobs if job.error is None]
    if ready and (braking or len(ready) == len(jobs)):
        _confirm(command, asked, ready, yes=yes)
        _each(ready, _execute, go_on=braking)
    code = _code(jobs)
    if asked.json:
        document.emit(command, code, {"functions": [job_data(job) for job in jobs]})
        _complain(jobs)
    else:
        _tell(jobs, code)
    return code


def _code(jobs: Sequence[Job]) -> Exit:
    """The gravest code among them; but where one failed after another's traffic had moved, nobody may take it for 1."""
    code = worst(job.exit for job in jobs)
    moved = any(job.outcome is not None and job.outcome.decision.write is not None for job in jobs)
    return Exit.HALF_WAY if code is Exit.FAILED and moved else code


def _each(jobs: Iterable[Job], step: Callable[[Job], None], *, go_on: bool) -> None:
    for job in jobs:
        done = job.attempt(lambda job=job: step(job))  # type: ignore[misc]  # mypy cannot type a bound default
        if not done and (not go_on or job.exit is Exit.INTERRUPTED):
            return


def _prepare(job: Job, prepare: Prepare) -> None:
    job.decide(prepare)
    if job.prepared is not None:
        # What is confirmed is what will be done, so a wait comes before the question.
        job.prepared = job.deployer.settled(job.prepared)
    if job.prepared is not None and isinstance(job.prepared.decision, Refusal):
        raise Refused(job.prepared.decision)


def _execute(job: Job) -> None:
    if job.prepared is not None:
        job.outcome = job.deployer.execute(job.prepared)


def _see_whom_to_ask(jobs: Sequence[Job], *, yes: bool) -> None:
    """Raises UsageError before anything else is done where a question is due and nobody is there to answer."""
    protected = next((job.settings.environment for job in jobs if job.settings.protected), None)
    if protected is not None and not yes and not may_ask():
        raise click.UsageError(f"{protected} is protected: add --yes where nobody can be asked")


def _confirm(command: str, asked: Asked, jobs: Sequence[Job], *, yes: bool) -> None:
    """Show what will be done in a protected environment, and ask. Raises Declined."""
    due = [job for job in jobs if job.settings.protected and job.prepared is not None and job.prepared.decision.actions]
    if yes or not due:
        return
    for job in due:
        write(plan_lines(job), sys.stderr if asked.json else sys.stdout)
    if not click.confirm(f"{command} in {due[0].settings.environment}?", err=True):
        raise Declined


def plan_lines(job: Job) -> Iterator[Line]:
    """What will be done for one function."""
    yield words.heading(job.settings)
    if job.prepared is not None:
        yield from words.decision_lines(job.prepared.decision, job.settings.alias, job.prepared.alias.state)


def _tell(jobs: Sequence[Job], code: Exit) -> None:
    for job in jobs:
        if job.outcome is not None:
            write(_outcome_lines(job, job.outcome))
        elif isinstance(job.error, Refused):
            write(plan_lines(job), sys.stderr)
        elif job.error is not None:
            complain(job.error)
    if len(jobs) > 1:
        write(_summary(jobs, code))


def _outcome_lines(job: Job, outcome: Outcome) -> Iterator[Line]:
    yield words.heading(job.settings)
    if outcome.before != outcome.after and not isinstance(outcome.before, Absent):
        yield from words.traffic("was", outcome.before)
    yield from words.traffic("now", outcome.after)
    if outcome.published is not None and outcome.reused:
        yield words.row("reused", f"version {outcome.published.version}, published before")
    elif outcome.published is not None:
        yield words.row("published", f"version {outcome.published.version}")
    if not outcome.decision.actions:
        yield words.row("done", "nothing")
    yield from words.notice_lines(outcome.decision.notices)
    yield from _next(job, outcome)


def _next(job: Job, outcome: Outcome) -> Iterator[Line]:
    write_ = outcome.decision.write
    if write_ is not None:
        yield from words.next_step(outcome.after, write_.memory.head, job.settings.canary_increments)
        rolled = job.prepared is not None and isinstance(job.prepared.request, Rollback)
        head = write_.memory.head
        if rolled and head is not None and head not in versions_on(outcome.after):
            yield words.row(
                "next", f"version {head} stays off until its code changes; `deployer deploy --again` brings it back"
            )
    elif job.prepared is not None:
        head = job.prepared.situation.recollection.head
        yield from words.next_step(outcome.after, head, job.settings.canary_increments)


def _complain(jobs: Iterable[Job]) -> None:
    for job in jobs:
        if job.error is not None:
            complain(job.error)


def _summary(jobs: Sequence[Job], code: Exit) -> Iterator[Line]:
    yield line(Span("summary", Tone.STRONG))
    for result in dict.fromkeys(job.result for job in jobs):
        names = ", ".join(job.settings.function for job in jobs if job.result == result)
        yield words.row(result, "  ", names)
    open_ = [job for job in jobs if job.error is not None or job.outcome is None]
    if code is Exit.HALF_WAY and open_:
        rest = " ".join(f"--function {job.settings.function}" for job in open_)
        yield words.row("next", f"carry on with {rest}; the others would take their next step")


def job_data(job: Job) -> dict[str, Any]:
    """One function's part of the document."""
    data: dict[str, Any] = {**about(job.settings), "result": job.result, "exit_code": int(job.exit)}
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


def about(settings: Settings) -> dict[str, Any]:
    """Which function, where."""
    return {
        "function": settings.function,
        "function_name": settings.function_name,
        "environment": settings.environment,
        "alias": settings.alias,
    }
