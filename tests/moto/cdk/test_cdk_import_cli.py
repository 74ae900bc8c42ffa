"""From `deployer deploy` to CDK by `cdk import`, by the real CDK CLI, as docs/cdk.md tells it."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from cdk_cli import Example

# With the tests that render: one worker has node running, and no two of them run the CLI at once.
pytestmark = [pytest.mark.xdist_group("cdk"), pytest.mark.slow]

DEPLOY = ("deployer", "cdk", "deploy", "--env", "prd", "--yes")
IMPORT = ("npx", "cdk", "import", "Stock-prd", "--resource-mapping", "deployer-import.json")
WITH_TARGETS = ("-c", "deployer:targets=deployer-targets.json")
CONFIG = """\
[functions.stock]
name = "stock-{{env}}"
code = "src"
handler = "stock.handler"
runtime = "python3.13"
role = "{role}"
"""


def client(example: Example, service: str) -> Any:
    session: Any = boto3.Session(region_name=example.local.region)
    return session.client(service, endpoint_url=example.local.endpoint_url)


def role(example: Example) -> str:
    """As it was made once, by hand."""
    may = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    made = client(example, "iam").create_role(RoleName="stock", Path="/apps/", AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


def describe(example: Example, text: str) -> None:
    app = example.here / "app.py"
    source = app.read_text(encoding="utf-8")
    app.write_text(source.replace("retry_attempts=1,", f"retry_attempts=1, description={text!r},"), encoding="utf-8")


def versions(example: Example) -> list[str]:
    listed = client(example, "lambda").list_versions_by_function(FunctionName="stock-prd")["Versions"]
    return [one["Version"] for one in listed]


def assets(example: Example) -> int:
    """How many CDK keeps."""
    bucket = "cdk-hnb659fds-assets-123456789012-eu-central-1"
    return int(client(example, "s3").list_objects_v2(Bucket=bucket)["KeyCount"])


def test_a_function_comes_into_a_stack_and_is_released_from_it(example: Example) -> None:
    config = example.here / "release.toml"
    config.write_text(CONFIG.format(role=role(example)), encoding="utf-8")
    release = ("deployer", "deploy", "--env", "prd", "--yes", "--config", "release.toml")

    # Without a stack: one version, and another. Lambda goes on counting after a function of that name that is gone.
    example.run(*release)
    one = int(example.shown("prd"))
    two, three = one + 1, one + 2
    all_three = ["$LATEST", f"{one}", f"{two}", f"{three}"]
    example.edit(reserved=5)
    example.run(*release)
    example.run("deployer", "promote", *release[2:])
    assert (example.shown("prd"), versions(example)) == (f"{two}", all_three[:-1])
    alias = client(example, "lambda").get_alias(FunctionName="stock-prd", Name="LIVE")
    called = example.called("prd")

    # Into the stack, with its role.
    example.run("npx", "cdk", "bootstrap", "aws://123456789012/eu-central-1")
    kept = assets(example)
    told = example.run("deployer", "cdk", "import", "--env", "prd")
    assert " ".join((*IMPORT, *WITH_TARGETS)) in told
    example.run(*IMPORT, *WITH_TARGETS)
    after = client(example, "lambda").get_alias(FunctionName="stock-prd", Name="LIVE")
    assert {**after, "RevisionId": "", "ResponseMetadata": ""} == {**alias, "RevisionId": "", "ResponseMetadata": ""}
    assert (versions(example), example.called("prd")) == (all_three[:-1], called)
    (stack,) = client(example, "cloudformation").describe_stacks(StackName="Stock-prd")["Stacks"]
    assert stack["StackStatus"] == "IMPORT_COMPLETE"
    assert "as its target says" in example.run("deployer", "cdk", "verify", "--env", "prd")
    # Which is why the first release leaves the code alone: there would be no way back to the old one.
    assert assets(example) == kept

    # The first release from it, of another description alone; what was left out of the import comes with it.
    describe(example, "Free stock")
    example.run(*DEPLOY, "--adopt")
    assert (example.shown("prd"), versions(example)) == (
        f"{three}, and {two} at 75%",
        ["$LATEST", f"{one}", f"{two}", f"{three}"],
    )
    (retries,) = client(example, "lambda").list_function_event_invoke_configs(FunctionName="stock-prd")[
        "FunctionEventInvokeConfigs"
    ]
    assert retries["MaximumRetryAttempts"] == 1
    example.run(*DEPLOY)
    assert example.shown("prd") == f"{three}, and {two} at 50%"

    # And back to what `deployer deploy` had released.
    example.run("deployer", "cdk", "rollback", "--env", "prd")
    example.run("deployer", "cdk", "deploy", "--planned", "--env", "prd", "--yes")
    assert (example.shown("prd"), versions(example)) == (f"{two}", all_three)
    assert example.called("prd") == called
