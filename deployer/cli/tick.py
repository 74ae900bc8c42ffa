"""`deployer tick`."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.asked import Asked, asks, override_option
from deployer.cli.watching.options import kept_options


@click.command("tick", short_help="Look once at a rollout, and take the one step that is due, if any.")
@click.option("--quiet", is_flag=True, help="Print nothing where nothing has happened, as for cron.")
@kept_options
@override_option
@asks
def command(asked: Asked, *, quiet: bool, events: Path | None, report: Path | None, override: str | None) -> int:
    """Carry a rollout on from wherever it stands: one look, at most one move of the alias, and no waiting.

    For cron and schedules: it exits with 6 while there is more to come, with 0 when nothing is under way, with 3 when
    it has rolled back, or the last release was, and with 4 when a person is needed. It needs no code, only what is on
    the alias. In protected environments too it asks nobody: it goes on with what somebody has agreed to begin.
    """
    from deployer.cli.job import jobs_for
    from deployer.cli.selection import select
    from deployer.cli.watching.job import RolloutJob, driven
    from deployer.cli.watching.kept import Kept
    from deployer.cli.watching.run import Watching
    from deployer.rollout.crew import Manner

    selected = driven(select(asked))
    jobs = [RolloutJob(job) for job in jobs_for(asked, selected)]
    kept = Kept(events=events, report=report)
    watching = Watching("tick", asked, Manner(override=override), kept, quiet=quiet)
    return watching.tick(jobs)
