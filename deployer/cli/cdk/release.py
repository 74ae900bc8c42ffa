"""The verbs that decide: for all releases first, and only then are the targets written."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from deployer.aws.alias import AliasSeen
from deployer.cdk_adapter.rendering import TARGETS
from deployer.cdk_adapter.target import Target
from deployer.cli import words
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.job import Job
from deployer.cli.cdk.jobs import for_each, stack_paths
from deployer.cli.cdk.project import Project
from deployer.cli.cdk.report import lines, none_done, tell
from deployer.cli.exits import Exit
from deployer.cli.outlook import stays_off
from deployer.cli.paper import Line, Span, Tone, line
from deployer.core import Request


def decide(jobs: Iterable[Job], request: Request) -> Exit:
    """Decide for every release; one that cannot be looked at does not hide the others."""
    return for_each(jobs, lambda job: job.decide(request))


def write_targets(command: str, asked: CdkAsked, project: Project, jobs: list[Job], request: Request) -> Exit:
    """Decide for all, write the targets if all can be carried out, and tell.

    Raises InvalidTargets, for the file as it was, before AWS is asked.
    """
    project.kept()  # it can be written at the end, then
    code = decide(jobs, request)
    done = code is Exit.DONE
    if done:
        project.keep(decided(jobs))
    told = chain(*map(lines, jobs), _next(asked, project, jobs) if done else (none_done("no targets were written"),))
    tell(asked, command, code, jobs, told, targets=str(project.targets_file) if done else None)
    return code


def decided(jobs: Iterable[Job]) -> list[Target]:
    """The targets of all releases."""
    return [job.target for job in jobs if job.target is not None]


def _next(asked: CdkAsked, project: Project, jobs: Sequence[Job]) -> Iterator[Line]:
    """What carries the targets out, as it is typed."""
    by_cli = cli_call(project, "deploy", *stack_paths(jobs), "--exclusively")
    yield line(Span("targets", Tone.STRONG), f" written to {project.targets_file.name}")
    yield words.row("next", f"`{asked.typed('deploy', '--planned')}`")
    yield words.row("or", f"`{asked.typed('check')}`, `{by_cli}` and `{asked.typed('verify')}`")
    for job in jobs:
        if job.target is not None:
            there = job.site.situation(AliasSeen(job.target.routing, job.target.description))
            yield from stays_off("then", there, job.commands.typed("deploy", "--again"))
    written = {target.key for target in decided(jobs)}
    for index, target in enumerate(one for one in project.targets().targets if one.key not in written):
        yield words.row("" if index else "besides", f"the file holds {target}, written before")


def cli_call(project: Project, *words: str) -> str:
    """A call of the CDK CLI with the targets, as it is typed."""
    file = os.path.relpath(project.targets_file, project.directory)
    call = shlex.join((*project.cdk_words, *words, "-c", f"{TARGETS}={file}"))
    there = os.path.relpath(project.directory, Path.cwd())
    return call if there == os.curdir else f"(cd {shlex.quote(there)} && {call})"
