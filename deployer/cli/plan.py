"""`deployer plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import TO_WRITE, Asked, adopt_option, again_option, asks
from deployer.cli.deploy import artifact_option, release_option, source_of
from deployer.cli.exits import Exit, worst

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.cli.forecast import Forecast
    from deployer.cli.paper import Line


@click.command("plan", short_help="Show what deploy would do. Writes nothing.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to do.")
@click.option(
    "--out",
    metavar="FILE",
    type=TO_WRITE,
    help="Keep the plan for `deploy --plan`.",
)
@click.option("--rollout", is_flag=True, help="Show all deploys that it takes until the new version has all traffic.")
@artifact_option
@release_option
@again_option
@adopt_option
@asks
def command(asked: Asked, *, detailed_exitcode: bool, out: Path | None, **options: Any) -> int:
    """Show what `deploy` would do, step by step. Nothing is written at AWS.

    With --rollout, what `rollout` would do too: where it rests and for how long, what the new version has to pass, and
    who is told.
    """
    from deployer.cli.forecast import forecast, tell
    from deployer.cli.paper import write
    from deployer.cli.selection import only, select
    from deployer.cli.watching.means import see_means
    from deployer.core import Deploy

    selected = select(asked)
    see_means(selected)
    if out is not None:
        only(selected, "--out")
    request = Deploy(again=options["again"], adopt=options["adopt"])
    more = source_of(selected, options["artifact"], options["release"])
    forecasts = forecast(asked, selected, request, rollout=options["rollout"], **more)
    kept = out is not None and _keep(forecasts[0], out, options["artifact"])
    code = worst(seen.exit(detailed=detailed_exitcode) for seen in forecasts)
    tell(asked, forecasts, code, detailed=detailed_exitcode)
    if kept and out is not None and not asked.json:
        write(_usage(forecasts[0], out))
    return code


def _keep(seen: Forecast, out: Path, artifact: str | None) -> bool:
    """Write the plan file; a refusal is no plan. Whether it was written."""
    from deployer.planfile import PlanFile

    if seen.exit(detailed=False) is not Exit.DONE or seen.job.prepared is None:
        return False
    settings = seen.job.settings
    named = (settings.environment, settings.function, settings.function_name, settings.alias)
    PlanFile.of(*named, seen.job.prepared, artifact=artifact).write(out)
    return True


def _usage(seen: Forecast, out: Path) -> Iterator[Line]:
    """That the file is there, and the command that carries it out."""
    from deployer.cli.words import row

    yield row("written", str(out))
    command = seen.job.commands.typed_with_file("deploy", "--plan", str(out))
    yield row("next", f"`{command}` carries it out, if nothing has moved")
