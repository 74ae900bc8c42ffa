"""What docs/cdk.md shows can be used as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from deployer.aws.policy import CDK_ACTIONS
from deployer.cli.cdk.group import CDK_COMMANDS
from deployer.config.validate import validate
from deployer.core import Reason

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
