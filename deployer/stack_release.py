"""Releases through a CloudFormation stack: the same core decides, CDK renders, CloudFormation carries it out.

`prepare` says what the template must say, as a Target; the app is synthesized with it and deployed by the CDK CLI; then
`verify` compares the alias with it, as CloudFormation does not see what others did to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from deployer import provenance
from deployer.aws.alias import Alias, AliasSeen
from deployer.aws.clock import Clock, SystemClock
from deployer.aws.failure import Moved, Unsettled
from deployer.aws.session import Session
from deployer.aws.stack import Stack
from deployer.aws.version import Versions
from deployer.aws.waiting import Patience
from deployer.cdk_adapter.preflight import Release, Template, deployed_version
from deployer.cdk_adapter.resolution import Deployed, resolve, wanted_version
from deployer.cdk_adapter.target import Target
from deployer.core import (
    NEW,
    Absent,
    Await,
    Decision,
    Deploy,
    New,
    Plan,
    Published,
    Reason,
    Refusal,
    Request,
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
        adopt = isinstance(request, Deploy) and request.adopt
        target = resolve(self.release, decision, situation, deployed, self.template, adopt=adopt)
        return Resolved(self.release, alias, decision, target)

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
                return Resolved(self.release, alias, Plan(), target)

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
        """The alias, compared with what was to come of `target`. Raises Moved when it shows something else."""
        now = self.alias.read()
        number = deployed_version(self.release, self.stack.read().resources)
        routing = target.routing if number is None else resolve_routing(target.routing, number)
        moving = isinstance(now.state, Settling) and routing == Stable(now.state.version1)
        if (now.state == routing or moving) and now.description == target.description:
            return now
        problem = f"the alias is {now.state}, and the deployed template says {routing}"
        if now.state == routing:
            problem = f"the alias is {now.state} as it should be, but its description is {now.description!r}"
        advice = (
            "somebody changed it by other means, which CloudFormation does not see: plan again and deploy, which "
            "starts from what there is"
        )
        raise Moved(f"verify {self.alias.called}", problem, advice)


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
