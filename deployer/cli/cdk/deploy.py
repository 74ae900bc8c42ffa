"""`deployer cdk deploy`."""

from __future__ import annotations

import click

from deployer.cli.asked import adopt_option, again_option, yes_option
from deployer.cli.cdk.asked import CdkAsked, asks


@click.command("deploy", short_help="Plan, deploy the stacks with the CDK CLI, and verify.")
@click.option("--planned", is_flag=True, help="Decide nothing: carry out the targets that are in the file.")
@again_option
@yes_option
@adopt_option
@asks
def command(asked: CdkAsked, *, planned: bool, again: bool, yes: bool, adopt: bool) -> int:
    """Plan, deploy the stacks of the selected releases with the CDK CLI, and verify the aliases, in one go.

    With --planned, what `plan`, `rollback`, `promote` or `route` has written is carried out instead, unless something
    has moved since. Stacks that these depend on are not deployed with them.
    """
    if planned and (again or adopt):
        raise click.UsageError("--again and --adopt belong to the command that decides, and --planned decides nothing")
    from deployer.cli.cdk.deployment import deploy, deploy_planned
    from deployer.cli.cdk.project import Project
    from deployer.core import Deploy

    project = Project.find(asked)
    if planned:
        return deploy_planned(asked, project, yes=yes)
    return deploy(asked, project, Deploy(again=again, adopt=adopt), yes=yes)
