"""What people are told to type after something was decided: whole, and about the same releases and the same file."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from shop import Ran, Shop

from deployer.cdk_adapter.target import Targets

PRD = ("--env", "prd")


def told(ran: Ran, label: str) -> str:
    """What a row of the output says."""
    assert ran.code == 0, ran.err
    (row,) = [line for line in ran.out.splitlines() if line.startswith(f"  {label} ")]
    return row.removeprefix(f"  {label} ").strip()


def commands(ran: Ran) -> tuple[str, ...]:
    """What stands in quotes in `or`."""
    return tuple(told(ran, "or").split("`")[1::2])


@pytest.mark.parametrize("verb", [("plan",), ("rollback",), ("promote",), ("route", "2", "1", "10")])
def test_each_verb_that_decides_says_what_carries_it_out(verb: tuple[str, ...], shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    ran = shop.run(*verb, *PRD)
    assert told(ran, "next") == "`deployer cdk deploy --planned --env prd`"
    assert commands(ran) == (
        "deployer cdk check --env prd",
        f"cdk deploy {shop.name('Shop')} --exclusively -c deployer:targets=deployer-targets.json",
        "deployer cdk verify --env prd",
    )


def test_what_is_told_names_the_releases_the_file_and_the_configuration(shop: Shop) -> None:
    shop.function()
    (shop.here / "my shop.toml").write_text('adapter = "cdk"\n')
    options = ("--env", "prd", "--stack", shop.name("Shop"), "--function", shop.name("orders"))
    files = ("--config", "my shop.toml", "--out", "else where.json")
    ran = shop.run("plan", *options, *files)
    words = shlex.join((*options, "--config", str(Path("my shop.toml")), "--out", "else where.json"))
    assert told(ran, "next") == f"`deployer cdk deploy --planned {words}`"
    assert commands(ran) == (
        f"deployer cdk check {words}",
        f"cdk deploy {shop.name('Shop')} --exclusively -c 'deployer:targets=else where.json'",
        f"deployer cdk verify {words}",
    )


def test_what_is_told_works_as_it_stands(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    (shop.here / "my shop.toml").write_text('adapter = "cdk"\n')
    ran = shop.run("plan", *PRD, "--config", "my shop.toml", "--out", "else where.json")
    for command in (told(ran, "next").strip("`"), *commands(ran)[::2]):
        assert shop.run(*shlex.split(command)[2:]).code == 0
    assert shop.alias() == ("1", {})
    assert not shop.targets_file.exists()


def test_an_app_elsewhere_is_deployed_from_there(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.function()
    root = shop.here.parent
    (root / "deployer.toml").write_text('adapter = "cdk"\n[cdk]\ndirectory = "shop"\ncommand = "npx cdk"\n')
    (shop.here / "bin").mkdir()
    (shop.here / "bin" / "npx").write_text("#!/bin/sh\n")
    (shop.here / "bin" / "npx").chmod(0o755)
    monkeypatch.chdir(root)
    _, by_cli, _ = commands(shop.run("plan", *PRD))
    options = "--exclusively -c deployer:targets=deployer-targets.json"
    assert by_cli == f"(cd shop && npx cdk deploy {shop.name('Shop')} {options})"


def test_what_else_the_file_holds_is_named(shop: Shop) -> None:
    shop.function()
    shop.function("mails", stack="Post")
    assert "besides" not in shop.run("plan", "--stack", shop.name("Post")).out
    ran = shop.run("plan", "--stack", shop.name("Shop"))
    assert told(ran, "besides") == f"the file holds {shop.name('mails')}:LIVE on new, written before"
    assert "besides" not in shop.run("plan", *PRD).out


def test_a_target_that_was_written_again_is_not_named_as_another(shop: Shop) -> None:
    shop.function()
    assert shop.run("plan", *PRD).code == 0
    assert "besides" not in shop.run("plan", *PRD).out
    assert len(Targets.read(shop.targets_file).targets) == 1


def test_what_a_refusal_and_a_deploy_tell_names_file_and_configuration_too(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    (shop.here / "my.toml").write_text('adapter = "cdk"\n')
    files = ("--config", "my.toml", "--out", "t.json")
    assert shop.run("deploy", *PRD, *files).code == 0
    shop.function(code=2)
    words = f"--env prd --function {shop.name('orders')} --config my.toml --out t.json"
    assert told(shop.run("deploy", *PRD, *files), "next") == f"`deployer cdk deploy {words}` takes it to 50 %"
    shop.function(code=1)
    refused = shop.run("deploy", *PRD, *files)
    assert refused.code == 5
    assert f"`deployer cdk rollback {words}`" in refused.out
