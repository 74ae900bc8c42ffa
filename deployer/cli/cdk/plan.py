"""`deployer cdk plan`."""

from __future__ import annotations

import click

from deployer.cli.asked import adopt_option, again_option
from deployer.cli.cdk.asked import CdkAsked, asks


@click.command("plan", short_help="Decide what the aliases are to show, and write it for cdk synth.")
@again_option
@adopt_option
@asks
def command(asked: CdkAsked, *, again: bool, adopt: bool) -> int:
    """Decide what the aliases are to show, and write it as targets. Nothing is written at AWS.

    The app is synthesized, and each alias, its versions and its stack are looked at. Where one release is refused, no
    target is written.
    """
    from deployer.cli.cdk.jobs import jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.release import write_targets
    from deployer.core import Deploy

    project = Project.find(asked)
    return write_targets("cdk plan", asked, project, jobs_for(project, asked), Deploy(again=again, adopt=adopt))
