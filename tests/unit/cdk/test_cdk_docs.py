"""What docs/cdk.md shows can be used as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from deployer.cdk_adapter.target import Target, Targets
from deployer.config.validate import validate
from deployer.core import Published, Reason, Stable

PAGE = (Path(__file__).parents[3] / "docs" / "cdk.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block in a language; its indentation is the list's around it."""
    found = re.search(rf"^( *)```{language}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[2].replace(f"\n{found[1]}", "\n")


def test_the_configuration_is_a_good_one() -> None:
    assert validate(tomllib.loads(block("toml")))[1] == []


def test_the_target_for_an_import_is_a_target_that_publishes_nothing() -> None:
    assert Targets.parse(block("json"), "docs/cdk.md").targets == (
        Target("orders-prd", "LIVE", Stable(Published(4)), "lr1:…", emits_version=False),
    )


@pytest.mark.parametrize(
    "reason",
    [
        Reason.WOULD_PUBLISH,
        Reason.NOTHING_NEW,
        Reason.OTHER_PUBLISHER,
        Reason.OUTSIDE_STACK,
        Reason.OTHER_ADAPTER,
    ],
)
def test_every_reason_that_a_stack_adds_is_explained(reason: Reason) -> None:
    assert f"| `{reason}` |" in PAGE
