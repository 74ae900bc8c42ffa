"""How the rollouts of several functions ended, and how to carry on with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.cli.exits import Exit
from deployer.cli.paper import Line, Span, Tone, line
from deployer.cli.watching.job import RolloutJob
from deployer.cli.words import row


def summary(command: str, jobs: Sequence[RolloutJob]) -> Iterator[Line]:
    """Who came how far; to those that are done, the same command does nothing."""
    yield line(Span("summary", Tone.STRONG))
    for result in dict.fromkeys(job.result for job in jobs):
        names = ", ".join(job.job.settings.function for job in jobs if job.result == result)
        yield row(result, "  ", names)
    rest = [job.job.settings.function for job in jobs if not job.begun or job.exit is not Exit.DONE]
    if command == "rollout" and 0 < len(rest) < len(jobs):
        typed = jobs[0].job.commands.about(rest).typed(command)
        yield row("next", f"`{typed}` carries on with the rest; those that are done are left as they are")
