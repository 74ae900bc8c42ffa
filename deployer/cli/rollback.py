"""`deployer rollback`."""

from __future__ import annotations

import click

from deployer.cli.asked import PUBLISHED, Asked, adopt_option, asks, yes_option
from deployer.core.version import Published


@click.command("rollback", short_help="Go back to the version before, at once.")
@click.option("--to", type=PUBLISHED, metavar="VERSION", help="A version further back.")
@yes_option
@adopt_option
@asks
def command(asked: Asked, *, to: Published | None, adopt: bool, yes: bool) -> int:
    """Put the version that the release comes from alone on the alias, or the one that was stable before, at once.

    Repeated with nothing released since, it does nothing, so that a retry is safe. Of several functions, one that
    cannot go back does not hold up the others.
    """
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import only, select_nevertheless
    from deployer.core import Rollback

    selected = select_nevertheless(asked)
    if to is not None:
        only(selected, "--to")
    return carry_out("rollback", asked, jobs_for(asked, selected), requesting(Rollback(to=to, adopt=adopt)), yes=yes)
