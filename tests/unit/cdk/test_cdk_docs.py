"""What docs/cdk.md shows can be used as it stands."""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from deployer import cdk_adapter
from deployer.aws.policy import CDK_ACTIONS
from deployer.cdk_adapter.environment import ENVIRONMENTS
from deployer.cdk_adapter.preflight import releases
from deployer.cli.cdk.group import CDK_COMMANDS
from deployer.config.validate import validate
from deployer.core import BlueGreen, Canary, CanaryIncrements, OnNewer, Policy, Reason, Through

PAGE = (Path(__file__).parents[3] / "docs" / "cdk.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block in a language; its indentation is the list's around it."""
    found = re.search(rf"^( *)```{language}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[2].replace(f"\n{found[1]}", "\n")


def test_the_configuration_is_a_good_one() -> None:
    assert validate(tomllib.loads(block("toml")))[1] == []


@pytest.mark.parametrize("name", CDK_COMMANDS)
def test_every_command_is_in_the_table(name: str) -> None:
    assert f"\n| `deployer cdk {name}" in PAGE


@pytest.mark.parametrize("name", CDK_ACTIONS)
def test_every_command_with_a_policy_is_named_with_it(name: str) -> None:
    (line,) = [line for line in PAGE.splitlines() if "`deployer iam-policy" in line]
    assert f"'{name}'" in line


def test_the_policy_is_asked_for_as_it_is_typed() -> None:
    (line,) = [line for line in PAGE.splitlines() if "`deployer iam-policy" in line]
    assert "--account 123456789012 --region eu-central-1`" in line


@pytest.mark.parametrize(
    "reason",
    [
        Reason.WOULD_PUBLISH,
        Reason.NOTHING_NEW,
        Reason.DRIFTED,
        Reason.OTHER_PUBLISHER,
        Reason.OUTSIDE_STACK,
        Reason.OTHER_ADAPTER,
        Reason.UNDER_WAY,
        Reason.IN_STACK,
        Reason.LATEST_OUTSIDE_DEVELOPMENT,
        Reason.NO_ALIAS,
    ],
)
def test_every_reason_that_a_stack_adds_is_explained(reason: Reason) -> None:
    assert f"| `{reason}` |" in PAGE


# What the constructs take.

CONSTRUCTS = ["ReleasedFunction", "AliasRelease", "VersionedFunction"]
_OF_ALL_CONSTRUCTS = {"self", "scope", "id", "function_props"}


@pytest.mark.cdk
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_argument_of_a_construct_is_in_the_table(name: str) -> None:
    taken = set(inspect.signature(getattr(cdk_adapter, name).__init__).parameters) - _OF_ALL_CONSTRUCTS
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") == 5]
    documented = {row[1].strip().strip("`") for row in rows if f"`{name}`" in row[2]}
    assert documented == taken


@pytest.mark.cdk
def test_the_examples_render() -> None:
    import aws_cdk
    from aws_cdk.aws_lambda import Code, Function, Runtime

    app = aws_cdk.App(context={"deployer:planning": True}, analytics_reporting=False)
    stack = aws_cdk.Stack(app, "Shop")
    code = Code.from_inline("def handler(event, context): ...")
    known = {
        "stack": stack,
        "Runtime": Runtime,
        "Function": Function,
        "Code": SimpleNamespace(from_asset=lambda _: code),
    }
    for text in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        exec(text.replace("app.handler", "index.handler"), known)  # noqa: S102  # the page's own examples
    template = app.synth().get_stack_by_name("Shop").template
    found = {release.function_name: release for release in releases(template)}
    assert {name: release.policy for name, release in found.items()} == {
        "orders-prd": replace(ENVIRONMENTS["prd"], through=Through.STACK),
        "refunds-eu": Policy(
            Canary(CanaryIncrements.of([10, 50]), OnNewer.RESTART), protected=True, through=Through.STACK
        ),
        "mails": Policy(BlueGreen(), through=Through.STACK),
    }
