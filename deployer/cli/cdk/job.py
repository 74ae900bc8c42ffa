"""One release of an app, how far a command came with it, and how that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from deployer.aws.alias import AliasSeen
from deployer.aws.session import Session
from deployer.cdk_adapter.assembly import Place
from deployer.cdk_adapter.importing import Identifiers
from deployer.cdk_adapter.rendering import MissingTarget
from deployer.cdk_adapter.target import Target, Targets, target_data
from deployer.cli import document, words
from deployer.cli.cdk.asked import CdkAsked
from deployer.cli.cdk.project import Project
from deployer.cli.cdk.selection import Selected, select
from deployer.cli.commands import Commands
from deployer.cli.complaint import complain
from deployer.cli.exits import STOPPED, Exit, exit_of, worst
from deployer.cli.paper import Line, Span, Tone, line
from deployer.core import Decision, Refusal, Request
from deployer.core.wire import decision_data, state_data
from deployer.stack import confirmation, decision, importing, verification
from deployer.stack.resolved import Resolved
from deployer.stack.site import Site

_NAMES: Final = frozenset({"check", "deploy", "import", "plan", "route", "promote", "rollback", "verify"})


@dataclass(slots=True)
class Job:
    """One release, and how far the command came with it.

    Its target is decided now, and in `resolved`, or was written before: `planned`, with the alias as it is `found` now.
    `identifiers` are those of what is to be imported.
    """

    selected: Selected
    site: Site
    commands: Commands
    resolved: Resolved | None = None
    planned: Target | None = None
    found: AliasSeen | None = None
    identifiers: Identifiers = field(default_factory=dict)
    after: AliasSeen | None = None
    error: BaseException | None = None

    @property
    def decision(self) -> Decision | None:
        """What was decided, or why the template cannot say it; None when an error came before, or all was before."""
        if self.resolved is None:
            return None
        target = self.resolved.target
        return target if isinstance(target, Refusal) else self.resolved.decision

    @property
    def target(self) -> Target | None:
        """What the template is to say, where there is something."""
        target = self.planned if self.resolved is None else self.resolved.target
        return target if isinstance(target, Target) else None

    @property
    def before(self) -> AliasSeen | None:
        """The alias as it was before anything was done, where it was looked at."""
        return self.found if self.resolved is None else self.resolved.alias

    @property
    def exit(self) -> Exit:
        """How the command would end with this release alone."""
        if self.error is not None:
            return exit_of(self.error)
        return Exit.REFUSED if isinstance(self.decision, Refusal) else Exit.DONE

    def decide(self, request: Request) -> None:
        """Decide; what was not chosen stays as it is."""
        self.resolved = decision.prepare(self.site, request) if self.selected.chosen else decision.hold(self.site)

    def prepare_import(self) -> None:
        """Take it into its stack as it is; what was not chosen stays as it is."""
        if not self.selected.chosen:
            self.resolved = decision.hold(self.site)
            return
        found = importing.prepare_import(self.site)
        self.resolved, self.identifiers = found.resolved, found.identifiers

    def take(self, targets: Targets) -> Target:
        """Its target of those that were written. Raises MissingTarget."""
        release = self.selected.release
        self.planned = targets.of(release.function_name, release.alias_name)
        if self.planned is None:
            raise MissingTarget(release.function_name, release.alias_name)
        return self.planned

    def check(self, targets: Targets) -> None:
        """Look whether its target can be carried out. Raises MissingTarget, OtherCode and Moved."""
        self.found = confirmation.check(self.site, self.take(targets))

    def look_again(self) -> None:
        """See that nothing has moved since it was decided, or checked. Raises Moved."""
        if self.resolved is not None:
            confirmation.confirm(self.site, self.resolved)
        elif self.planned is not None:
            confirmation.check(self.site, self.planned)

    def verify(self, target: Target) -> None:
        """See whether the target came true. Raises Moved."""
        self.after = verification.verify(self.site, target)

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
        job.attempt(lambda job=job: step(job))  # type: ignore[misc]  # mypy cannot type a bound default
        done.append(job)
        if job.exit in STOPPED:
            break
    return worst(job.exit for job in done)


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


def lines(job: Job) -> Iterator[Line]:
    """What the template will say, or why it cannot."""
    if job.before is None:
        return
    yield heading(job.selected)
    if job.decision is not None:
        alias = job.selected.release.alias_name
        yield from words.decision_lines(job.decision, alias, job.before.state, job.commands)
        if not job.selected.chosen:
            yield words.row("note", "was not asked for, but is in the same stack, and stays as it is")
    elif job.planned is not None:
        yield from words.traffic("now", job.before.state)
        yield from words.traffic("then", job.planned.routing)


def stack_paths(jobs: Iterable[Job]) -> tuple[str, ...]:
    """The stacks, as the CDK CLI calls them."""
    return tuple(dict.fromkeys(job.selected.stack.path for job in jobs))


def job_data(job: Job) -> dict[str, Any]:
    """One release's part of the document."""
    data = {**about(job.selected), **outcome_data(job)}
    if job.decision is not None:
        data["decision"] = decision_data(job.decision)
    if job.before is not None:
        data["before"] = state_data(job.before.state)
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
