"""`deployer hold`."""

from __future__ import annotations

import click

from deployer.cli.asked import Asked, asks


@click.command("hold", short_help="Let nothing go forward on the alias until it is resumed.")
@asks
def command(asked: Asked) -> int:
    """Put the alias on hold: neither `rollout` nor `tick`, `deploy` or `promote` takes it forward.

    No traffic moves, so nobody is asked. `rollback` and `route` are always possible, and end the hold. Repeated, it
    does nothing.
    """
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import select_nevertheless
    from deployer.core import Hold

    return carry_out("hold", asked, jobs_for(asked, select_nevertheless(asked)), requesting(Hold()), yes=True)
