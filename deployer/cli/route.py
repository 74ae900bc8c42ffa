"""`deployer route`."""

from __future__ import annotations

import click

from deployer.cli.asked import PERCENT, PUBLISHED, VERSION, Asked, asks, yes_option
from deployer.core.errors import InvalidValue
from deployer.core.percent import Percent
from deployer.core.request import Route
from deployer.core.state import Stable, Transition
from deployer.core.version import Published, Version


@click.command("route", short_help="Set the traffic by hand. Publishes nothing.")
@click.argument("version1", type=VERSION)
@click.argument("version2", type=PUBLISHED, required=False)
@click.argument("weight", type=PERCENT, required=False)
@yes_option
@asks
def command(asked: Asked, *, version1: Version, version2: Published | None, weight: Percent | None, yes: bool) -> int:
    """Put VERSION1 on the alias: alone, or with VERSION2 having WEIGHT percent of the traffic.

    Both versions must exist. $LATEST (in quotes, for the shell) goes alone, and in development environments only.
    """
    request = routing_request(version1, version2, weight)
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import only, select_nevertheless

    selected = select_nevertheless(asked)
    only(selected, "route")
    return carry_out("route", asked, jobs_for(asked, selected), requesting(request), yes=yes)


def routing_request(version1: Version, version2: Published | None, weight: Percent | None) -> Route:
    """What was asked for. Raises UsageError for what Lambda forbids."""
    if version2 is None:
        return Route(Stable(version1))
    if weight is None:
        raise click.UsageError(f"a second version comes with its weight in percent: route {version1} {version2} WEIGHT")
    try:
        # The constructor tells people what Lambda forbids, $LATEST beside a number among it.
        return Route(Transition(version1, version2, weight))  # type: ignore[arg-type]
    except InvalidValue as error:
        raise click.UsageError(str(error)) from error
