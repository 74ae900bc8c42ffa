"""`deployer cdk verify`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.cdk.asked import CdkAsked, asks

if TYPE_CHECKING:
    from deployer.cdk_adapter.target import Target
    from deployer.cli.cdk.release import Job
    from deployer.cli.paper import Line


@click.command("verify", short_help="Compare the aliases with the targets that were deployed.")
@asks
def command(asked: CdkAsked) -> int:
    """Compare each alias with its target, after `cdk deploy` and from the same commit: CloudFormation sees no drift."""
    from deployer.cli import document
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.release import complain_of, jobs_for
    from deployer.cli.exits import worst
    from deployer.cli.paper import write

    project = Project.find(asked)
    targets = project.targets()
    jobs = jobs_for(project, asked)
    for job in jobs:
        release = job.selected.release
        target = targets.of(release.function_name, release.alias_name)
        job.attempt(lambda job=job, target=target: _verify(job, target))  # type: ignore[misc]  # mypy cannot type bound defaults
    code = worst(job.exit for job in jobs)
    if asked.json:
        document.emit("cdk verify", code, {"functions": [_data(job) for job in jobs]})
    else:
        write(_lines(jobs))
    complain_of(jobs)
    return code


def _verify(job: Job, target: Target | None) -> None:
    """Raises MissingTarget, and Moved."""
    from deployer.cdk_adapter.rendering import MissingTarget

    if target is None:
        raise MissingTarget(job.selected.release.function_name, job.selected.release.alias_name)
    job.after = job.at_lambda.verify(target)


def _lines(jobs: Sequence[Job]) -> Iterator[Line]:
    from deployer.cli import words
    from deployer.cli.cdk.release import heading

    for job in jobs:
        if job.after is not None:
            yield heading(job.selected)
            yield from words.traffic("now", job.after.state)
            yield words.row("verified", "as its target says")


def _data(job: Job) -> dict[str, Any]:
    from deployer.cli.cdk.release import about, outcome_data

    return {**about(job.selected), **outcome_data(job)}
