"""Functions whose every change is a version: of their own, or with their release in one call."""

from __future__ import annotations

from typing import Any, Final

from aws_cdk.aws_lambda import Alias, Function
from constructs import Construct

from deployer.cdk_adapter.alias_release import AliasRelease
from deployer.cdk_adapter.environment import policy_of
from deployer.cdk_adapter.hashed import LAYERS_COUNT, SETTINGS_COUNT
from deployer.cdk_adapter.placement import refuse_nested
from deployer.cdk_adapter.rendering import InvalidRelease
from deployer.cdk_adapter.target import Targets
from deployer.core.strategy import Strategy

_PINNED: Final = (LAYERS_COUNT, SETTINGS_COUNT)


class VersionedFunction(Construct):
    """A Function, in `function`, whose layers count as its content whatever the app's feature flags say.

    `function_props` are those of aws_cdk.aws_lambda.Function, less current_version_options: retry settings belong on
    the alias, and the rest is said here. Its description is the caller's, and the same from one release to the next.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # every construct calls it so
        *,
        function_name: str,
        **function_props: Any,
    ) -> None:
        super().__init__(scope, id)
        refuse_nested(self, function_name)
        if "current_version_options" in function_props:
            raise InvalidRelease(function_name, "takes no current_version_options; give retry_attempts to the release")
        # Before the function is there: it looks upwards, and a construct with children takes no more context.
        for flag in _PINNED:
            self.node.set_context(flag, True)
        self.function: Function = Function(self, "Function", function_name=function_name, **function_props)


class ReleasedFunction(VersionedFunction):
    """A function and its release: environment, strategy and alias in, constructs out.

    environment     sbx, tst, stg and prd release as they do in deployer.toml; any other needs a `strategy`
    strategy        None takes the environment's own; so does `protected`
    alias, release  what the other arguments make; see AliasRelease

    Raises UnknownEnvironment, and what AliasRelease raises.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # every construct calls it so
        *,
        environment: str,
        function_name: str,
        strategy: Strategy | None = None,
        alias_name: str = "LIVE",
        protected: bool | None = None,
        retry_attempts: int | None = None,
        targets: Targets | None = None,
        **function_props: Any,
    ) -> None:
        policy = policy_of(environment, strategy, protected=protected)
        super().__init__(scope, id, function_name=function_name, **function_props)
        self.release: AliasRelease = AliasRelease(
            self,
            "Release",
            function=self.function,
            function_name=function_name,
            strategy=policy.strategy,
            alias_name=alias_name,
            protected=policy.protected,
            environment=environment,
            retry_attempts=retry_attempts,
            targets=targets,
        )
        self.alias: Alias = self.release.alias
