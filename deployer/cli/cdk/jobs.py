"""All releases that a command is about, and one step with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from deployer.aws.session import Session
from deployer.cdk_adapter.assembly import Place
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.group import CDK_COMMANDS
from deployer.cli.cdk.job import Job
from deployer.cli.cdk.project import Project
from deployer.cli.cdk.selection import Selected, select
from deployer.cli.commands import Commands
from deployer.cli.exits import STOPPED, Exit, worst
from deployer.stack.site import Site

_NAMES: Final = frozenset(CDK_COMMANDS)


def jobs_for(project: Project, asked: CdkAsked) -> list[Job]:
    """Synthesize for planning, and a job for each release of the stacks that were asked for.

    Raises what App and select raise, and AgnosticStack.
    """
    # One session for all releases of a place, as its clients take time to make.
    sessions: dict[Place, Session] = {}
    jobs = []
    for one in select(project.app.planned(), asked):
        place = one.stack.place
        session = sessions.setdefault(place, Session(place.region, place.account))
        jobs.append(Job(one, _site(one, place, session), _commands(one, asked)))
    return jobs


def _site(selected: Selected, place: Place, session: Session) -> Site:
    return Site(
        stack_name=selected.stack.name,
        release=selected.release,
        template=selected.stack.template,
        session=session,
        account=place.account,
        region=place.region,
    )


def _commands(selected: Selected, asked: CdkAsked) -> Commands:
    """The commands that are about one release, and the same file."""
    environment, function = selected.release.environment, selected.release.function_name
    return Commands(environment, (function,), asked.config, asked.targets, group="deployer cdk", names=_NAMES)


def for_each(jobs: Iterable[Job], step: Callable[[Job], None]) -> Exit:
    """Take one step with every release; one that fails does not hide the others."""
    done = []
    for job in jobs:
        job.attempt(step)
        done.append(job)
        if job.exit in STOPPED:
            break
    return worst(job.exit for job in done)


def stack_paths(jobs: Iterable[Job]) -> tuple[str, ...]:
    """The stacks, as the CDK CLI calls them."""
    return tuple(dict.fromkeys(job.selected.stack.path for job in jobs))
