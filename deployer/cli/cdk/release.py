"""The verbs that decide: for all releases first, and only then are the targets written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deployer.aws.alias import AliasSeen
from deployer.aws.session import Session
from deployer.cdk_adapter.assembly import Place
from deployer.cdk_adapter.rendering import TARGETS
from deployer.cdk_adapter.target import Target, target_data
from deployer.cli import document, words
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.project import Project
from deployer.cli.cdk.selection import Selected, select
from deployer.cli.commands import Commands
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit, exit_of, worst
from deployer.cli.paper import Line, Span, Tone, line, write
from deployer.core import Decision, Refusal, Request
from deployer.core.wire import decision_data, state_data
from deployer.stack_release import Resolved, StackRelease

_NAMES: Final = frozenset({"deploy", "plan", "route", "promote", "rollback", "verify"})


@dataclass(slots=True)
class Job:
    """One release, and how far the command came with it."""

    selected: Selected
    at_lambda: StackRelease
    resolved: Resolved | None = None
    after: AliasSeen | None = None
    error: BaseException | None = None

    @property
    def decision(self) -> Decision | None:
        """What was decided, or why the template cannot say it; None when an error came before."""
        if self.resolved is None:
            return None
        target = self.resolved.target
        return target if isinstance(target, Refusal) else self.resolved.decision

    @property
    def target(self) -> Target | None:
        """What the template is to say, where there is something."""
        target = None if self.resolved is None else self.resolved.target
        return target if isinstance(target, Target) else None

    @property
    def exit(self) -> Exit:
        """How the command would end with this release alone."""
        if self.error is not None:
            return exit_of(self.error)
        return Exit.REFUSED if isinstance(self.decision, Refusal) else Exit.DONE

    def decide(self, request: Request) -> None:
        """Decide; what was not chosen stays as it is."""
        self.resolved = self.at_lambda.prepare(request) if self.selected.chosen else self.at_lambda.hold()

    def attempt(self, step: Callable[[], None]) -> bool:
        """Take one step; an error is kept, to be told at the end with what was done before it."""
        try:
            step()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # kept, told, and made an exit code
            self.error = error
        return self.error is None


def jobs_for(project: Project, asked: CdkAsked) -> list[Job]:
    """Synthesize for planning, and a job for each release of the stacks that were asked for.

    Raises what App and select raise, and AgnosticStack.
    """
    # One session for all releases of a place, as its clients take time to make.
    sessions: dict[Place, Session] = {}
    jobs = []
    for one in select(project.app.planned(), asked):
        place = one.stack.place
        jobs.append(_job(one, place, sessions.setdefault(place, Session(place.region, place.account))))
    return jobs


def _job(selected: Selected, place: Place, session: Session) -> Job:
    release = StackRelease(
        stack_name=selected.stack.name,
        release=selected.release,
        template=selected.stack.template,
        session=session,
        account=place.account,
        region=place.region,
    )
    return Job(selected, release)


def decide(jobs: Iterable[Job], request: Request) -> Exit:
    """Decide for every release; one that cannot be looked at does not hide the others."""
    done = []
    for job in jobs:
        job.attempt(lambda job=job: job.decide(request))  # type: ignore[misc]  # mypy cannot type a bound default
        done.append(job)
        if job.exit is Exit.INTERRUPTED:
            break
    return worst(job.exit for job in done)


def write_targets(command: str, asked: CdkAsked, project: Project, jobs: list[Job], request: Request) -> Exit:
    """Decide for all, write the targets if all can be carried out, and tell."""
    code = decide(jobs, request)
    if code is Exit.DONE:
        project.keep(decided(jobs))
    if asked.json:
        members = {"targets": str(project.targets_file) if code is Exit.DONE else None}
        document.emit(command, code, {"functions": [job_data(job) for job in jobs], **members})
    else:
        for job in jobs:
            write(lines(job))
        if code is Exit.DONE:
            write(_next(project, jobs))
    complain_of(jobs)
    return code


def decided(jobs: Iterable[Job]) -> list[Target]:
    """The targets of all releases."""
    return [job.target for job in jobs if job.target is not None]


def complain_of(jobs: Iterable[Job]) -> None:
    """Tell of the errors."""
    for job in jobs:
        if job.error is not None:
            complain(job.error)


def heading(selected: Selected) -> Line:
    """Which function, where."""
    release, stack = selected.release, selected.stack
    environment = f" in {release.environment}" if release.environment else ""
    where = f", stack {stack.path}, alias {release.alias_name}, {stack.place.account}, {stack.place.region}"
    return line(Span(release.function_name, Tone.STRONG), environment + where)


def commands_for(job: Job) -> Commands:
    """The commands that are about one release."""
    release = job.selected.release
    return Commands(release.environment, (release.function_name,), group="deployer cdk", names=_NAMES)


def lines(job: Job) -> Iterator[Line]:
    """What the template will say, or why it cannot."""
    if job.resolved is not None and job.decision is not None:
        yield heading(job.selected)
        alias = job.selected.release.alias_name
        yield from words.decision_lines(job.decision, alias, job.resolved.alias.state, commands_for(job))
        if not job.selected.chosen:
            yield words.row("note", "was not asked for, but is in the same stack, and stays as it is")


def _next(project: Project, jobs: Sequence[Job]) -> Iterator[Line]:
    file = os.path.relpath(project.targets_file, project.directory)
    yield line(Span("targets", Tone.STRONG), f" written to {project.targets_file.name}")
    yield words.row(
        "next", f"`cdk deploy {' '.join(stack_paths(jobs))} -c {TARGETS}={file}`, then `deployer cdk verify`"
    )


def stack_paths(jobs: Iterable[Job]) -> tuple[str, ...]:
    """The stacks, as the CDK CLI calls them."""
    return tuple(dict.fromkeys(job.selected.stack.path for job in jobs))


def job_data(job: Job) -> dict[str, Any]:
    """One release's part of the document."""
    data = {**about(job.selected), **outcome_data(job)}
    if job.resolved is not None and job.decision is not None:
        data["decision"] = decision_data(job.decision)
        data["before"] = state_data(job.resolved.alias.state)
    if job.target is not None:
        data["target"] = target_data(job.target)
    return data


def outcome_data(job: Job) -> dict[str, Any]:
    """How it ended: the alias as it was found afterwards, or the error."""
    data: dict[str, Any] = {"exit_code": int(job.exit)}
    if job.after is not None:
        data["after"] = state_data(job.after.state)
    if job.error is not None:
        data["error"] = document.error_data(job.error)
    return data


def about(selected: Selected) -> dict[str, Any]:
    """Which function, where."""
    return {
        "function_name": selected.release.function_name,
        "environment": selected.release.environment,
        "alias": selected.release.alias_name,
        "stack": selected.stack.path,
    }
