"""One alias of one function that a stack deploys, and where it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deployer import provenance
from deployer.aws.alias import Alias, AliasSeen
from deployer.aws.clock import Clock
from deployer.aws.failure import Unsettled
from deployer.aws.function import Function
from deployer.aws.session import Session
from deployer.aws.stack import Stack
from deployer.aws.version import Versions
from deployer.aws.waiting import Patience
from deployer.cdk_adapter.deployed import Deployed, held_version
from deployer.cdk_adapter.preflight import Release
from deployer.cdk_adapter.template import Template
from deployer.core import Situation


@dataclass(frozen=True, kw_only=True)
class Site:
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
    new_operation_id: Callable[[], str] = provenance.new_operation_id

    @property
    def clock(self) -> Clock:
        """AWS's time, as far as its answers have told it."""
        return self.session.timekeeper

    def look(self) -> AliasSeen:
        """The alias as it stands, in the right account."""
        seen = self.alias.read()
        if seen.arn is None:
            self.session.guard_absent()
        else:
            self.session.guard(seen.arn)
        return seen

    def deployed(self) -> Deployed:
        """What the stack holds, and the function's versions by their Descriptions; no contents yet."""
        stack = self.stack.read()
        return Deployed(stack.template, stack.resources, self.versions.descriptions())

    def situation(self, alias: AliasSeen, deployed: Deployed | None = None) -> Situation:
        """What the core decides from."""
        new = None if deployed is None else held_version(self.release, deployed)
        return Situation(alias.state, alias.description, alias_arn=alias.arn or self.alias_arn, new=new)

    def unsettled(self) -> Unsettled:
        """Why nothing can be decided while Lambda has a move of its own under way."""
        problem = "Lambda is moving provisioned concurrency"
        return Unsettled(f"plan for {self.alias.called}", problem, "run the command again when it has ended")

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
