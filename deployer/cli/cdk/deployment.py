"""Decide, ask if need be, deploy with the CDK CLI, and look whether it came true."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from deployer.cdk_adapter.target import Target
from deployer.cdk_adapter.toolkit import DeploymentFailed, Toolkit
from deployer.cli import document, words
from deployer.cli.asked import Declined, may_ask
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.project import Project
from deployer.cli.cdk.release import (
    Job,
    commands_for,
    complain_of,
    decide,
    decided,
    heading,
    job_data,
    jobs_for,
    lines,
    stack_paths,
)
from deployer.cli.exits import Exit, worst
from deployer.cli.outlook import next_step, outlook
from deployer.cli.paper import Line, write
from deployer.core import Absent, Deploy, Situation, Through


def deploy(asked: CdkAsked, project: Project, request: Deploy, *, yes: bool) -> Exit:
    """Plan, deploy and verify, and tell how it went. Raises UsageError, Declined and CdkMissing before it deploys."""
    toolkit = project.toolkit
    jobs = jobs_for(project, asked)
    _see_whom_to_ask(jobs, yes=yes)
    code = decide(jobs, request)
    if code is Exit.DONE:
        _confirm(asked, jobs, yes=yes)
        project.keep(decided(jobs))
        _carry_out(project, toolkit, jobs)
        code = _code(jobs)
    if asked.json:
        document.emit("cdk deploy", code, {"functions": [job_data(job) for job in jobs]})
    else:
        for job in jobs:
            write(_lines(job))
    complain_of(jobs)
    return code


def _see_whom_to_ask(jobs: Sequence[Job], *, yes: bool) -> None:
    """Raises UsageError before AWS is asked anything where a question is due and nobody is there to answer."""
    protected = _protected(jobs)
    if protected and not yes and not may_ask():
        raise click.UsageError(f"{_called(protected[0])} is protected: add --yes where nobody can be asked")


def _confirm(asked: CdkAsked, jobs: Sequence[Job], *, yes: bool) -> None:
    """Show what will be done where a release is protected, and ask. Raises Declined."""
    protected = _protected(jobs)
    if yes or not protected:
        return
    for job in jobs:
        write(lines(job), sys.stderr if asked.json else sys.stdout)
    if not click.confirm(f"deploy {', '.join(stack_paths(jobs))} to {_called(protected[0])}?", err=True):
        raise Declined


def _protected(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.selected.release.policy.protected]


def _called(job: Job) -> str:
    return job.selected.release.environment or job.selected.stack.path


def _carry_out(project: Project, toolkit: Toolkit, jobs: Sequence[Job]) -> None:
    """One call of the CLI for all stacks. When it fails, the aliases still tell which of them came through."""
    failure = None
    try:
        toolkit.deploy(stack_paths(jobs), project.targets_file)
    except DeploymentFailed as error:
        failure = error
    for job in jobs:
        verified = job.attempt(lambda job=job: _verify(job))  # type: ignore[misc]  # mypy cannot type a bound default
        if failure is not None and not (verified and _moved(job)):
            job.error = failure


def _verify(job: Job) -> None:
    if isinstance(job.target, Target):
        job.after = job.at_lambda.verify(job.target)


def _moved(job: Job) -> bool:
    """Whether its alias shows something else than before, and what it was to show."""
    if job.after is None or job.resolved is None:
        return False
    return job.resolved.alias.state != job.after.state


def _code(jobs: Sequence[Job]) -> Exit:
    """The gravest code among them; but where one failed after another's traffic had moved, nobody may take it for 1."""
    code = worst(job.exit for job in jobs)
    return Exit.HALF_WAY if code is Exit.FAILED and any(_moved(job) and job.error is None for job in jobs) else code


def _lines(job: Job) -> Iterator[Line]:
    """What came of it, or what was decided where nothing was deployed."""
    resolved, after = job.resolved, job.after
    if after is None or job.error is not None or resolved is None:
        yield from lines(job)
        return
    yield heading(job.selected)
    if resolved.alias.state != after.state and not isinstance(resolved.alias.state, Absent):
        yield from words.traffic("was", resolved.alias.state)
    yield from words.traffic("now", after.state)
    yield from words.notice_lines(resolved.decision.notices, commands_for(job))
    situation = Situation(after.state, after.description, alias_arn=job.at_lambda.alias_arn)
    policy = replace(job.selected.release.policy, through=Through.STACK)
    yield from next_step(outlook(situation, policy), after.state, commands_for(job).typed("deploy"))
