"""`deployer cdk promote`."""

from __future__ import annotations

import click

from deployer.cli.asked import adopt_option
from deployer.cli.cdk.asked import CdkAsked, asks


@click.command("promote", short_help="Write targets that give the release under way all traffic.")
@adopt_option
@asks
def command(asked: CdkAsked, *, adopt: bool) -> int:
    """Write targets that put version1 alone on the aliases, whatever the increments. Nothing is written at AWS."""
    from deployer.cli.cdk.jobs import jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.release import write_targets
    from deployer.core import Promote

    project = Project.find(asked)
    return write_targets("cdk promote", asked, project, jobs_for(project, asked), Promote(adopt=adopt))
