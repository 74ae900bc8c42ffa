"""`deployer cdk import`: what was released without a stack comes into one as it is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

# The check of the schema lives beside the unit tests.
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "cli"))
from cli_schema import valid
from shop import Shop

from deployer.aws.policy import CDK_ACTIONS, STACK_ACTIONS
from deployer.cdk_adapter.target import Target, Targets
from deployer.cli.main import main
from deployer.core import Development, Published, Stable

PRD = ("--env", "prd")


def released(shop: Shop, *codes: int) -> None:
    """Without a stack, all the way."""
    for code in codes or (1,):
        shop.release_without_stack(code)
        while code > 1 and shop.alias() != (str(code), {}):
            shop.release_without_stack(code)
    shop.function(code=max(codes or (1,)))


def mapping(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shop.here / "deployer-import.json").read_text(encoding="utf-8"))
    return found


def nothing_written(shop: Shop) -> bool:
    return not shop.targets_file.exists() and not (shop.here / "deployer-import.json").exists()


def test_what_is_there_is_written_down_as_it_is(shop: Shop) -> None:
    released(shop, 1, 2)
    name = shop.name("orders")
    there = boto3.client("lambda").get_alias(FunctionName=name, Name="LIVE")
    ran = shop.run("import", *PRD)
    assert (ran.code, ran.err) == (0, "")
    (target,) = Targets.read(shop.targets_file).targets
    expected = Target(name, "LIVE", Stable(Published(2)), there["Description"], emits_version=False)
    assert (target, target.starts_from) == (
        Target(name, "LIVE", expected.routing, expected.description, False, target.version_id, there["RevisionId"]),
        there["RevisionId"],
    )
    assert target.version_id is not None
    assert mapping(shop) == {"Fn0": {"FunctionName": name}, "Fn0Live": {"AliasArn": there["AliasArn"]}}
    by_cli = f"cdk import {shop.name('Shop')} --resource-mapping deployer-import.json"
    assert ran.out.splitlines() == [
        f"{name} in prd, stack {shop.name('Shop')}, alias LIVE, 123456789012, eu-central-1",
        "  now              2    100 %  ████████████████████",
        f"  to import  {name} as Fn0",
        f"             {there['AliasArn']} as Fn0Live",
        "targets written to deployer-targets.json, what to import to deployer-import.json",
        f"  first      `deployer cdk check --env prd` and `{by_cli} -c deployer:targets=deployer-targets.json`",
        "  then       `deployer cdk verify --env prd`",
        "  last       give the function another description, and `deployer cdk deploy --adopt --env prd`",
    ]


def test_an_import_moves_nothing_and_the_next_deploy_is_a_release(shop: Shop) -> None:
    released(shop, 1, 2)
    client: Any = boto3.client("lambda")
    before = client.get_alias(FunctionName=shop.name("orders"), Name="LIVE")
    assert shop.run("import", *PRD).code == 0
    assert shop.run("check", *PRD).code == 0
    assert shop.bring_in() == "IMPORT_COMPLETE"
    after = client.get_alias(FunctionName=shop.name("orders"), Name="LIVE")
    same = ("AliasArn", "Name", "FunctionVersion", "Description")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert shop.run("verify", *PRD).code == 0
    shop.use_script_as_cli()
    shop.function(code=3)
    assert shop.run("deploy", *PRD).code == 5
    assert shop.run("deploy", *PRD, "--adopt").code == 0
    assert shop.alias() == ("3", {"2": 0.75})
    assert shop.run("rollback", *PRD).code == 0
    assert shop.run("deploy", "--planned", *PRD).code == 0
    assert shop.alias() == ("2", {})


def test_what_was_imported_is_not_published_anew_as_it_is(shop: Shop) -> None:
    """Whoever notices first that nothing is new."""
    released(shop)
    assert shop.run("import", *PRD).code == 0
    assert shop.bring_in() == "IMPORT_COMPLETE"
    shop.use_script_as_cli()
    assert shop.run("deploy", *PRD, "--adopt").code == 5
    listed = boto3.client("lambda").list_versions_by_function(FunctionName=shop.name("orders"))["Versions"]
    assert ([one["Version"] for one in listed], shop.alias()) == (["$LATEST", "1"], ("1", {}))


def test_an_import_that_failed_is_made_again(shop: Shop) -> None:
    released(shop)
    assert shop.run("import", *PRD).code == 0
    shop.local.fail_resource("AWS::Lambda::Alias")
    assert shop.bring_in() == "IMPORT_ROLLBACK_COMPLETE"
    assert (shop.run("import", *PRD).code, shop.bring_in()) == (0, "IMPORT_COMPLETE")


def test_a_development_alias_comes_in_on_latest(shop: Shop) -> None:
    shop.release_without_stack(1)
    shop.function(code=1, strategy=Development())
    shop.point("$LATEST", {})
    assert shop.run("import", *PRD).code == 0
    assert shop.targets == {"orders": "$LATEST"}
    assert shop.bring_in() == "IMPORT_COMPLETE"
    assert shop.alias() == ("$LATEST", {})


def test_an_alias_that_moved_since_is_told_by_a_check(shop: Shop) -> None:
    """CloudFormation would write over it."""
    released(shop)
    assert shop.run("import", *PRD).code == 0
    shop.describe("mine")
    ran = shop.run("check", *PRD)
    assert ran.code == 5
    assert "somebody else changed it in between" in ran.err


# What is refused.


def refused(shop: Shop) -> str:
    ran = shop.run("import", *PRD)
    assert ran.code == 5
    assert nothing_written(shop)
    assert ran.out.endswith("\nno targets were written: all releases can be carried out, or none is\n")
    return ran.out


def test_a_release_under_way_is_not_imported(shop: Shop) -> None:
    released(shop)
    shop.release_without_stack(2)
    told = refused(shop)
    assert "a release is under way" in told
    finish, back = ("`deployer promote --env prd --function NAME`", "`deployer rollback --env prd --function NAME`")
    assert f"way out    finish it with {finish} or go back with {back}, the name that deployer.toml has" in told


def test_the_way_out_of_a_release_under_way_leads_to_an_import(shop: Shop) -> None:
    released(shop)
    shop.release_without_stack(2)
    way_out = re.search(r"`deployer (rollback [^`]*)`", refused(shop))
    assert way_out is not None
    words = way_out[1].replace("NAME", "orders").split()
    assert main((*words, "--yes", "--config", "release.toml")) == 0
    assert shop.run("import", *PRD).code == 0


def test_a_release_under_way_from_a_stack_is_finished_from_that(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    shop.targets_file.unlink()
    told = refused(shop)
    assert f"`deployer cdk promote --env prd --function {shop.name('orders')}`" in told
    assert "deployer.toml" not in told


def test_an_alias_that_is_not_there_is_not_imported(shop: Shop) -> None:
    shop.function()
    assert "so there is nothing to import" in refused(shop)


def test_an_alias_on_latest_is_not_imported_where_versions_are_released(shop: Shop) -> None:
    released(shop)
    shop.point("$LATEST", {})
    assert "releases published versions only" in refused(shop)


def test_an_alias_that_is_in_the_stack_is_not_imported(shop: Shop) -> None:
    shop.release(1)
    shop.targets_file.unlink()
    told = refused(shop)
    assert f"alias LIVE of {shop.name('orders')} is in the stack {shop.name('Shop')} already" in told
    assert "`deployer cdk deploy --adopt --env prd" in told


def test_a_function_that_is_in_another_stack_is_not_imported(shop: Shop) -> None:
    released(shop)
    properties = {
        "FunctionName": shop.name("orders"),
        "Role": shop.local.role("test"),
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": "x = 1"},
    }
    function = {"Type": "AWS::Lambda::Function", "Properties": properties, "DeletionPolicy": "Retain"}
    wanted = {
        "ResourceType": function["Type"],
        "LogicalResourceId": "Mine",
        "ResourceIdentifier": {"FunctionName": shop.name("orders")},
    }
    client: Any = boto3.client("cloudformation")
    named = {"StackName": shop.name("Other"), "ChangeSetName": "import"}
    body = json.dumps({"Resources": {"Mine": function}})
    client.create_change_set(**named, ChangeSetType="IMPORT", TemplateBody=body, ResourcesToImport=[wanted])
    client.execute_change_set(**named)
    assert f"function {shop.name('orders')} is in the stack {shop.name('Other')} already" in refused(shop)


def test_a_function_that_is_in_the_stack_does_not_come_in_twice(shop: Shop) -> None:
    released(shop)
    assert shop.run("import", *PRD).code == 0
    there = mapping(shop)
    (shop.here / "deployer-import.json").write_text(json.dumps({"Fn0": there["Fn0"]}), encoding="utf-8")
    assert shop.bring_in() == "IMPORT_COMPLETE"
    assert shop.run("import", *PRD).code == 0
    assert mapping(shop) == {"Fn0Live": there["Fn0Live"]}


def test_functions_of_two_stacks_are_imported_one_stack_after_the_other(shop: Shop) -> None:
    shop.function()
    shop.function("mails", stack="Post")
    before = len(shop.local.calls)
    ran = shop.run("import", *PRD)
    assert (ran.code, len(shop.local.calls)) == (64, before)
    assert f"say which with --stack: {shop.name('Shop')} or {shop.name('Post')}" in ran.err


def test_an_alias_that_was_not_asked_for_keeps_the_others_waiting(shop: Shop) -> None:
    released(shop)
    shop.function("mails")
    ran = shop.run("import", *PRD, "--function", shop.name("orders"))
    assert (ran.code, nothing_written(shop)) == (5, True)


# What it calls, and its document.


def test_what_the_policy_lets_an_import_call_is_what_it_calls(shop: Shop) -> None:
    released(shop)
    before = len(shop.local.calls)
    assert shop.run("import", *PRD).code == 0
    assert shop.bring_in() == "IMPORT_COMPLETE"
    assert shop.run("import", *PRD).code == 5
    weights = {"AdditionalVersionWeights": {"2": 1.0}}
    client: Any = boto3.client("lambda")
    client.publish_version(FunctionName=shop.name("orders"))
    client.update_function_configuration(FunctionName=shop.name("orders"), MemorySize=256)
    client.publish_version(FunctionName=shop.name("orders"))
    client.update_alias(FunctionName=shop.name("orders"), Name="LIVE", RoutingConfig=weights)
    assert shop.run("import", *PRD).code == 6
    ours = [call for call in shop.local.calls[before:] if "deployer/" in call.user_agent]
    called = {f"{call.service}:{call.operation}" for call in ours} - {"sts:GetCallerIdentity"}
    stack = {f"cloudformation:{name}" for name in STACK_ACTIONS}
    assert called == stack | {f"lambda:{name}" for name in CDK_ACTIONS["cdk import"]}


@pytest.mark.parametrize("done", [True, False])
def test_its_document_fits_the_schema(done: bool, shop: Shop) -> None:
    released(shop)
    if not done:
        shop.point("$LATEST", {})
    ran = shop.run("import", *PRD, "--output", "json")
    found = valid(ran.out)
    files = (str(shop.targets_file), str(shop.here / "deployer-import.json")) if done else (None, None)
    assert (found["command"], found["exit_code"], found["targets"], found["resource_mapping"]) == (
        "cdk import",
        0 if done else 5,
        *files,
    )
    (one,) = found["functions"]
    assert ("target" in one) is done
