"""One release of an app, and how far a command came with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployer.aws.alias import AliasSeen
from deployer.aws.status import Status
from deployer.cdk_adapter.importing import Identifiers
from deployer.cdk_adapter.rendering import MissingTarget
from deployer.cdk_adapter.target import Target, Targets
from deployer.cli.attempt import Attempts
from deployer.cli.cdk.selection import Selected
from deployer.cli.commands import Commands
from deployer.cli.exits import Exit, exit_of
from deployer.core import Decision, Refusal, Request
from deployer.stack import confirmation, decision, importing, verification
from deployer.stack.resolved import Resolved
from deployer.stack.site import Site


@dataclass(slots=True)
class Job(Attempts):
    """One release, and how far the command came with it.

    Its target is decided now, and in `resolved`, or was written before: `planned`, with the alias as it is `found` now.
    `identifiers` are those of what is to be imported; `status` is what was looked at alone.
    """

    selected: Selected
    site: Site
    commands: Commands
    resolved: Resolved | None = None
    planned: Target | None = None
    found: AliasSeen | None = None
    identifiers: Identifiers = field(default_factory=dict)
    after: AliasSeen | None = None
    status: Status | None = None

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

    def look(self) -> None:
        """Look at the alias, and decide nothing. Raises TokenTooNew."""
        release = self.selected.release
        self.status = Status.of(release.function_name, release.alias_name, self.site.look())

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
            raise MissingTarget(release.function_name, release.alias_name, self.commands.typed("plan"))
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
