"""`deployer cdk import`, in a file of another name, as `import` is a word of the language."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

import click

from deployer.cli.cdk.asked import CdkAsked, asks

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.cdk_adapter.importing import Identifiers
    from deployer.cli.cdk.job import Job
    from deployer.cli.cdk.project import Project
    from deployer.cli.paper import Line

MAPPING_FILE: Final = "deployer-import.json"


@click.command("import", short_help="Write targets that take functions into a stack as they are, for cdk import.")
@asks
def command(asked: CdkAsked) -> int:
    """Take what `deployer deploy` has released into a stack as it is: write what `cdk import` needs.

    That is a target that says what the alias shows and publishes nothing, and a file that tells which function, alias
    and role are meant. Nothing is written at AWS, and the import moves no traffic. One stack at a time.
    """
    from deployer.cdk_adapter.importing import write_identifiers
    from deployer.cli.cdk.jobs import for_each, jobs_for
    from deployer.cli.cdk.project import Project
    from deployer.cli.cdk.release import decided
    from deployer.cli.cdk.report import none_done, tell
    from deployer.cli.exits import Exit

    project = Project.find(asked)
    project.kept()  # it can be written at the end, then
    jobs = jobs_for(project, asked)
    _see_one_stack(jobs)
    code = for_each(jobs, lambda job: job.prepare_import())
    mapping = project.targets_file.with_name(MAPPING_FILE)
    done = code is Exit.DONE
    if done:
        write_identifiers(mapping, _identifiers(jobs))
        project.keep(decided(jobs))
    files = {"targets": str(project.targets_file), "resource_mapping": str(mapping)}
    told = chain(
        _lines(jobs), _next(asked, project, mapping, jobs) if done else (none_done("no targets were written"),)
    )
    tell(asked, "cdk import", code, jobs, told, **(files if done else dict.fromkeys(files)))
    return code


def _see_one_stack(jobs: Sequence[Job]) -> None:
    """The CDK CLI imports into one stack at a time. Raises UsageError."""
    from deployer.cli.cdk.jobs import stack_paths
    from deployer.config.suggest import listed

    paths = stack_paths(jobs)
    if len(paths) > 1:
        raise click.UsageError(f"one stack is imported into at a time; say which with --stack: {listed(paths, 'or')}")


def _identifiers(jobs: Sequence[Job]) -> Identifiers:
    return {name: one for job in jobs for name, one in job.identifiers.items()}


def _lines(jobs: Sequence[Job]) -> Iterator[Line]:
    """What is there and comes into the stack, or why it cannot."""
    from deployer.cli import words
    from deployer.cli.cdk.report import heading, lines
    from deployer.core import Refusal

    for job in jobs:
        if not job.identifiers or isinstance(job.decision, Refusal):
            yield from lines(job)
        elif job.before is not None:
            yield heading(job.selected)
            yield from words.traffic("now", job.before.state)
            for index, (name, one) in enumerate(job.identifiers.items()):
                yield words.row("" if index else "to import", f"{', '.join(one.values())} as {name}")


def _next(asked: CdkAsked, project: Project, mapping: Path, jobs: Sequence[Job]) -> Iterator[Line]:
    from deployer.cli import words
    from deployer.cli.cdk.jobs import stack_paths
    from deployer.cli.cdk.release import cli_call
    from deployer.cli.paper import Span, Tone, line

    yield line(
        Span("targets", Tone.STRONG), f" written to {project.targets_file.name}, what to import to {mapping.name}"
    )
    there = os.path.relpath(mapping, project.directory)
    by_cli = cli_call(project, "import", *stack_paths(jobs), "--resource-mapping", there)
    yield words.row("first", f"`{asked.typed('check')}` and `{by_cli}`")
    yield words.row("then", f"`{asked.typed('verify')}`")
    yield words.row("last", f"give the function another description, and `{asked.typed('deploy', '--adopt')}`")
