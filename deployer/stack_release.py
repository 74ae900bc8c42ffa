"""Releases through a CloudFormation stack: the same core decides, CDK renders, CloudFormation carries it out.

`prepare` says what the template must say, as a Target; the app is synthesized with it and deployed by the CDK CLI; then
`verify` compares the alias with it, as CloudFormation does not see what others did to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from deployer import provenance
from deployer.aws.alias import Alias, AliasSeen
from deployer.aws.clock import Clock, SystemClock
from deployer.aws.environment import is_hidden
from deployer.aws.failure import Moved, Unsettled
from deployer.aws.function import Function
from deployer.aws.rival import in_words
from deployer.aws.session import Session
from deployer.aws.stack import NO_STACK, Stack, StackSeen
from deployer.aws.version import Versions
from deployer.aws.waiting import Patience
from deployer.cdk_adapter.deployed import Deployed, to_read, wanted_version
from deployer.cdk_adapter.importing import Identifiers, Physical, Subject, resolve_import, subjects
from deployer.cdk_adapter.preflight import Release, deployed_version, versions_in
from deployer.cdk_adapter.rendering import OtherCode
from deployer.cdk_adapter.resolution import publishes_new, resolve
from deployer.cdk_adapter.target import Target
from deployer.cdk_adapter.template import Template
from deployer.core import (
    LATEST,
    NEW,
    Absent,
    Await,
    Content,
    Decision,
    Deploy,
    Latest,
    New,
    Plan,
    Published,
    Reason,
    Refusal,
    Request,
    Routing,
    Settling,
    Situation,
    Stable,
    Through,
    VersionFacts,
    Write,
    plan,
)
from deployer.core.fitness import Fitness, fit
from deployer.core.memory import resolve_routing

Facts: TypeAlias = dict[Published | New, VersionFacts | None]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was decided for one alias, and what the template must say for it; `target` is a Refusal where it cannot."""

    release: Release
    alias: AliasSeen
    decision: Decision
    target: Target | Refusal
    deployed: Deployed = field(default_factory=Deployed)


@dataclass(frozen=True, slots=True)
class ResolvedImport:
    """What was decided for an alias that comes into the stack as it is, and by what the import finds it."""

    resolved: Resolved
    identifiers: Identifiers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StackRelease:
    """One alias of one function that a stack deploys.

    `template` is what would be deployed, rendered for planning; `release` is how it tells of the alias (see
    `deployer.cdk_adapter.preflight`). `account` and `region` are where the stack goes.
    """

    stack_name: str
    release: Release
    template: Template
    session: Session
    account: str
    region: str
    clock: Clock = field(default_factory=SystemClock)
    new_operation_id: Callable[[], str] = provenance.new_operation_id

    def prepare(self, request: Request) -> Resolved:
        """Look at the alias, its versions and the stack, and decide. Writes nothing.

        Raises AwsFailure where AWS stands in the way, and UnreadableStack for a stack that is not as we render it.
        """
        alias, deployed = self._look(), self._deployed()
        situation = self._situation(alias)
        wanted = wanted_version(self.release, deployed, situation) if isinstance(request, Deploy) else None
        decision = plan(
            situation,
            request,
            replace(self.release.policy, through=Through.STACK),
            wanted,
            now=int(self.clock.now()),
            operation_id=self.new_operation_id(),
        )
        decision = self._fitting(decision, alias)
        if publishes_new(decision):
            deployed = replace(deployed, contents=self._contents(to_read(self.release, deployed)))
        adopt = isinstance(request, Deploy) and request.adopt
        target = resolve(self.release, decision, situation, deployed, self.template, adopt=adopt)
        return Resolved(self.release, alias, decision, self._bound(target, alias), deployed)

    def hold(self) -> Resolved:
        """Look, and decide that the alias stays as it is, while others of its stack are released.

        The target is a Refusal where the stack, which is deployed as a whole, would release this one too.
        """
        alias, deployed = self._look(), self._deployed()
        match alias.state:
            case Absent():
                return Resolved(self.release, alias, Plan(), _not_without(self.release))
            case Settling():
                raise _settling(self.alias.called)
            case _:
                target = resolve(self.release, Plan(), self._situation(alias), deployed, self.template)
                return Resolved(self.release, alias, Plan(), self._bound(target, alias), deployed)

    def prepare_import(self) -> ResolvedImport:
        """Look, and say what the template must say for an import to leave the alias as it is. Writes nothing.

        The target is a Refusal for an alias that cannot come into the stack, or that one has already.
        """
        alias, deployed = self._look(), self.stack.read()
        if isinstance(alias.state, Settling):
            raise _settling(self.alias.called)
        target = resolve_import(self.release, alias.state, alias.description)
        if isinstance(target, Refusal):
            return ResolvedImport(Resolved(self.release, alias, Plan(), target))
        there = Physical(alias.arn or self.alias_arn, self.release.function_name, self.function.settled().role)
        wanted = subjects(self.release, self.template, deployed.template, there)
        target = self._owned(wanted) or self._bound(target, alias)
        identifiers = {one.logical_id: one.identifiers for one in wanted}
        return ResolvedImport(Resolved(self.release, alias, Plan(), target), identifiers)

    def _owned(self, wanted: Iterable[Subject]) -> Refusal | None:
        """Why one of what is to be imported cannot be: a stack has it."""
        for one in wanted:
            owner = self.stack.owner_of(one.physical_id, one.type_name)
            if owner is not None:
                return one.owned_by(owner)
        return None

    def _bound(self, target: Target | Refusal, alias: AliasSeen) -> Target | Refusal:
        """The target, bound to the code that it was decided for, and to the alias that it was decided from."""
        if isinstance(target, Refusal):
            return target
        return replace(target, version_id=self.release.version_id, starts_from=alias.revision)

    def confirm(self, resolved: Resolved) -> None:
        """Look again before what was decided is deployed. Raises Moved when alias or stack is not as it was then."""
        now = self._look()
        if now != resolved.alias:
            raise self._moved(resolved.alias, now)
        if self.stack.read().template != resolved.deployed.template:
            raise self._not_now(f"somebody else deployed the stack {self.stack_name} in between")

    def check(self, target: Target) -> AliasSeen:
        """The alias, if it is still what the target was decided from, or shows already what it says.

        Raises Moved when it is something else, and OtherCode when the template is.
        """
        if target.version_id not in (None, self.release.version_id):
            raise OtherCode(target, self.release.version_id or "none")
        now, stack = self._look(), self.stack.read()
        done = _shows(now, self._routing_of(target, stack), target.description)
        if now.revision != target.starts_from and not done:
            # How the alias was then, the target does not tell; but whose run it is of, and the text that people wrote.
            raise self._moved(AliasSeen(Absent(), target.description), now)
        return now

    def _moved(self, seen: AliasSeen, now: AliasSeen) -> Moved:
        if isinstance(now.state, Absent):
            return self._not_now("somebody else deleted it in between")
        return self._not_now(f"somebody else changed it in between: it is now {in_words(seen, now)}")

    def _not_now(self, problem: str) -> Moved:
        advice = "plan again, which starts from what there is, and look at what that says"
        return Moved(f"deploy what was decided for {self.alias.called}", problem, advice)

    def _situation(self, alias: AliasSeen) -> Situation:
        return Situation(alias.state, alias.description, alias_arn=alias.arn or self.alias_arn)

    @property
    def alias_arn(self) -> str:
        """The alias's ARN, which needs no function to be known: name, account and region are."""
        partition = self.session.partition(self.region)
        name = f"{self.release.function_name}:{self.release.alias_name}"
        return f"arn:{partition}:lambda:{self.region}:{self.account}:function:{name}"

    @property
    def alias(self) -> Alias:
        """The alias at Lambda."""
        return Alias(self.session.lambda_client, self.release.function_name, self.release.alias_name)

    @property
    def versions(self) -> Versions:
        """The published versions at Lambda."""
        return Versions(self.session.lambda_client, self.release.function_name, Patience(self.clock))

    @property
    def function(self) -> Function:
        """`$LATEST` at Lambda."""
        return Function(self.session.lambda_client, self.release.function_name, Patience(self.clock))

    @property
    def stack(self) -> Stack:
        """The stack at CloudFormation."""
        return Stack(self.session.cloudformation_client, self.stack_name)

    def _look(self) -> AliasSeen:
        """The alias as it stands, in the right account."""
        seen = self.alias.read()
        if seen.arn is None:
            self.session.guard_absent()
        else:
            self.session.guard(seen.arn)
        return seen

    def _deployed(self) -> Deployed:
        stack = self.stack.read()
        return Deployed(stack.template, stack.resources, self.versions.descriptions())

    def _contents(self, versions: tuple[Published, ...]) -> dict[Published | Latest, Content]:
        """What these versions and `$LATEST` hold; nothing where there is nothing to compare."""
        latest = self.function.look() if versions else None
        if latest is None:
            return {}
        found: dict[Published | Latest, Mapping[str, Any]] = {LATEST: latest.configuration}
        for version in versions:
            seen = self.versions.look(version)
            if seen is not None:
                found[version] = seen.configuration
        return _comparable(found)

    def _fitting(self, decision: Decision, alias: AliasSeen) -> Decision:
        """The decision, once what the alias alone does not show has been looked at."""
        if not isinstance(decision, Plan):
            return decision
        if any(isinstance(action, Await) for action in decision.actions):
            raise _settling(self.alias.called)
        write = decision.write
        if write is None:
            return decision
        facts: Facts = {version: self._facts(version) for version in write.to_check if isinstance(version, Published)}
        asked = alias.arn is not None and write.minds_provisioned
        return fit(decision, Fitness(_with_new(write, facts), asked and self.alias.has_provisioned_concurrency()))

    def _facts(self, version: Published) -> VersionFacts | None:
        seen = self.versions.look(version)
        return None if seen is None else VersionFacts.of(version, seen.configuration)

    def verify(self, target: Target) -> AliasSeen:
        """The alias, compared with what was to come of `target`, and the stack's code.

        Raises Moved when either is something else.
        """
        now, stack = self.alias.read(), self.stack.read()
        doing = f"verify {self.alias.called}"
        if isinstance(now.state, Absent):
            raise Moved(doing, f"there is no such alias in {self.account}, {self.region}", self._where(stack))
        if not self._holds_code_of(target, stack):
            raise Moved(doing, _OTHER_CODE, "plan again, which starts from what there is, and deploy")
        routing = self._routing_of(target, stack)
        if _shows(now, routing, target.description):
            return now
        problem = f"the alias is {now.state}, and the deployed template says {routing}"
        if now.state == routing:
            problem = f"the alias is {now.state} as it should be, but its description is {now.description!r}"
        advice = (
            "somebody changed it by other means, which CloudFormation does not see: plan again and deploy, which "
            "starts from what there is"
        )
        raise Moved(doing, problem, advice)

    def _where(self, stack: StackSeen) -> str:
        """Why the alias may not be there."""
        if stack == NO_STACK:
            return (
                f"the stack {self.stack_name} is not there either: deploy it, or see whether it went to another place; "
                "the CDK CLI takes the region of AWS_REGION for CDK_DEFAULT_REGION"
            )
        return f"the stack {self.stack_name} is there: somebody deleted the alias, so plan again and deploy"

    def _of_target(self, target: Target) -> Release:
        """The release with the Version that the target was decided for, whatever is checked out now."""
        return replace(self.release, version_id=target.version_id or self.release.version_id)

    def _holds_code_of(self, target: Target, stack: StackSeen) -> bool:
        """Whether the stack has what a template with this target leaves there: its Version, or none at all."""
        if target.emits_version:
            return deployed_version(self._of_target(target), stack.resources) is not None
        return target.version_id is None or not any(versions_in(self.release, stack.template))

    def _routing_of(self, target: Target, stack: StackSeen) -> Routing:
        """What the alias shows once the stack is deployed with that target."""
        number = deployed_version(self._of_target(target), stack.resources)
        return target.routing if number is None else resolve_routing(target.routing, number)


_OTHER_CODE: Final = "the stack does not hold the code that the target was decided for"


def _shows(now: AliasSeen, routing: Routing, description: str) -> bool:
    """Whether the alias is as it was to be; right after a move Lambda itself may show the version that it left."""
    moving = isinstance(now.state, Settling) and routing == Stable(now.state.version1)
    return (now.state == routing or moving) and now.description == description


def _comparable(found: Mapping[Published | Latest, Mapping[str, Any]]) -> dict[Published | Latest, Content]:
    """The contents, without the environments where Lambda hides one: whoever deploys by CDK need not see them."""
    hidden = any(is_hidden(configuration) for configuration in found.values())
    contents = {}
    for version, configuration in found.items():
        shown = {name: value for name, value in configuration.items() if not (hidden and name == "Environment")}
        contents[version] = Content.of(shown)
    return contents


def _settling(called: str) -> Unsettled:
    problem = "Lambda is moving provisioned concurrency"
    return Unsettled(f"plan for {called}", problem, "run the command again when it has ended")


def _not_without(release: Release) -> Refusal:
    return Refusal(
        Reason.WOULD_PUBLISH,
        f"the stack holds {release.function_name} too, whose alias {release.alias_name} is not there yet, and "
        "deploying the stack would create it",
        "release both in one command: leave out --function",
    )


def _with_new(write: Write, facts: Facts) -> Facts:
    """The facts, and those of a version to come: as fit as the other, or Lambda refuses it and the stack rolls back."""
    if NEW not in write.to_check:
        return facts
    other = next((fact for fact in facts.values() if fact is not None), VersionFacts(NEW, role=""))
    return {**facts, NEW: VersionFacts(NEW, other.role, other.dead_letter)}
