"""`deployer cdk`: which releases are meant, what is decided and written, and what came true."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from shop import Shop

from deployer.aws.policy import CDK_ACTIONS, STACK_ACTIONS
from deployer.cdk_adapter.rendering import OtherCode
from deployer.cdk_adapter.target import Targets
from deployer.cdk_adapter.toolkit import Toolkit
from deployer.core import BlueGreen, Development, Published, Stable

# The check of the schema lives beside the unit tests.
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "cli"))
from cli_schema import valid

PRD = ("--env", "prd")


# Deciding.


def test_a_plan_is_shown_and_written_beside_cdk_json(shop: Shop) -> None:
    shop.function()
    ran = shop.run("plan", *PRD)
    assert (ran.code, ran.err) == (0, "")
    name, stack = shop.name("orders"), shop.name("Shop")
    by_cli = f"cdk deploy {stack} --exclusively -c deployer:targets=deployer-targets.json"
    assert ran.out.splitlines() == [
        f"{name} in prd, stack {stack}, alias LIVE, 123456789012, eu-central-1",
        "  now        no such alias yet",
        "  then           new    100 %  ████████████████████",
        "  to do      create alias LIVE on new",
        "  note       first release: there is nothing to canary against",
        "targets written to deployer-targets.json",
        "  next       `deployer cdk deploy --planned --env prd`",
        f"  or         `deployer cdk check --env prd`, `{by_cli}` and `deployer cdk verify --env prd`",
    ]
    assert shop.targets == {"orders": "new"}


def test_a_canary_goes_step_by_step_and_back(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    assert shop.alias() == ("2", {"1": 0.75})
    assert shop.run("verify", *PRD).code == 0
    shop.release(2)
    assert shop.alias() == ("2", {"1": 0.5})
    assert shop.run("promote", *PRD).code == 0
    assert shop.apply()
    assert shop.alias() == ("2", {})
    assert shop.run("rollback", *PRD).code == 0
    assert shop.apply()
    assert shop.alias() == ("1", {})
    assert shop.run("route", "2", "1", "12.5", *PRD).code == 0
    assert shop.apply()
    assert shop.alias() == ("2", {"1": 0.125})
    verified = shop.run("verify", *PRD)
    assert (verified.code, verified.err) == (0, "")
    assert verified.out.splitlines()[-1] == "  verified   as its target says"


def test_a_rollback_may_go_further_back_for_one_function(shop: Shop) -> None:
    for code in (1, 2, 3):
        shop.function(code=code, strategy=BlueGreen())
        assert shop.run("plan", *PRD).code == 0
        assert shop.apply()
    shop.function("mails", stack="Post")
    assert shop.run("rollback", "--to", "1", *PRD).code == 64
    assert shop.run("rollback", "--to", "1", "--function", shop.name("orders"), *PRD).code == 0
    assert shop.targets == {"orders": "1"}


def test_a_refusal_writes_nothing(shop: Shop) -> None:
    shop.release(1)
    before = shop.targets_file.read_bytes()
    ran = shop.run("rollback", *PRD)
    assert ran.code == 5
    assert "  refused    " in ran.out
    assert "  way out    " in ran.out
    assert shop.targets_file.read_bytes() == before


def test_one_refusal_of_several_writes_nothing_at_all(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    shop.function("mails", stack="Post")
    ran = shop.run("promote", *PRD)
    assert ran.code == 5
    assert ran.out.splitlines()[-1] == "no targets were written: all releases can be carried out, or none is"
    assert shop.targets == {"orders": "new at 25 %, 1 at 75 %"}


def test_what_deploying_would_do_beyond_the_decision_is_refused(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    shop.function(code=3)
    ran = shop.run("promote", *PRD)
    assert ran.code == 5
    assert "  refused    the template holds code that is not released now" in ran.out


def test_targets_of_other_stacks_stay_in_the_file(shop: Shop) -> None:
    shop.function()
    shop.function("mails", stack="Post")
    assert shop.run("plan", "--stack", shop.name("Post")).code == 0
    assert shop.run("plan", "--stack", shop.name("Shop")).code == 0
    assert shop.targets == {"mails": "new", "orders": "new"}


def test_the_file_of_targets_can_be_another_one(shop: Shop) -> None:
    shop.function()
    ran = shop.run("plan", *PRD, "--out", "elsewhere.json")
    assert not shop.targets_file.exists()
    assert "-c deployer:targets=elsewhere.json" in ran.out
    assert (shop.here / "elsewhere.json").exists()


@pytest.mark.parametrize(
    "verb", [("plan",), ("route", "1"), ("promote",), ("rollback",), ("deploy",), ("check",), ("verify",)]
)
def test_a_file_that_holds_no_targets_is_told_before_aws_is_asked(verb: tuple[str, ...], shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    shop.targets_file.write_text("{}")
    before = len(shop.local.calls)
    ran = shop.run(*verb, *PRD)
    assert (ran.code, ran.out, shop.targets_file.read_text()) == (78, "", "{}")
    assert "deployer-targets.json: is no file of targets" in ran.err
    assert "; delete it, then plan again: `deployer cdk plan --env prd` writes the targets anew" in ran.err
    assert len(shop.local.calls) == before


def test_a_file_that_was_damaged_is_no_dead_end(shop: Shop) -> None:
    shop.function()
    shop.targets_file.write_text("{}")
    assert shop.run("plan", *PRD).code == 78
    shop.targets_file.unlink()
    assert shop.run("plan", *PRD).code == 0
    assert shop.targets == {"orders": "new"}


def test_in_a_protected_environment_writing_a_file_needs_no_answer(shop: Shop) -> None:
    shop.function(protected=True)
    assert shop.run("plan", *PRD).code == 0


def test_development_is_on_latest(shop: Shop) -> None:
    shop.function(environment="sbx", strategy=Development())
    assert shop.run("plan", "--env", "sbx").code == 0
    assert shop.targets == {"orders": "$LATEST"}


# Which releases.


def two_environments(shop: Shop) -> None:
    shop.function("orders-stg", stack="Stg", environment="stg")
    shop.function("orders-prd", stack="Prd", environment="prd")


def test_of_several_environments_one_has_to_be_named(shop: Shop) -> None:
    two_environments(shop)
    ran = shop.run("plan")
    assert ran.code == 64
    assert "the app releases in stg and prd: say where with --env or --stack" in ran.err


@pytest.mark.parametrize(
    "named",
    [
        lambda _: ("--env", "stg"),
        lambda shop: ("--stack", shop.name("Stg")),
        lambda shop: ("--function", shop.name("orders-stg")),
    ],
)
def test_a_release_is_named_by_its_environment_its_stack_or_its_function(
    named: Callable[[Shop], tuple[str, ...]], shop: Shop
) -> None:
    two_environments(shop)
    assert shop.run("plan", *named(shop)).code == 0
    assert shop.targets == {"orders-stg": "new"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--env", "prod"), "the app releases in no environment prod; did you mean prd?"),
        (("--stack", "Nowhere"), "the app releases in no stack Nowhere; there are "),
        (("--env", "prd", "--function", "mails"), "the app releases in no function mails; there are "),
    ],
)
def test_a_name_that_there_is_not_is_told_with_those_that_there_are(
    arguments: tuple[str, ...], said: str, shop: Shop
) -> None:
    two_environments(shop)
    ran = shop.run("plan", *arguments)
    assert ran.code == 64
    assert said in ran.err


def test_an_app_that_releases_nothing_is_told_so(shop: Shop) -> None:
    shop.write()
    ran = shop.run("plan", *PRD)
    assert ran.code == 64
    assert "it has neither a ReleasedFunction nor an AliasRelease" in ran.err


def test_one_function_in_two_stacks_is_refused(shop: Shop) -> None:
    """Stacks of two accounts, say: the file would give one the target of the other."""
    shop.function(stack="Stg", environment="stg")
    shop.function(stack="Prd", environment="prd")
    ran = shop.run("plan", *PRD)
    assert ran.code == 64
    assert f"LIVE is released in {shop.name('Stg')} and in {shop.name('Prd')}: give the functions names" in ran.err


def test_a_stack_that_goes_anywhere_is_refused(shop: Shop) -> None:
    shop.environment = "aws://unknown-account/unknown-region"
    shop.function()
    ran = shop.run("plan", *PRD)
    assert ran.code == 78
    assert "names no account and region" in ran.err


def test_a_stack_of_another_account_is_refused(shop: Shop) -> None:
    shop.environment = "aws://999999999999/eu-central-1"
    shop.function()
    ran = shop.run("plan", *PRD)
    assert ran.code == 77
    assert "the environment names account 999999999999" in ran.err


# A stack is deployed as a whole.


def test_what_was_not_asked_for_stays_as_it_is(shop: Shop) -> None:
    shop.function("mails")
    shop.release(1)
    shop.release(2)
    shop.function("mails", 2)
    shop.function("mails", 1)
    assert shop.run("promote", "--function", shop.name("orders")).code == 0
    assert shop.targets == {"mails": "1", "orders": "2"}
    assert shop.apply()
    assert (shop.alias("mails"), shop.alias("orders")) == (("1", {}), ("2", {}))


def test_newer_code_beside_what_was_asked_for_is_refused(shop: Shop) -> None:
    shop.function("mails")
    shop.release(1)
    shop.release(2)
    shop.function("mails", 2)
    ran = shop.run("promote", "--function", shop.name("orders"))
    assert ran.code == 5
    assert "  refused    the template holds code that is not released now" in ran.out
    assert "  note       was not asked for, but is in the same stack, and stays as it is" in ran.out
    assert (
        "  way out    release both in one command: leave out --function; or release the one from the commit that is "
        "deployed"
    ) in ran.out


def test_an_alias_that_the_stack_would_create_beside_is_refused(shop: Shop) -> None:
    shop.release(1)
    shop.function("mails")
    ran = shop.run("plan", "--function", shop.name("orders"))
    assert ran.code == 5
    assert "release both in one command: leave out --function" in ran.out


# What came true.


def test_an_alias_that_was_moved_by_other_means_is_told(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    shop.point("2", {"1": 0.1})
    ran = shop.run("verify", *PRD)
    assert (ran.code, ran.out) == (5, "")
    assert (
        "the alias is now 2 at 90 %, 1 at 10 %, by other means than a command of ours, and its target says" in ran.err
    )


def test_a_target_is_bound_to_the_code_that_it_was_decided_for(shop: Shop) -> None:
    shop.release(1)
    assert shop.run("route", "1", *PRD).code == 0
    (routed,) = Targets.read(shop.targets_file).targets
    shop.function(code=2)
    with pytest.raises(OtherCode):
        shop.apply()
    assert shop.run("plan", *PRD).code == 0
    (planned,) = Targets.read(shop.targets_file).targets
    assert (routed.emits_version, planned.emits_version) == (True, True)
    assert None not in (routed.version_id, planned.version_id)
    assert routed.version_id != planned.version_id


def test_a_stack_with_other_code_than_was_planned_is_told(shop: Shop) -> None:
    """As if it had been deployed by other means: traffic alone does not show it."""
    shop.release(1)
    (target,) = Targets.read(shop.targets_file).targets
    Targets((replace(target, version_id="Fn0VofYesterday"),)).write(shop.targets_file)
    ran = shop.run("verify", *PRD)
    assert (ran.code, ran.out) == (5, "")
    assert "the stack does not hold the code that the target was decided for" in ran.err
    assert "  plan again, which starts from what there is, and deploy" in ran.err
    Targets((replace(target, routing=Stable(Published(1)), emits_version=False),)).write(shop.targets_file)
    assert shop.run("verify", *PRD).code == 5


def test_what_is_checked_out_now_does_not_matter_to_a_verification(shop: Shop) -> None:
    shop.release(1)
    shop.function(code=2)
    assert shop.run("verify", *PRD).code == 0


def test_a_release_without_a_target_cannot_be_verified(shop: Shop) -> None:
    shop.release(1)
    shop.function("mails", stack="Post")
    ran = shop.run("verify", *PRD)
    assert ran.code == 78
    assert f"there is no target for {shop.name('mails')}:LIVE" in ran.err
    assert shop.name("orders") in ran.out


def test_without_a_file_nothing_can_be_verified(shop: Shop) -> None:
    shop.function()
    assert "deployer-targets.json: cannot be read" in shop.run("verify", *PRD).err


# In one go.


def test_a_deploy_plans_deploys_and_verifies(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    assert shop.run("deploy", *PRD).code == 0
    shop.function(code=2)
    ran = shop.run("deploy", *PRD)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{shop.name('orders')} in prd, stack {shop.name('Shop')}, alias LIVE, 123456789012, eu-central-1",
        "  was              1    100 %  ████████████████████",
        "  now              2     25 %  █████",
        "                   1     75 %  ███████████████",
        f"  next       `deployer cdk deploy --env prd --function {shop.name('orders')}` takes it to 50 %",
    ]
    assert ran.err == "the CDK CLI's own words\n"


def test_a_deploy_in_a_protected_environment_needs_yes_where_nobody_can_be_asked(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function(protected=True)
    before = len(shop.local.calls)
    ran = shop.run("deploy", *PRD)
    assert (ran.code, shop.targets_file.exists(), len(shop.local.calls)) == (64, False, before)
    page = (Path(__file__).parents[3] / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    assert "`cdk deploy` runs the app first, which tells what is protected, and asks AWS nothing" in page
    assert "prd is protected: add --yes where nobody can be asked" in ran.err
    assert shop.run("deploy", *PRD, "--yes").code == 0
    assert shop.alias() == ("1", {})


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 130)])
def test_a_person_is_shown_what_will_be_done_and_asked(
    answer: str, code: int, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function(protected=True)
    monkeypatch.setattr("deployer.cli.cdk.deployment.may_ask", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, **_: (print(text), answer == "y")[1])
    ran = shop.run("deploy", *PRD)
    assert ran.code == code
    assert ran.out.index("create alias LIVE on new") < ran.out.index(f"deploy {shop.name('Shop')} to prd?")
    assert shop.alias() == (("1", {}) if answer == "y" else None)


def test_a_refused_deploy_deploys_nothing(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.release(2)
    shop.function(code=1)
    ran = shop.run("deploy", *PRD)
    assert (ran.code, ran.err) == (5, "")
    assert ran.out.splitlines()[-1] == "nothing was deployed: all releases can be carried out, or none is"
    assert shop.alias() == ("2", {"1": 0.75})


def test_a_deployment_that_fails_says_so_and_leaves_traffic(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.local.fail_resource("AWS::Lambda::Alias")
    shop.function(code=2)
    ran = shop.run("deploy", *PRD)
    assert ran.code == 1
    assert f"the CDK CLI failed with code 1: cdk deploy {shop.name('Shop')} --exclusively" in ran.err
    assert shop.alias() == ("1", {})


def test_a_stack_that_fails_is_told_once_for_all_that_it_releases_and_not_as_a_plan(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function("parcels")
    shop.release(1)
    shop.local.fail_resource("AWS::Lambda::Alias")
    shop.function(code=2)
    shop.function("parcels", 2)
    ran = shop.run("deploy", *PRD)
    assert ran.code == 1
    assert ran.err.count("the CDK CLI failed with code 1") == 1
    where = f"in prd, stack {shop.name('Shop')}, alias LIVE, 123456789012, eu-central-1"
    assert ran.out.splitlines() == [
        line
        for name in ("orders", "parcels")
        for line in (
            f"{shop.name(name)} {where}",
            "  was              1    100 %  ████████████████████",
            "  failed     its stack was not deployed; the error says why",
        )
    ]


def test_one_stack_that_fails_after_another_came_through_is_half_way(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    shop.function("mails", stack="Post")
    assert shop.run("deploy", *PRD).code == 0
    shop.function(code=2)
    shop.function("mails", 2, stack="Post")
    shop.local.fail_resource("AWS::Lambda::Alias", 2)
    ran = shop.run("deploy", *PRD)
    assert ran.code == 4
    assert (shop.alias("orders"), shop.alias("mails")) == (("2", {"1": 0.75}), ("1", {}))
    assert "  now              2     25 %" in ran.out
    assert "the CDK CLI failed with code 1" in ran.err


def test_so_is_one_alias_that_somebody_else_moves_right_after_another_came_through(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.function("mails", stack="Post")
    assert shop.run("deploy", *PRD).code == 0
    shop.function(code=2)
    shop.function("mails", 2, stack="Post")
    deploy = Toolkit.deploy

    def beaten(toolkit: Toolkit, *asked: Any) -> None:
        deploy(toolkit, *asked)
        boto3.client("lambda").update_alias(FunctionName=shop.name("mails"), Name="LIVE", Description="mine")

    monkeypatch.setattr(Toolkit, "deploy", beaten)
    ran = shop.run("deploy", *PRD)
    assert ran.code == 4
    assert "it is now 2 at 25 %, 1 at 75 %, by other means" in ran.err


def test_without_the_cdk_cli_the_way_to_it_is_named(shop: Shop) -> None:
    shop.function()
    ran = shop.run("deploy", *PRD)
    assert ran.code == 78
    assert f"cdk deploy needs the CDK CLI: npm install aws-cdk in {shop.here}" in ran.err


def test_where_there_is_no_app_that_is_said_and_not_that_the_cdk_cli_is_missing(shop: Shop) -> None:
    (shop.here / "cdk.json").unlink()
    ran = shop.run("deploy", *PRD)
    assert ran.code == 78
    assert f"{shop.here / 'cdk.json'}: no such file; run this in the directory of the CDK app, or name" in ran.err
    assert "npm install" not in ran.err


def test_what_was_rolled_back_is_said_to_stay_off(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.release(2)
    again = f"`deployer cdk deploy --again --env prd --function {shop.name('orders')}` brings it back"
    decided = shop.run("rollback", *PRD)
    assert f"  then       version 2 stays off until its code changes; {again}" in decided.out.splitlines()
    deployed = shop.run("deploy", "--planned", *PRD)
    assert deployed.out.splitlines()[-1] == f"  next       version 2 stays off until its code changes; {again}"
    assert "stays off" not in shop.run("plan", *PRD, "--again").out


def test_a_checkout_of_the_version_before_rolls_back_too(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.release(2)
    shop.function(code=1)
    assert shop.run("rollback", *PRD).code == 0
    assert shop.run("deploy", "--planned", *PRD).code == 0
    assert shop.alias() == ("1", {})
    assert "or from that of the version that it goes back to" in shop.run("rollback", "--help").out.replace("\n  ", " ")


# A project that says in its configuration where its app is.


def test_the_configuration_names_the_app_and_the_cli(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.use_script_as_cli()
    shop.function()
    cdk = (shop.here / "bin" / "cdk").rename(shop.here / "bin" / "mycdk")
    root = shop.here.parent
    (root / "deployer.toml").write_text(f'adapter = "cdk"\n[cdk]\ndirectory = "shop"\ncommand = "{cdk}"\n')
    monkeypatch.chdir(root)
    assert shop.run("deploy", *PRD).code == 0
    assert (shop.alias(), shop.targets) == (("1", {}), {"orders": "new"})


def test_a_cli_that_is_not_there_is_named(shop: Shop) -> None:
    shop.function()
    (shop.here / "deployer.toml").write_text('adapter = "cdk"\n[cdk]\ncommand = "npx-of-yesterday cdk"\n')
    ran = shop.run("deploy", *PRD)
    assert ran.code == 78
    assert "needs the CDK CLI as npx-of-yesterday cdk: correct cdk.command in deployer.toml" in ran.err


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (("deploy", "ENV=prd", "ADAPTER=cdk", "ARGS=--yes"), "deployer cdk deploy --env prd  --yes"),
        (("plan", "ENV=prd", "ADAPTER=cdk"), "deployer cdk plan --env prd"),
        (("status", "ENV=prd", "ADAPTER=cdk"), "deployer cdk status --env prd"),
        (("deploy", "ENV=prd"), "deployer deploy --env prd"),
    ],
)
def test_make_calls_the_adapter_that_is_named(arguments: tuple[str, ...], command: str) -> None:
    root = Path(__file__).parents[3]
    # A make that runs the tests has words of its own for one within it.
    words = ["make", "--no-print-directory", "-n", *arguments]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip().endswith(f"/{command}")


# What it calls.


def calls(shop: Shop, *arguments: str) -> set[str]:
    """What a command calls, less GetCallerIdentity, which needs no permission."""
    before = len(shop.local.calls)
    assert shop.run(*arguments).code in (0, 5)
    ours = [call for call in shop.local.calls[before:] if "deployer/" in call.user_agent]
    return {f"{call.service}:{call.operation}" for call in ours} - {"sts:GetCallerIdentity"}


def allowed(command: str) -> set[str]:
    stack = {f"cloudformation:{name}" for name in STACK_ACTIONS}
    return stack | {f"lambda:{name}" for name in CDK_ACTIONS[command]}


def test_what_the_policy_lets_a_plan_call_is_what_it_calls(shop: Shop) -> None:
    shop.function()
    called = calls(shop, "plan", *PRD)
    shop.release(1)
    shop.release(2)
    called |= calls(shop, "plan", *PRD)
    for verb in (("rollback",), ("promote",), ("route", "1", "2", "50")):
        called |= calls(shop, *verb, *PRD)
    assert called == allowed("cdk plan")


def give_all_to_the_second(shop: Shop) -> None:
    """What Lambda's own move of provisioned concurrency looks like: whoever sees it asks whether it is one."""
    weights = {"AdditionalVersionWeights": {"1": 1.0}}
    client: Any = boto3.client("lambda")
    client.update_alias(FunctionName=shop.name("orders"), Name="LIVE", RoutingConfig=weights)


def test_what_the_policy_lets_a_verification_call_is_what_it_calls(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    called = calls(shop, "verify", *PRD)
    give_all_to_the_second(shop)
    assert called | calls(shop, "verify", *PRD) == allowed("cdk verify")


def test_what_the_policy_lets_a_check_call_is_what_it_calls(shop: Shop) -> None:
    shop.function()
    assert shop.run("plan", *PRD).code == 0
    called = calls(shop, "check", *PRD)
    assert shop.apply()
    shop.release(2)
    give_all_to_the_second(shop)
    assert called | calls(shop, "check", *PRD) == allowed("cdk check")


def test_a_deployment_calls_no_more_than_its_parts(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    assert calls(shop, "deploy", *PRD) <= allowed("cdk plan")
    assert calls(shop, "deploy", "--planned", *PRD) <= allowed("cdk check")


# Documents.


def document(shop: Shop, *arguments: str) -> dict[str, Any]:
    ran = shop.run(*arguments, "--output", "json")
    found = valid(ran.out)
    assert (found["exit_code"], found["command"]) == (ran.code, f"cdk {arguments[0]}")
    return found


def test_the_documents_fit_the_schema(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function()
    planned = document(shop, "plan", *PRD)
    (one,) = planned["functions"]
    assert planned["targets"] == str(shop.targets_file)
    assert (one["before"], one["target"]["routing"]) == ({"state": "absent"}, {"state": "stable", "version1": "new"})
    assert one["target"] == json.loads(shop.targets_file.read_text())["targets"][0]
    checked = document(shop, "check", *PRD)["functions"][0]
    assert (checked["before"], checked["target"]) == ({"state": "absent"}, one["target"])
    deployed = document(shop, "deploy", *PRD)
    first = {"state": "stable", "version1": "1"}
    assert deployed["functions"][0]["after"] == first
    assert document(shop, "verify", *PRD)["functions"][0]["after"] == first
    again = document(shop, "deploy", "--planned", *PRD)["functions"][0]
    assert (again["before"], again["after"], again["target"]) == (first, first, deployed["functions"][0]["target"])
    refused = document(shop, "rollback", *PRD)
    assert (refused["exit_code"], refused["targets"]) == (5, None)
    assert refused["functions"][0]["decision"]["reason"] == "no-trail"
    shop.describe("mine")
    assert document(shop, "verify", *PRD)["functions"][0]["error"]["kind"] == "Moved"
    assert document(shop, "check", *PRD)["functions"][0]["error"]["kind"] == "Moved"
    assert document(shop, "route", "1", "--env", "prod")["error"]["kind"] == "UsageError"
    assert document(shop, "promote", *PRD)["exit_code"] == 0
