"""`deployer cdk verify`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.cdk.asked import CdkAsked, asks

if TYPE_CHECKING:
    from deployer.cli.cdk.job import Job
    from deployer.cli.paper import Line


@click.command("verify", short_help="Compare the aliases with the targets that were deployed.")
@asks
def command(asked: CdkAsked) -> int:
    """Compare each alias and its stack with its target, after `cdk deploy`: CloudFormation sees no drift."""
    from deployer.cli.cdk.jobs import for_each, jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.report import tell

    project = Project.find(asked)
    targets = project.targets()
    jobs = jobs_for(project, asked)
    code = for_each(jobs, lambda job: job.verify(job.take(targets)))
    tell(asked, "cdk verify", code, jobs, _lines(jobs), data=_data)
    return code


def _lines(jobs: Sequence[Job]) -> Iterator[Line]:
    from deployer.cli import words
    from deployer.cli.cdk.report import heading

    for job in jobs:
        if job.after is not None:
            yield heading(job.selected)
            yield from words.traffic("now", job.after.state)
            yield words.row("verified", "as its target says")


def _data(job: Job) -> dict[str, Any]:
    from deployer.cli.cdk.report import about, outcome_data

    return {**about(job.selected), **outcome_data(job)}
