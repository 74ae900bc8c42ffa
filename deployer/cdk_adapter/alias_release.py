"""One alias of a function, on what was decided for it, and the Version of the template's present code."""

from __future__ import annotations

from typing import Final

from aws_cdk import Annotations, RemovalPolicy, Stack, Token
from aws_cdk.aws_lambda import Alias, Function, IVersion, Version, VersionWeight
from constructs import Construct

from deployer.cdk_adapter.deployed import MARK
from deployer.cdk_adapter.hashed import HashChecked, resource_of
from deployer.cdk_adapter.placement import refuse_nested
from deployer.cdk_adapter.planned_code import PlannedCode
from deployer.cdk_adapter.preflight import METADATA_KEY
from deployer.cdk_adapter.rendering import PLANNING, TARGETS, InvalidRelease, MissingTarget, Rendering
from deployer.cdk_adapter.target import InvalidTargets, Target, Targets
from deployer.core.state import Routing, Stable, Transition
from deployer.core.strategy import Policy, Strategy
from deployer.core.version import Latest, New, Published

# A Version's Description holds 256 characters, and its logical id ends with a hash of 32.
_LONGEST_ID: Final = 256 - len(MARK) - 32


class AliasRelease(Construct):
    """Renders the target of one alias. The same input gives the same template, as nothing is asked of AWS.

    function        a function of the same stack; its Version stays when CloudFormation has no more use for it
    function_name   what it is called at Lambda, as text: the alias is looked up by it before synth
    strategy        how the environment releases; of canaries those that restart or refuse on newer code
    protected       whether a transition that others began needs `--adopt`
    environment     what `deployer cdk plan --env` finds it by
    retry_attempts  for asynchronous calls through the alias, from 0 to 2; None leaves Lambda's own
    targets         None takes the file that the context key `deployer:targets` names

    Without a target that can be read, or with one for other code, the stack has an error, so that the CDK CLI refuses
    this stack and deploys the others of the app.
    Raises InvalidRelease for what could not be carried out.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # every construct calls it so
        *,
        function: Function,
        function_name: str,
        strategy: Strategy,
        alias_name: str = "LIVE",
        protected: bool = False,
        environment: str | None = None,
        retry_attempts: int | None = None,
        targets: Targets | None = None,
    ) -> None:
        super().__init__(scope, id)
        rendering = Rendering(function_name, alias_name, Policy(strategy, protected), environment)
        self._check(function, rendering)
        self.node.add_validation(HashChecked(function, function_name))
        target = self._target(rendering, targets)
        if target.version_id is not None:
            self.node.add_validation(PlannedCode(self, function, target))
        self._function = function
        self.version: Version | None = self._emit_version(rendering) if target.emits_version else None
        self.alias: Alias = self._render(target, retry_attempts)
        version_id = None if self.version is None else resource_of(self.version).logical_id
        metadata = rendering.metadata(resource_of(function).logical_id, version_id)
        resource_of(self.alias).add_metadata(METADATA_KEY, metadata)

    def _check(self, function: Function, rendering: Rendering) -> None:
        """Refuse a function whose releases would go astray."""
        if Token.is_unresolved(rendering.function_name) or Token.is_unresolved(rendering.alias_name):
            raise InvalidRelease("a function", "function_name and alias_name must be text that is known before synth")
        if not isinstance(function, Function):
            why = "give a Function that this app makes, of a VersionedFunction its .function; CDK publishes no other"
            raise InvalidRelease(rendering.name, why)
        refuse_nested(function, rendering.name)
        if Stack.of(function).node.addr != Stack.of(self).node.addr:
            raise InvalidRelease(rendering.name, "its function is in another stack; release it in the function's own")
        name = Stack.of(function).resolve(resource_of(function).function_name)
        if isinstance(name, str) and name != rendering.function_name:
            raise InvalidRelease(rendering.name, f"the function is called {name!r}: give that as function_name")

    def _target(self, rendering: Rendering, targets: Targets | None) -> Target:
        context = self.node.try_get_context
        try:
            return rendering.target(targets, planning=context(PLANNING), targets_file=context(TARGETS))
        except (InvalidTargets, MissingTarget) as error:
            # Not raised: the CLI synthesizes the whole app for any deploy, and the other stacks may have theirs.
            Annotations.of(self).add_error(str(error))
            return rendering.while_planning()

    def _emit_version(self, rendering: Rendering) -> Version:
        version = self._function.current_version
        if version.node.try_find_child("EventInvokeConfig") is not None:
            why = (
                "retry settings in current_version_options move from version to version, and the old one loses them "
                "while it still takes traffic: give retry_attempts to AliasRelease"
            )
            raise InvalidRelease(rendering.name, why)
        resource = resource_of(version)
        if len(Stack.of(version).get_logical_id(resource)) > _LONGEST_ID:
            raise InvalidRelease(rendering.name, f"its Version's logical id is too long: {version.node.path}")
        # Whatever goes wrong, the version stays, unless this very deploy made it and is rolled back: then it must go,
        # or the next try finds its content published ("A version for this Lambda function exists").
        version.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        # So that a published version tells which content of the template it holds. No part of the hash in the id.
        resource.description = f"{MARK}{resource.logical_id}"
        return version

    def _render(self, target: Target, retry_attempts: int | None) -> Alias:
        first, others = self._routed(target.routing)
        return Alias(
            self,
            "Alias",
            alias_name=target.alias,
            version=first,
            additional_versions=others,
            description=target.description or None,
            retry_attempts=retry_attempts,
        )

    def _routed(self, routing: Routing) -> tuple[IVersion, list[VersionWeight]]:
        match routing:
            case Stable(version):
                return self._as_version(version), []
            case Transition(version1, version2, weight):
                # A Percent is exact to a hundredth: four decimals, as Lambda takes them.
                second = VersionWeight(version=self._as_version(version2), weight=weight.fraction)
                return self._as_version(version1), [second]

    def _as_version(self, version: Published | New | Latest) -> IVersion:
        match version:
            case New():
                return self._function.current_version
            case Latest():
                return self._function.latest_version
            case Published():
                # By attributes: an ARN would lose the reference to the function, and so the order of the updates.
                return Version.from_version_attributes(
                    self, f"Version{version}", lambda_=self._function, version=str(version)
                )
