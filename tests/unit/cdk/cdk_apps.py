"""Apps of one stack, rendered in process. aws_cdk comes when the first is made: importing it starts node."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deployer.cdk_adapter.preflight import Release, releases
from deployer.cdk_adapter.target import Target, Targets
from deployer.cdk_adapter.template import Template
from deployer.core import Canary, CanaryIncrements, OnNewer, Routing

ROLE = "arn:aws:iam::123456789012:role/orders"
CANARY = Canary(CanaryIncrements.of([25, 50]), OnNewer.RESTART)
RETAINED = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
LAYERS_COUNT = "@aws-cdk/aws-lambda:recognizeLayerVersion"
SETTINGS_COUNT = "@aws-cdk/aws-lambda:recognizeVersionProps"


def targets(
    routing: Routing,
    *,
    alias: str = "LIVE",
    description: str = "a memory",
    emits_version: bool = True,
    version_id: str | None = None,
) -> Targets:
    """One target of orders."""
    return Targets((Target("orders", alias, routing, description, emits_version, version_id=version_id),))


class One:
    """An app with one stack, `stack`, to put constructs into; `template` renders it."""

    def __init__(self, context: Mapping[str, Any] | None = None, *, assets: bool = False) -> None:
        import aws_cdk

        self.app = aws_cdk.App(
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
            context=dict(context or {}),
        )
        # Inline code needs no bucket; the template holds nothing but what is asked for, then.
        synthesizer = aws_cdk.DefaultStackSynthesizer() if assets else aws_cdk.BootstraplessSynthesizer()
        self.stack: Any = aws_cdk.Stack(self.app, "Shop", synthesizer=synthesizer)

    def props(self, code: str = "x = 1", **others: Any) -> dict[str, Any]:
        """What a function needs, less its name."""
        from aws_cdk import aws_iam, aws_lambda

        return {
            "runtime": aws_lambda.Runtime.PYTHON_3_12,
            "handler": "index.handler",
            "code": aws_lambda.Code.from_inline(code),
            "role": aws_iam.Role.from_role_arn(self.stack, "Role", ROLE),
            **others,
        }

    def function(self, code: str = "x = 1", **others: Any) -> Any:
        """A plain Function, as users have them."""
        from aws_cdk import aws_lambda

        return aws_lambda.Function(self.stack, "Orders", **{"function_name": "orders", **self.props(code, **others)})

    def layer(self, content: str, folder: Path, construct_id: str = "Layer", scope: Any = None) -> Any:
        """A layer with one file."""
        from aws_cdk import aws_lambda

        folder.mkdir(exist_ok=True)
        (folder / "content.txt").write_text(content, encoding="utf-8")
        code = aws_lambda.Code.from_asset(str(folder))
        return aws_lambda.LayerVersion(scope or self.stack, construct_id, code=code)

    def released(self, function: Any = None, **others: Any) -> Any:
        """A release of orders, for a plain Function unless another is given."""
        from deployer.cdk_adapter import AliasRelease

        given = {"function": function or self.function(), "function_name": "orders", "strategy": CANARY, **others}
        return AliasRelease(self.stack, "Release", **given)

    @property
    def template(self) -> Template:
        """What CloudFormation would be given."""
        rendered: Template = self.app.synth().get_stack_by_name("Shop").template
        return rendered

    def release(self) -> Release:
        """What planning reads in the template."""
        (only,) = releases(self.template)
        return only


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The resources of one kind, e.g. "Alias", by logical id."""
    return {
        name: resource for name, resource in template["Resources"].items() if resource["Type"] == f"AWS::Lambda::{kind}"
    }


def only(template: Template, kind: str) -> Any:
    """The one resource of a kind."""
    (resource,) = of_type(template, kind).values()
    return resource


def version_id(template: Template) -> str:
    """The logical id of the one Version."""
    (name,) = of_type(template, "Version")
    return name
