"""`deployer cdk`, and the list of its commands."""

from __future__ import annotations

from typing import ClassVar, Final

import click

from deployer.cli.group import LazyGroup, Table

CDK_COMMANDS: Final[Table] = {
    "plan": ("deployer.cli.cdk.plan", "Decide what the aliases are to show, and write it for cdk synth."),
    "deploy": ("deployer.cli.cdk.deploy", "Plan, deploy the stacks with the CDK CLI, and verify."),
    "route": ("deployer.cli.cdk.route", "Write targets with traffic set by hand."),
    "promote": ("deployer.cli.cdk.promote", "Write targets that give the release under way all traffic."),
    "rollback": ("deployer.cli.cdk.rollback", "Write targets that go back to the version before."),
    "status": ("deployer.cli.cdk.status", "Show who has which share of the traffic."),
    "import": (
        "deployer.cli.cdk.importing",
        "Write targets that take functions into a stack as they are, for cdk import.",
    ),
    "check": ("deployer.cli.cdk.check", "See whether the targets still fit, before cdk deploy."),
    "verify": ("deployer.cli.cdk.verify", "Compare the aliases with the targets that were deployed."),
}


class CdkGroup(LazyGroup):
    """The commands of `deployer cdk`."""

    table: ClassVar[Table] = CDK_COMMANDS


@click.group("cdk", cls=CdkGroup, short_help="Release functions that a CDK app deploys.")
def command() -> None:
    """Release functions that a CDK app deploys: what the aliases are to show is decided before synth.

    `plan`, `rollback`, `promote` and `route` write it into a file of targets; `deploy --planned` carries that out. By
    hand: `check` looks whether it still fits, the CDK CLI deploys with it (`-c deployer:targets=FILE`), and `verify`
    looks whether it came true. `deploy` alone does all from plan to verify, and `status` only looks. See docs/cdk.md.
    """
