"""`deployer rollout`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deployer.cli.asked import Asked, again_option, asks, override_option, yes_option
from deployer.cli.deploy import artifact_option, release_option
from deployer.cli.watching.options import every_option, kept_options


@click.command("rollout", short_help="Release the whole way: test, step, watch, and go back if it is worse.")
@kept_options
@click.option("--stay", is_flag=True, help="Go on watching while the rollout is on hold: it may still be rolled back.")
@every_option
@artifact_option
@release_option
@again_option
@yes_option
@override_option
@asks
def command(  # one for each option
    asked: Asked,
    *,
    events: Path | None,
    report: Path | None,
    every: float,
    override: str | None,
    stay: bool,
    **options: Any,
) -> int:
    """Push and publish what has changed, test it without traffic, and take it to all traffic, share by share.

    At each share it rests, and is judged against the version before; worse, it is rolled back at once. A rollout under
    way is carried on with, whoever began it, and on whichever machine. Ctrl-C leaves the alias as it is.
    """
    from deployer.cli.deploy import source_of
    from deployer.cli.job import jobs_for
    from deployer.cli.selection import select
    from deployer.cli.watching.job import RolloutJob, driven
    from deployer.cli.watching.kept import Kept
    from deployer.cli.watching.run import Watching
    from deployer.rollout.crew import Manner

    selected = driven(select(asked))
    more = source_of(selected, options["artifact"], options["release"])
    jobs = [RolloutJob(job) for job in jobs_for(asked, selected, **more)]
    manner = Manner(override=override, every=every, stay=stay)
    watching = Watching("rollout", asked, manner, Kept(events=events, report=report))
    return watching.roll_out(jobs, **{name: options[name] for name in ("yes", "again")})
