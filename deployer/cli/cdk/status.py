"""`deployer cdk status`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.cdk.asked import CdkAsked, asks

if TYPE_CHECKING:
    from deployer.cli.cdk.job import Job
    from deployer.cli.paper import Line


@click.command("status", short_help="Show who has which share of the traffic.")
@asks
def command(asked: CdkAsked) -> int:
    """Show each alias: who has which share, since when, by what, and what comes next. One call each.

    The app is synthesized, as it names the functions. Nothing is written, and no file of targets is read.
    """
    from deployer.cli.cdk.jobs import for_each, jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.report import tell

    jobs = [job for job in jobs_for(Project.find(asked), asked) if job.selected.chosen]
    code = for_each(jobs, lambda job: job.look())
    tell(asked, "cdk status", code, jobs, _lines(jobs), data=_data)
    return code


def _lines(jobs: Sequence[Job]) -> Iterator[Line]:
    from deployer.cli.cdk.report import heading
    from deployer.cli.status import status_lines

    for job in jobs:
        if job.status is not None:
            yield heading(job.selected)
            yield from status_lines(job.status, job.selected.release.policy, job.commands)


def _data(job: Job) -> dict[str, Any]:
    from deployer.cli.cdk.report import about, outcome_data
    from deployer.cli.status import status_data

    shown = {} if job.status is None else status_data(job.status)
    return {**about(job.selected), **outcome_data(job), **shown}
