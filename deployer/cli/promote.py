"""`deployer promote`."""

from __future__ import annotations

import click

from deployer.cli.asked import Asked, adopt_option, asks, override_option, yes_option


@click.command("promote", short_help="Give the release under way all traffic, at once.")
@yes_option
@override_option
@adopt_option
@asks
def command(asked: Asked, *, adopt: bool, override: str | None, yes: bool) -> int:
    """Put version1 alone on the alias, at once, whatever the increments. Repeated, it does nothing."""
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import select
    from deployer.core import Promote

    request = Promote(adopt=adopt, override=override)
    return carry_out("promote", asked, jobs_for(asked, select(asked)), requesting(request), yes=yes)
