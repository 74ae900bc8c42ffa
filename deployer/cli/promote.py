"""`deployer promote`."""

from __future__ import annotations

import click

from deployer.cli.asked import Asked, adopt_option, asks, yes_option


@click.command("promote", short_help="Give the release under way all traffic, at once.")
@yes_option
@adopt_option
@asks
def command(asked: Asked, *, adopt: bool, yes: bool) -> int:
    """Put version1 alone on the alias, at once, whatever the increments. Repeated, it does nothing."""
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import select
    from deployer.core import Promote

    return carry_out("promote", asked, jobs_for(asked, select(asked)), requesting(Promote(adopt=adopt)), yes=yes)
