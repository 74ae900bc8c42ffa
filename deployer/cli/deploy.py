"""`deployer deploy`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import Asked, adopt_option, again_option, asks, override_option, yes_option

if TYPE_CHECKING:
    from deployer.cli.selection import Selected

artifact_option = click.option(
    "--artifact", metavar="FILE", help="Release this zip, S3 address or image instead of building `code`."
)
release_option = click.option("--release", metavar="NAME", help="A name for the release, e.g. 1.4.0.")


@click.command("deploy", short_help="Release the code, or take the release under way one step further.")
@click.option(
    "--plan",
    "plan",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Carry out a plan that `deployer plan --out` wrote, if nothing has moved since.",
)
@artifact_option
@release_option
@again_option
@yes_option
@override_option
@adopt_option
@asks
def command(asked: Asked, *, plan: Path | None, yes: bool, **options: Any) -> int:
    """Push and publish what has changed, and put it on the alias: at once, or at the first canary increment.

    With a release under way, the same command takes its next step. With nothing changed it does nothing.
    """
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out, requesting
    from deployer.cli.selection import select
    from deployer.core import Deploy

    if plan is not None:
        return _from_file(asked, plan, yes=yes, **options)
    selected = select(asked)
    request = Deploy(**{name: options[name] for name in ("again", "adopt", "override")})
    more = source_of(selected, options["artifact"], options["release"])
    return carry_out("deploy", asked, jobs_for(asked, selected, **more), requesting(request), yes=yes)


def source_of(selected: tuple[Selected, ...], artifact: str | None, release: str | None) -> dict[str, Any]:
    """What a deploy brings that the configuration does not say, as fields of Deployer."""
    from deployer.cli.selection import only

    if artifact is None:
        return {"release": release}
    only(selected, "--artifact")
    if Path(artifact).is_dir():
        raise click.UsageError(f"--artifact {artifact} is a directory; name what `deployer package` wrote")
    return {"release": release, "code": artifact}


def _from_file(asked: Asked, path: Path, *, yes: bool, **options: Any) -> int:
    from deployer.cli.job import jobs_for
    from deployer.cli.release import carry_out
    from deployer.cli.selection import select
    from deployer.planfile import PlanFile

    for name in ("again", "adopt"):
        if options[name]:
            raise click.UsageError(f"--{name} is part of the plan: give it to `deployer plan --out`")
    file = PlanFile.read(path)
    _see_same(path, "environment", asked.environment, file.environment)
    for function in asked.functions:
        _see_same(path, "function", function, file.function)
    _see_same(path, "release", options["release"], file.release)
    _see_same(path, "artifact", options["artifact"], None if file.artifact is None else file.artifact.given)
    selected = select(replace(asked, environment=file.environment, functions=(file.function,)))
    return carry_out("deploy", asked, jobs_for(asked, selected, **file.brings), file.prepare, yes=yes)


def _see_same(path: Path, what: str, named: str | None, planned: str | None) -> None:
    if named is not None and named != planned:
        raise click.UsageError(f"{path} is a plan for {what} {planned or '(none named)'}, not {named}")
