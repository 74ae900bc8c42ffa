"""`deployer cdk check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from deployer.cli.cdk.asked import CdkAsked, asks

if TYPE_CHECKING:
    from deployer.cli.cdk.job import Job
    from deployer.cli.paper import Line


@click.command("check", short_help="See whether the targets still fit, before cdk deploy.")
@asks
def command(asked: CdkAsked) -> int:
    """See whether each alias is still what its target starts from, and the code what it was decided for.

    For right before `cdk deploy`, which looks at neither. Nothing is written.
    """
    from deployer.cli.cdk.jobs import for_each, jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.report import tell

    project = Project.find(asked)
    targets = project.targets()
    jobs = jobs_for(project, asked)
    code = for_each(jobs, lambda job: job.check(targets))
    tell(asked, "cdk check", code, jobs, _lines(jobs))
    return code


def _lines(jobs: Sequence[Job]) -> Iterator[Line]:
    from deployer.cli import words
    from deployer.cli.cdk.report import lines

    for job in jobs:
        if job.found is not None:
            yield from lines(job)
            yield words.row("checked", "nothing has moved since this was decided")
