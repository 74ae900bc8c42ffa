"""`deployer cdk route`."""

from __future__ import annotations

import click

from deployer.cli.asked import PERCENT, PUBLISHED, VERSION
from deployer.cli.cdk.asked import CdkAsked, asks
from deployer.cli.route import routing_request
from deployer.core.percent import Percent
from deployer.core.version import Published, Version


@click.command("route", short_help="Write targets with traffic set by hand.")
@click.argument("version1", type=VERSION)
@click.argument("version2", type=PUBLISHED, required=False)
@click.argument("weight", type=PERCENT, required=False)
@asks
def command(asked: CdkAsked, *, version1: Version, version2: Published | None, weight: Percent | None) -> int:
    """Write the target that has VERSION1 alone, or with VERSION2 having WEIGHT percent of the traffic.

    Both versions must exist. Nothing is written at AWS.
    """
    request = routing_request(version1, version2, weight)
    from deployer.cli.cdk.jobs import jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.release import write_targets
    from deployer.cli.cdk.selection import only

    project = Project.find(asked)
    jobs = jobs_for(project, asked)
    only((job.selected for job in jobs), "route")
    return write_targets("cdk route", asked, project, jobs, request)
