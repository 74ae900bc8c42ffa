"""`deployer cdk deploy`."""

from __future__ import annotations

import click

from deployer.cli.asked import adopt_option, yes_option
from deployer.cli.cdk.asked import CdkAsked, again_option, asks


@click.command("deploy", short_help="Plan, deploy the stacks with the CDK CLI, and verify.")
@again_option
@yes_option
@adopt_option
@asks
def command(asked: CdkAsked, *, again: bool, yes: bool, adopt: bool) -> int:
    """Plan, deploy the stacks of the selected releases with the CDK CLI, and verify the aliases, in one go.

    Stacks that these depend on are not deployed with them.
    """
    from deployer.cli.cdk.deployment import deploy
    from deployer.cli.cdk.project import Project
    from deployer.core import Deploy

    return deploy(asked, Project.find(asked), Deploy(again=again, adopt=adopt), yes=yes)
