"""The verbs that write: decide for all functions first, ask if need be, then carry out one after another.

What is shown and confirmed is what is carried out: the decision is kept between the two, and the compare-and-swap of
every write sees to it that nothing has moved meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import click

from deployer.aws.prepared import Outcome, Prepared, Refused
from deployer.cli import document, words
from deployer.cli.announcement import announce
from deployer.cli.asked import Asked, Declined, agreed, may_ask
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit
from deployer.cli.job import Job, Prepare, job_data
from deployer.cli.outlook import next_step, outlook
from deployer.cli.paper import Line, write
from deployer.cli.summary import code_of, summary, way_on
from deployer.core import Absent, Refusal, Request, Rollback, after, versions_on


def requesting(request: Request) -> Prepare:
    """Decides about the same request for every function."""
    return lambda deployer: deployer.prepare(request)


def carry_out(command: str, asked: Asked, jobs: list[Job], prepare: Prepare, *, yes: bool) -> Exit:
    """Run one verb on all functions and tell how it went; the answer is the gravest code among them.

    The first function that fails ends it, except in a rollback: an emergency brake brakes what it can.
    """
    see_whom_to_ask(jobs, yes=yes)
    braking = command == "rollback"
    _each(jobs, lambda job: _prepare(job, prepare), go_on=braking)
    ready = [job for job in jobs if job.error is None]
    if ready and (braking or len(ready) == len(jobs)):
        confirm(command, asked, ready, yes=yes)
        _carry_out(ready, braking=braking)
    code = code_of(jobs)
    if asked.json:
        document.emit(command, code, {"functions": [job_data(job) for job in jobs]})
        _complain(jobs)
        write(way_on(command, jobs), sys.stderr)
    else:
        _tell(command, jobs)
    return code


def _each(jobs: Iterable[Job], step: Callable[[Job], None], *, go_on: bool) -> None:
    for job in jobs:
        done = job.attempt(step)
        if not done and (not go_on or job.stopped):
            return


def _prepare(job: Job, prepare: Prepare) -> None:
    job.decide(prepare)
    if job.prepared is not None:
        # What is confirmed is what will be done, so a wait comes before the question.
        job.prepared = job.deployer.settled(job.prepared)
    if job.prepared is not None and isinstance(job.prepared.decision, Refusal):
        raise Refused(job.prepared.decision)


def _carry_out(jobs: Sequence[Job], *, braking: bool) -> None:
    """Each is told of once it is done; but whoever brakes brakes all of them before anybody is told."""
    if not braking:
        _each(jobs, _execute_and_tell, go_on=False)
        return
    _each(jobs, _execute, go_on=True)
    _each([job for job in jobs if job.error is None], announce, go_on=True)


def _execute_and_tell(job: Job) -> None:
    _execute(job)
    announce(job)


def _execute(job: Job) -> None:
    if job.prepared is not None:
        job.outcome = job.deployer.execute(job.prepared)
        job.at = job.deployer.now()


def see_whom_to_ask(jobs: Sequence[Job], *, yes: bool) -> None:
    """Raises UsageError before anything else is done where a question is due and nobody is there to answer."""
    protected = next((job.settings.environment for job in jobs if job.settings.protected), None)
    if protected is not None and not yes and not may_ask():
        raise click.UsageError(f"{protected} is protected: add --yes where nobody can be asked")


def confirm(
    command: str, asked: Asked, jobs: Sequence[Job], *, yes: bool, more: Callable[[Job], Iterable[Line]] = lambda _: ()
) -> None:
    """Show what will be done in a protected environment, and `more` about it, and ask. Raises Declined."""
    due = [job for job in jobs if job.settings.protected and job.prepared is not None and job.prepared.decision.actions]
    if yes or not due:
        return
    for job in due:
        write((*plan_lines(job), *more(job)), sys.stderr if asked.json else sys.stdout)
    where = f"{due[0].settings.environment} ({due[0].place})"
    if not agreed(f"{command} in {where}?"):
        raise Declined


def plan_lines(job: Job) -> Iterator[Line]:
    """What will be done for one function."""
    yield words.heading(job.settings, job.place)
    if job.prepared is not None:
        yield from words.decision_lines(
            job.prepared.decision, job.settings.alias, job.prepared.alias.state, job.commands
        )


def _tell(command: str, jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.outcome is not None:
            write(_outcome_lines(job, job.outcome))
        elif isinstance(job.error, Refused):
            write(plan_lines(job), sys.stderr)
        elif job.error is not None:
            complain(job.error, job.commands)
    if len(jobs) > 1:
        write(summary(command, jobs))


def _outcome_lines(job: Job, outcome: Outcome) -> Iterator[Line]:
    yield words.heading(job.settings, job.place)
    if outcome.before != outcome.after and not isinstance(outcome.before, Absent):
        yield from words.traffic("was", outcome.before)
    yield from words.traffic("now", outcome.after)
    if outcome.published is not None and outcome.reused:
        yield words.row("reused", f"version {outcome.published.version}, published before")
    elif outcome.published is not None:
        yield words.row("published", f"version {outcome.published.version}")
    write_ = outcome.decision.write
    if not outcome.decision.actions:
        yield words.row("done", "nothing")
    elif write_ is not None and write_.memory.record.on_hold:
        yield words.row("on hold", "nothing goes forward until it is resumed")
    yield from words.notice_lines(outcome.decision.notices, job.commands)
    if job.prepared is not None:
        yield from _next(job, job.prepared, outcome)


def _next(job: Job, prepared: Prepared, outcome: Outcome) -> Iterator[Line]:
    situation = replace(after(prepared.situation, outcome.decision), state=outcome.after)
    yield from next_step(outlook(situation, prepared.policy), outcome.after, job.commands.typed("deploy"))
    write_ = outcome.decision.write
    head = None if write_ is None else write_.memory.head
    if isinstance(prepared.request, Rollback) and head is not None and head not in versions_on(outcome.after):
        again = job.commands.typed("deploy", "--again")
        yield words.row("next", f"version {head} stays off until its code changes; `{again}` brings it back")


def _complain(jobs: Iterable[Job]) -> None:
    for job in jobs:
        if job.error is not None:
            complain(job.error, job.commands)
