"""The stack of a World's function, its templates rendered by the real constructs. Needs aws_cdk and node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stack_world import BUCKET, StackWorld, Template, uploaded

from deployer.cdk_adapter.preflight import releases
from deployer.cdk_adapter.rendering import PLANNING
from deployer.cdk_adapter.target import Target, Targets


@dataclass
class ConstructWorld(StackWorld):
    """What `cdk deploy` would be given."""

    @property
    def version_id(self) -> str:
        (found,) = releases(self.template())
        assert found.version_id is not None
        return found.version_id

    def template(self, target: Target | None = None) -> Template:
        import aws_cdk

        app = aws_cdk.App(
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
            context={PLANNING: target is None},
        )
        # A bootstrapped stack would check for its bucket; the code lies in one of its own.
        stack = aws_cdk.Stack(app, "Shop", synthesizer=aws_cdk.BootstraplessSynthesizer())
        self._release(stack, None if target is None else Targets((target,)))
        rendered: Template = app.synth().get_stack_by_name("Shop").template
        return rendered

    def _release(self, stack: Any, targets: Targets | None) -> None:
        from aws_cdk import aws_lambda

        from deployer.cdk_adapter import AliasRelease

        AliasRelease(
            stack,
            "Release",
            function=aws_lambda.Function(stack, "Fn", function_name=self.world.name, **self._props(stack)),
            function_name=self.world.name,
            strategy=self.strategy,
            protected=self.protected,
            targets=targets,
        )

    def _props(self, stack: Any) -> dict[str, Any]:
        """The World's settings, as CDK names them."""
        from aws_cdk import aws_iam, aws_lambda, aws_logs, aws_s3

        settings = self.world.settings(self.code)
        bucket = aws_s3.Bucket.from_bucket_name(stack, "Assets", BUCKET)
        key = uploaded(self.world.local, self.world.zips, self.code)
        return {
            "code": aws_lambda.Code.from_bucket(bucket, key),
            "role": aws_iam.Role.from_role_arn(stack, "Role", settings["Role"]),
            "runtime": aws_lambda.Runtime(settings["Runtime"], aws_lambda.RuntimeFamily.PYTHON),
            "handler": settings["Handler"],
            "memory_size": settings["MemorySize"],
            "log_group": aws_logs.LogGroup.from_log_group_name(stack, "Logs", settings["LoggingConfig"]["LogGroup"]),
        }
