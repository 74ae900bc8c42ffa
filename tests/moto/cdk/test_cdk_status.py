"""`deployer cdk status`: what is on the aliases, and nothing read or written but those."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from shop import Shop

from deployer.aws.policy import cdk_policy
from deployer.core import Development

# The check of the schema lives beside the unit tests.
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "cli"))
from cli_schema import valid

PRD = ("--env", "prd")


def test_it_tells_who_has_which_share_since_when_and_what_comes_next(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    ran = shop.run("status", *PRD)
    assert (ran.code, ran.err) == (0, "")
    heading, now, rest, since, *more = ran.out.splitlines()
    name, stack = shop.name("orders"), shop.name("Shop")
    assert heading == f"{name} in prd, stack {stack}, alias LIVE, 123456789012, eu-central-1"
    assert (now, rest) == ("  now              2     25 %  █████", "                   1     75 %  ███████████████")
    assert re.fullmatch(r"  since      [0-9-]{10}T[0-9:]{8}Z, deploy \(run [\w-]+\)", since)
    assert more == [
        "  deployed   version 2 last",
        f"  next       `deployer cdk deploy --env prd --function {name}` takes it to 50 %",
    ]


def test_an_alias_that_is_not_there_yet_is_told(shop: Shop) -> None:
    shop.function()
    ran = shop.run("status", *PRD)
    assert (ran.code, ran.out.splitlines()[1:]) == (0, ["  now        no such alias yet"])


def test_the_file_of_targets_is_neither_read_nor_written(shop: Shop) -> None:
    shop.function()
    assert shop.run("status", *PRD).code == 0
    assert not shop.targets_file.exists()
    shop.targets_file.write_text("no targets")
    assert shop.run("status", *PRD).code == 0
    assert shop.targets_file.read_text() == "no targets"


def test_what_was_not_asked_for_is_not_looked_at(shop: Shop) -> None:
    shop.function()
    shop.function("mails")
    out = shop.run("status", *PRD, "--function", shop.name("mails")).out
    assert shop.name("mails") in out
    assert shop.name("orders") not in out


def test_one_that_cannot_be_looked_at_does_not_hide_the_others(shop: Shop) -> None:
    shop.release(1)
    shop.function("parcels", stack="Post")
    shop.places[shop.name("Post")] = "aws://999999999999/eu-central-1"
    shop.write()
    ran = shop.run("status", *PRD)
    assert ran.code == 77
    assert "  now              1    100 %" in ran.out
    assert "the environment names account 999999999999" in ran.err


def test_what_people_wrote_on_an_alias_of_development_is_told(shop: Shop) -> None:
    shop.function(environment="sbx", strategy=Development())
    assert shop.run("plan", "--env", "sbx").code == 0
    assert shop.apply()
    shop.describe("ours")
    assert shop.run("status", "--env", "sbx").out.splitlines()[1:] == [
        "  now        $LATEST    100 %  ████████████████████",
        "  text       ours",
    ]


def test_its_document_fits_the_schema(shop: Shop) -> None:
    shop.release(1)
    shop.function("parcels", stack="Post")
    shop.places[shop.name("Post")] = "aws://999999999999/eu-central-1"
    shop.write()
    document: dict[str, Any] = valid(shop.run("status", *PRD, "--output", "json").out)
    assert (document["command"], document["exit_code"]) == ("cdk status", 77)
    one, other = document["functions"]
    assert (one["function_name"], one["stack"], one["exit_code"]) == (shop.name("orders"), shop.name("Shop"), 0)
    assert (one["state"], one["memory"]["head"]) == ({"state": "stable", "version1": "1"}, "1")
    assert (other["exit_code"], other["error"]["kind"], "state" in other) == (77, "WrongAccount", False)


def test_it_calls_what_the_policy_lets_it_call_and_looks_at_no_stack(shop: Shop) -> None:
    shop.release(1)
    before = len(shop.local.calls)
    assert shop.run("status", *PRD).code == 0
    ours = [call for call in shop.local.calls[before:] if "deployer/" in call.user_agent]
    called = {f"{call.service}:{call.operation}" for call in ours} - {"sts:GetCallerIdentity"}
    assert called == {"lambda:GetAlias"}
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
    (statement,) = cdk_policy("cdk status", function_arn=arn, stack_arn="*")["Statement"]
    # The second one shows how a move of provisioned concurrency stands.
    assert statement["Action"] == ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"]
