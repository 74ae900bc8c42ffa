"""How a command on several functions went, and how to carry on with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.cli.exits import STOPPED, Exit, worst
from deployer.cli.job import Job
from deployer.cli.paper import Line, Span, Tone, line
from deployer.cli.words import row
from deployer.core import Deploy, Development, Promote, Request, Rollback


def code_of(jobs: Sequence[Job]) -> Exit:
    """The gravest code among them; but where one is left over after another has moved, none that invites a retry."""
    code = worst(job.exit for job in jobs)
    return Exit.HALF_WAY if _left_over(jobs) and code not in STOPPED else code


def summary(command: str, jobs: Sequence[Job]) -> Iterator[Line]:
    """Who came how far, and the way on."""
    yield line(Span("summary", Tone.STRONG))
    for result in dict.fromkeys(job.result for job in jobs):
        names = ", ".join(job.settings.function for job in jobs if job.result == result)
        yield row(result, "  ", names)
    yield from way_on(command, jobs)


def way_on(command: str, jobs: Sequence[Job]) -> Iterator[Line]:
    """The command that carries on with the rest, where repeating the one for all might do more than that."""
    if not _left_over(jobs):
        return
    rest = jobs[0].commands.about(job.settings.function for job in jobs if job.open)
    repeated = rest.typed(command, *_options(jobs))
    yield row("next", f"carry on with `{repeated}`; {_those_done(command, jobs[0])}")


def _left_over(jobs: Sequence[Job]) -> bool:
    return any(job.moved for job in jobs) and any(job.open for job in jobs)


def _those_done(command: str, job: Job) -> str:
    if command == "deploy" and not isinstance(job.settings.policy.strategy, Development):
        return "to those that are done, another deploy is the next step"
    return "those that are done are left as they are"


def _options(jobs: Sequence[Job]) -> Iterator[str]:
    """What the command was given for all functions alike."""
    request = next(job.prepared.request for job in jobs if job.prepared is not None)
    yield from _of(request)
    if isinstance(request, Deploy) and jobs[0].deployer.release is not None:
        yield from ("--release", jobs[0].deployer.release)


def _of(request: Request) -> Iterator[str]:
    if isinstance(request, Deploy) and request.again:
        yield "--again"
    if isinstance(request, Deploy | Promote | Rollback) and request.adopt:
        yield "--adopt"
