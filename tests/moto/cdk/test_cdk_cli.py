"""The example, deployed by the real CDK CLI to the embedded Lambda, from bootstrap to destroy."""

from __future__ import annotations

import pytest
from cdk_cli import Example

# With the tests that render: one worker has node running, and no two of them run the CLI at once.
pytestmark = [pytest.mark.xdist_group("cdk"), pytest.mark.slow]

DEPLOY = ("deployer", "cdk", "deploy", "--env", "prd", "--yes")
WITH_TARGETS = ("Stock-prd", "--exclusively", "-c", "deployer:targets=deployer-targets.json")


def test_the_example_goes_step_by_step_and_back_with_the_real_cli(example: Example) -> None:
    """Its README, in one test: bootstrapping for each step would take most of the time."""

    def deployed() -> str:
        example.run(*DEPLOY)
        return example.shown("prd")

    def see_no_difference() -> None:
        assert "There were no differences" in example.run("npx", "cdk", "diff", *WITH_TARGETS)

    # Bootstrap and first deploy, by the one command.
    example.run("npm", "start")
    assert {name: example.shown(name) for name in ("sbx", "tst", "stg", "prd")} == {
        "sbx": "$LATEST",
        "tst": "$LATEST",
        "stg": "1",
        "prd": "1",
    }
    assert example.called("prd") == {"sku": "tea", "free": 38, "version": "1"}
    see_no_difference()

    # The canary. The app runs for the plan and with the targets, and not while it is deployed.
    example.edit(reserved=5)
    example.count_runs()
    assert deployed() == "2, and 1 at 75%"
    assert example.runs == ["build", "app", "build", "app"]
    see_no_difference()
    assert [deployed() for _ in range(3)] == ["2, and 1 at 50%", "2, and 1 at 25%", "2"]
    assert example.called("prd") == {"sku": "tea", "free": 35, "version": "2"}

    # And back.
    example.run("deployer", "cdk", "rollback", "--env", "prd")
    assert "nothing has moved since" in example.run("deployer", "cdk", "check", "--env", "prd")
    example.run("npx", "cdk", "deploy", *WITH_TARGETS, "--require-approval", "never")
    assert "as its target says" in example.run("deployer", "cdk", "verify", "--env", "prd")
    assert example.shown("prd") == "1"
    see_no_difference()

    # The end of one stack, and of no other.
    example.run("npx", "cdk", "destroy", *WITH_TARGETS, "--force")
    assert (example.shown("prd"), example.shown("stg")) == ("", "1")
