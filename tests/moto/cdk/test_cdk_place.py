"""Where the stacks go: the CDK CLI is told, as it would go elsewhere by settings of its own."""

from __future__ import annotations

import pytest
from shop import Shop

PRD = ("--env", "prd")


def use_cli_that_tells_its_region(shop: Shop) -> None:
    """It deploys nothing."""
    cdk = shop.here / "bin" / "cdk"
    cdk.parent.mkdir()
    cdk.write_text('#!/bin/sh\nenv | sort | grep -E "^AWS_(DEFAULT_)?REGION=" > region\n', encoding="utf-8")
    cdk.chmod(0o755)


def two_regions(shop: Shop) -> None:
    shop.function()
    shop.places[shop.name("Post")] = f"aws://{shop.local.account}/us-east-1"
    shop.function("mails", stack="Post")


def test_the_cli_goes_to_the_region_of_the_stack(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    use_cli_that_tells_its_region(shop)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    shop.function()
    assert shop.run("deploy", *PRD).code == 5
    assert (shop.here / "region").read_text().splitlines() == [
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_REGION=eu-central-1",
    ]


def test_stacks_of_several_regions_are_deployed_apart(shop: Shop) -> None:
    use_cli_that_tells_its_region(shop)
    two_regions(shop)
    before = len(shop.local.calls)
    ran = shop.run("deploy", *PRD)
    assert (ran.code, len(shop.local.calls)) == (64, before)
    assert "the stacks go to eu-central-1 and us-east-1, and the CDK CLI has one region of its own" in ran.err
    assert f"deploy them apart, with --stack: {shop.name('Shop')} and {shop.name('Post')}" in ran.err
    assert not shop.targets_file.exists()
    shop.run("deploy", *PRD, "--stack", shop.name("Post"))
    assert (shop.here / "region").read_text().splitlines()[-1] == "AWS_REGION=us-east-1"


def test_stacks_of_several_regions_are_planned_and_checked_together(shop: Shop) -> None:
    two_regions(shop)
    assert shop.run("plan", *PRD).code == 0
    assert shop.targets == {"orders": "new", "mails": "new"}
    assert shop.run("check", *PRD).code == 0


def test_an_alias_that_went_to_another_place_is_not_told_as_changed(shop: Shop) -> None:
    use_cli_that_tells_its_region(shop)
    shop.function()
    ran = shop.run("deploy", *PRD)
    assert ran.code == 5
    assert "there is no such alias in 123456789012, eu-central-1" in ran.err
    assert "the CDK CLI takes the region of AWS_REGION for CDK_DEFAULT_REGION" in ran.err
    assert "by other means" not in ran.err
