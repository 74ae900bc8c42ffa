"""Decide or take what was decided, ask if need be, deploy with the CDK CLI, and look whether it came true."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import click

from deployer.aws.failure import AwsFailure
from deployer.cdk_adapter.existing_version import meant
from deployer.cdk_adapter.toolkit import DeploymentFailed, Toolkit
from deployer.cli import words
from deployer.cli.asked import Declined, agreed, may_ask
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.job import Job
from deployer.cli.cdk.jobs import for_each, jobs_for, stack_paths
from deployer.cli.cdk.project import Project
from deployer.cli.cdk.release import decide, decided
from deployer.cli.cdk.report import heading, lines, none_done, tell
from deployer.cli.exits import STOPPED, Exit, worst
from deployer.cli.outlook import next_step, outlook, stays_off
from deployer.cli.paper import Line, Tone, write
from deployer.config.suggest import listed
from deployer.core import Absent, Deploy


def deploy(asked: CdkAsked, project: Project, request: Deploy, *, yes: bool) -> Exit:
    """Plan, deploy and verify, and tell how it went.

    Raises UsageError, InvalidTargets, CdkMissing, Declined and SynthesisFailed before it deploys.
    """
    return _deploy(asked, project, lambda jobs: decide(jobs, request), yes=yes)


def deploy_planned(asked: CdkAsked, project: Project, *, yes: bool) -> Exit:
    """The same with the targets that are in the file, which are checked, and not decided."""
    targets = project.targets()
    return _deploy(asked, project, lambda jobs: for_each(jobs, lambda job: job.check(targets)), yes=yes)


def _deploy(asked: CdkAsked, project: Project, look: Callable[[Sequence[Job]], Exit], *, yes: bool) -> Exit:
    toolkit = project.toolkit
    project.kept()  # it can be written before the deployment, then
    jobs = jobs_for(project, asked)
    region = _region(jobs)
    _see_whom_to_ask(jobs, yes=yes)
    code = look(jobs)
    if code is Exit.DONE:
        _confirm(asked, jobs, yes=yes)
        # Whatever moved while a person was thinking leaves the file of targets as it was.
        code = for_each(jobs, Job.look_again)
    deployed = False
    if code is Exit.DONE:
        project.keep(decided(jobs))
        deployed = _carry_out(project, toolkit, jobs, region)
        code = _code(jobs)
    ending = () if deployed else (none_done("nothing was deployed"),)
    tell(asked, "cdk deploy", code, jobs, chain(*map(_lines, jobs), ending))
    return code


def _region(jobs: Sequence[Job]) -> str:
    """The region of all stacks, as one call of the CDK CLI has one. Raises UsageError."""
    regions = list(dict.fromkeys(job.site.region for job in jobs))
    if len(regions) > 1:
        why = "the CDK CLI has one region of its own, which they may go by"
        way_out = f"deploy them apart, with --stack: {listed(stack_paths(jobs), 'and')}"
        raise click.UsageError(f"the stacks go to {listed(regions, 'and')}, and {why}; {way_out}")
    return regions[0]


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
    if not agreed(f"deploy {', '.join(stack_paths(jobs))} to {_called(protected[0])}?"):
        raise Declined


def _protected(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.selected.release.policy.protected]


def _called(job: Job) -> str:
    return job.selected.release.environment or job.selected.stack.path


def _carry_out(project: Project, toolkit: Toolkit, jobs: Sequence[Job], region: str) -> bool:
    """Synthesize with the targets, deploy that, and verify; False where it did not come to that.

    Raises SynthesisFailed and CdkMissing.
    """
    with toolkit.synthesized(stack_paths(jobs), project.targets_file, region) as assembly:
        # CloudFormation swaps nothing, so this is as near to its writes as it can be.
        if for_each(jobs, Job.look_again) is not Exit.DONE:
            return False
        _deploy_assembly(toolkit, assembly, jobs, region)
    return True


def _deploy_assembly(toolkit: Toolkit, assembly: Path, jobs: Sequence[Job], region: str) -> None:
    """One call of the CLI for all stacks. When it fails, the aliases still tell which of them came through."""
    failure = None
    try:
        toolkit.deploy(stack_paths(jobs), assembly, region)
    except DeploymentFailed as error:
        failure = error
    for job in jobs:
        verified = job.attempt(_verify)
        if failure is not None and not (verified and _moved(job)):
            job.error = _explained(job, failure)


def _explained(job: Job, failure: DeploymentFailed) -> DeploymentFailed:
    """The failure, or what it means, where the stack's events tell that."""
    try:
        return meant(failure, job.selected.release, job.site.stack.failures())
    except AwsFailure:
        # Whoever may not look at the events has what the CDK CLI said of them.
        return failure


def _verify(job: Job) -> None:
    if job.target is not None:
        job.verify(job.target)


def _moved(job: Job) -> bool:
    """Whether its alias shows something else than before, and what it was to show."""
    if job.after is None or job.before is None:
        return False
    return job.before.state != job.after.state


def _code(jobs: Sequence[Job]) -> Exit:
    """The gravest code among them; half-way where another's traffic has moved: a plain retry would take it further."""
    code = worst(job.exit for job in jobs)
    left_over = code is not Exit.DONE and any(_moved(job) and job.error is None for job in jobs)
    return Exit.HALF_WAY if left_over and code not in STOPPED else code


def _lines(job: Job) -> Iterator[Line]:
    """What came of it, or what was decided where nothing was deployed."""
    before, after = job.before, job.after
    if before is not None and isinstance(job.error, DeploymentFailed):
        yield heading(job.selected)
        yield from words.traffic("was", before.state)
        yield words.row("failed", "its stack was not deployed; the error says why", tone=Tone.BAD)
        return
    if after is None or job.error is not None or before is None:
        yield from lines(job)
        return
    yield heading(job.selected)
    if before.state != after.state and not isinstance(before.state, Absent):
        yield from words.traffic("was", before.state)
    yield from words.traffic("now", after.state)
    if job.resolved is not None:
        yield from words.notice_lines(job.resolved.decision.notices, job.commands)
    situation = job.site.situation(after)
    yield from next_step(outlook(situation, job.selected.release.policy), after.state, job.commands.typed("deploy"))
    yield from stays_off("next", situation, job.commands.typed("deploy", "--again"))
