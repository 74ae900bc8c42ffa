"""`deployer cdk rollback`."""

from __future__ import annotations

import click

from deployer.cli.asked import PUBLISHED, adopt_option
from deployer.cli.cdk.asked import CdkAsked, asks
from deployer.core.version import Published


@click.command("rollback", short_help="Write targets that go back to the version before.")
@click.option("--to", type=PUBLISHED, metavar="VERSION", help="A version further back.")
@adopt_option
@asks
def command(asked: CdkAsked, *, to: Published | None, adopt: bool) -> int:
    """Write targets that go back: to the version that the release comes from, or the one that was stable before.

    Nothing is written at AWS. Run it from the commit that is deployed, or from that of the version that it goes back
    to: CloudFormation pushes what the template holds.
    """
    from deployer.cli.cdk.jobs import jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.release import write_targets
    from deployer.cli.cdk.selection import only
    from deployer.core import Rollback

    project = Project.find(asked)
    jobs = jobs_for(project, asked)
    if to is not None:
        only((job.selected for job in jobs), "--to")
    return write_targets("cdk rollback", asked, project, jobs, Rollback(to=to, adopt=adopt))
