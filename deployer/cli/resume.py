"""`deployer resume`."""

from __future__ import annotations

import click

from deployer.cli.asked import Asked, asks, yes_option


@click.command("resume", short_help="Let the alias go forward again.")
@yes_option
@asks
def command(asked: Asked, *, yes: bool) -> int:
    """Take the alias off hold. A weight that somebody else has set becomes a step of the release, from now on.

    Repeated, it does nothing.
    """
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import select
    from deployer.core import Resume

    return carry_out("resume", asked, jobs_for(asked, select(asked)), requesting(Resume()), yes=yes)
