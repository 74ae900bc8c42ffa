"""What a CDK app and the CDK CLI do, without CDK: quick enough for many tests. The real ones have a test of their own.

As a script it is both: `app` renders `shop.json` into CDK_OUTDIR, as an app does with AliasRelease; `synth STACK…`
renders with targets, and `deploy STACK…` deploys what was rendered by CloudFormation, as the CLI does.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import yaml

from deployer.cdk_adapter.preflight import METADATA_FORMAT
from deployer.cdk_adapter.rendering import OtherCode
from deployer.cdk_adapter.strategy import read_strategy
from deployer.cdk_adapter.target import Target, Targets
from deployer.core import LATEST, NEW, Development, Stable, Transition

Function = dict[str, Any]
"""`name`, `environment`, `strategy`, `protected`, `role`, the source of its `code`, and a tag, its `team`."""


def rendered(functions: list[Function], targets: Targets | None) -> dict[str, Any]:
    """One template; without targets the one of planning."""
    resources: dict[str, Any] = {}
    for index, function in enumerate(functions):
        resources |= _resources(f"Fn{index}", function, targets)
    return {"Resources": resources}


def _resources(function_id: str, function: Function, targets: Targets | None) -> dict[str, Any]:
    properties = {
        "FunctionName": function["name"],
        "Role": function["role"],
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": function["code"]},
    }
    version_id = f"{function_id}V{hashlib.sha256(json.dumps(properties).encode()).hexdigest()[:8]}"
    target = _target(function, targets)
    if targets is not None and target.version_id not in (None, version_id):
        raise OtherCode(target, version_id)
    tags = [{"Key": "team", "Value": function["team"]}] if function.get("team") else []
    made = {"Type": "AWS::Lambda::Function", "Properties": {**properties, **({"Tags": tags} if tags else {})}}
    resources: dict[str, Any] = {function_id: made}
    if target.emits_version:
        resources[version_id] = {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": function_id}, "Description": f"deployer {version_id}"},
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        }
    resources[f"{function_id}Live"] = {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Ref": function_id}, **_alias(target, version_id)},
        "Metadata": {
            "deployer": {
                "format": METADATA_FORMAT,
                "function": function_id,
                "function_name": function["name"],
                "alias": "LIVE",
                "version": version_id if target.emits_version else None,
                "environment": function["environment"],
                "strategy": function["strategy"],
                "protected": function["protected"],
            }
        },
    }
    return resources


def _target(function: Function, targets: Targets | None) -> Target:
    found = None if targets is None else targets.of(function["name"], "LIVE")
    develops = isinstance(read_strategy(function["strategy"]), Development)
    return found or Target(function["name"], "LIVE", Stable(LATEST if develops else NEW), "", not develops)


def _alias(target: Target, version_id: str) -> dict[str, Any]:
    def number(version: object) -> Any:
        return {"Fn::GetAtt": [version_id, "Version"]} if version == NEW else str(version)

    described = {"Name": "LIVE"} | ({"Description": target.description} if target.description else {})
    match target.routing:
        case Stable(version):
            return {**described, "FunctionVersion": number(version)}
        case Transition(version1, version2, weight):
            second = {"FunctionVersion": str(version2), "FunctionWeight": weight.fraction}
            routing = {"AdditionalVersionWeights": [second]}
            return {**described, "FunctionVersion": number(version1), "RoutingConfig": routing}


def app(shop: dict[str, Any], out: Path, targets: Targets | None) -> None:
    """Write the assembly of a shop."""
    artifacts = {}
    for stack, functions in shop["stacks"].items():
        (out / f"{stack}.json").write_text(json.dumps(rendered(functions, targets)), encoding="utf-8")
        properties = {"templateFile": f"{stack}.json"}
        artifacts[stack] = {
            "type": "aws:cloudformation:stack",
            "environment": shop["places"][stack],
            "properties": properties,
        }
    (out / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}), encoding="utf-8")


def deploy(client: Any, stack: str, template: dict[str, Any]) -> bool:
    """Create or update one stack; whether it was not rolled back."""
    body = json.dumps(template)
    try:
        client.describe_stacks(StackName=stack)
        client.update_stack(StackName=stack, TemplateBody=body)
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            client.create_stack(StackName=stack, TemplateBody=body)
        elif "No updates" not in str(error):
            raise
    return "ROLLBACK" not in client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def bring_in(client: Any, stack: str, template: dict[str, Any], mapping: dict[str, dict[str, str]]) -> str:
    """`cdk import`: the resources of the mapping and no other, as YAML; gives the stack's status."""
    kept = {name: {"DeletionPolicy": "Retain", **template["Resources"][name]} for name in mapping}
    wanted = [
        {"LogicalResourceId": name, "ResourceType": kept[name]["Type"], "ResourceIdentifier": identifier}
        for name, identifier in mapping.items()
    ]
    named = {"StackName": stack, "ChangeSetName": f"import-{uuid.uuid4()}"}
    body = yaml.safe_dump({"Resources": kept})
    client.create_change_set(**named, ChangeSetType="IMPORT", TemplateBody=body, ResourcesToImport=wanted)
    client.execute_change_set(**named)
    return str(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


def cli(arguments: list[str]) -> int:
    """The two calls of the CDK CLI that there are, to the letter."""
    at = arguments.index("--exclusively")
    verb, *stacks = arguments[:at]
    options = arguments[at + 1 :]
    sys.stdout.write("the CDK CLI's own words\n" if verb == "deploy" else "")
    return {"synth": synth, "deploy": deploy_assembly}[verb](stacks, options)


def synth(stacks: list[str], options: list[str]) -> int:
    """`synth STACK… --exclusively --quiet --no-notices --output DIR --context deployer:targets=FILE`."""
    *quiet, output, out, context, targets = options
    assert (quiet, output, context) == (["--quiet", "--no-notices"], "--output", "--context")
    shop = _shop()
    _be_overtaken(shop["rival"])
    asked = {**shop, "stacks": {stack: shop["stacks"][stack] for stack in stacks}}
    try:
        app(asked, Path(out), Targets.read(Path(targets.removeprefix("deployer:targets="))))
    except OtherCode as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _be_overtaken(rival: str | None) -> None:
    """Somebody else writes on the alias of a function, while the app takes its time."""
    import boto3

    if rival is not None:
        boto3.client("lambda").update_alias(FunctionName=rival, Name="LIVE", Description="mine")


def deploy_assembly(stacks: list[str], options: list[str]) -> int:
    """`deploy STACK… --exclusively --require-approval never --build= --app DIR`; what cdk.json says is not run."""
    import boto3

    *given, assembly = options
    assert given == ["--require-approval", "never", "--build=", "--app"]
    client = boto3.client("cloudformation")
    templates = [json.loads(Path(assembly, f"{stack}.json").read_text(encoding="utf-8")) for stack in stacks]
    return 0 if all(map(functools.partial(deploy, client), stacks, templates)) else 1


def _shop() -> dict[str, Any]:
    shop: dict[str, Any] = json.loads(Path("shop.json").read_text(encoding="utf-8"))
    return shop


if __name__ == "__main__":
    if sys.argv[1] == "app":
        assert json.loads(os.environ["CDK_CONTEXT_JSON"])["deployer:planning"] is True
        app(_shop(), Path(os.environ["CDK_OUTDIR"]), None)
    else:
        sys.exit(cli(sys.argv[1:]))
