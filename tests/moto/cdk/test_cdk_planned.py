"""`deployer cdk check`, `deploy --planned`, and what moves between the decision and its deployment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from shop import Shop

from deployer.cdk_adapter.target import Targets

PRD = ("--env", "prd")


def planned(shop: Shop, *verb: str, code: int = 2) -> None:
    """Version 1 is released, and something is decided for newer code."""
    shop.use_script_as_cli()
    shop.release(1)
    shop.function(code=code)
    assert shop.run(*(verb or ("plan",)), *PRD).code == 0


def deploy_the_stack(shop: Shop) -> None:
    """As somebody else does, and so that the alias stays as it is."""
    client = boto3.client("cloudformation")
    template: Any = client.get_template(StackName=shop.name("Shop"))["TemplateBody"]
    template["Outputs"] = {"Other": {"Value": "yes"}}
    client.update_stack(StackName=shop.name("Shop"), TemplateBody=json.dumps(template))


def agree_after(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """A person is there, and takes a while to say yes."""

    def confirm(_: str, **__: object) -> bool:
        meanwhile()
        return True

    monkeypatch.setattr("deployer.cli.cdk.deployment.may_ask", lambda: True)
    monkeypatch.setattr("click.confirm", confirm)


# Between the question and the answer.


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (lambda shop: shop.describe("mine"), "somebody else changed it in between: it is now 1, by other means"),
        (deploy_the_stack, "somebody else deployed the stack "),
    ],
    ids=["alias", "stack"],
)
def test_what_moves_while_a_person_is_asked_is_not_deployed_over(
    move: Callable[[Shop], None], said: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.function(code=2, protected=True)
    before = shop.targets_file.read_bytes()
    agree_after(monkeypatch, lambda: move(shop))
    ran = shop.run("deploy", *PRD)
    assert ran.code == 5
    assert said in ran.err
    assert "plan again, which starts from what there is" in ran.err
    assert "the CDK CLI's own words" not in ran.err
    assert (shop.alias(), shop.targets_file.read_bytes()) == (("1", {}), before)


def test_the_targets_of_a_file_are_looked_at_again_after_the_question(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.function(code=2, protected=True)
    assert shop.run("plan", *PRD).code == 0
    agree_after(monkeypatch, lambda: shop.describe("mine"))
    ran = shop.run("deploy", "--planned", *PRD)
    assert ran.code == 5
    assert "somebody else changed it in between" in ran.err
    assert shop.alias() == ("1", {})


# While the app is synthesized with the targets, which takes seconds.


@pytest.mark.parametrize("verb", [("deploy",), ("deploy", "--planned")])
def test_what_moves_while_the_app_is_synthesized_is_not_deployed_over(verb: tuple[str, ...], shop: Shop) -> None:
    planned(shop)
    shop.be_overtaken()
    ran = shop.run(*verb, *PRD)
    assert ran.code == 5
    assert "somebody else changed it in between: it is now 1, by other means" in ran.err
    assert "the CDK CLI's own words" not in ran.err
    assert (shop.alias(), shop.description()) == (("1", {}), "mine")


def test_one_alias_of_two_that_moves_while_the_app_is_synthesized_stops_both(shop: Shop) -> None:
    planned(shop)
    shop.function("mails", stack="Post")
    shop.be_overtaken()
    assert shop.run("deploy", *PRD).code == 5
    assert (shop.alias("orders"), shop.alias("mails")) == (("1", {}), None)


def test_code_that_is_edited_while_a_person_is_asked_fails_before_anything_is_deployed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.function(code=2, protected=True)
    agree_after(monkeypatch, lambda: shop.function(code=3, protected=True))
    ran = shop.run("deploy", *PRD)
    assert (ran.code, shop.alias()) == (1, ("1", {}))
    assert "was decided for other code" in ran.err
    assert f"the CDK CLI failed with code 1: cdk synth {shop.name('Shop')} --exclusively" in ran.err
    assert "nothing was deployed: mend that, and run the same `deployer cdk deploy` again" in ran.err
    assert "the CDK CLI's own words" not in ran.err


# Before a `cdk deploy` by hand.


def test_targets_that_nothing_moved_under_are_checked(shop: Shop) -> None:
    planned(shop)
    before = shop.targets_file.read_bytes()
    ran = shop.run("check", *PRD)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"{shop.name('orders')} in prd, stack {shop.name('Shop')}, alias LIVE, 123456789012, eu-central-1",
        "  now              1    100 %  ████████████████████",
        "  then           new     25 %  █████",
        "                   1     75 %  ███████████████",
        "  checked    nothing has moved since this was decided",
    ]
    assert (shop.alias(), shop.targets_file.read_bytes()) == (("1", {}), before)


def test_an_alias_that_moved_since_is_told_by_a_check(shop: Shop) -> None:
    planned(shop)
    shop.describe("mine")
    ran = shop.run("check", *PRD)
    assert (ran.code, ran.out) == (5, "")
    assert f"could not deploy what was decided for alias LIVE of {shop.name('orders')}: somebody else" in ran.err


def test_code_that_was_edited_since_is_told_by_a_check(shop: Shop) -> None:
    planned(shop)
    shop.function(code=3)
    ran = shop.run("check", *PRD)
    assert (ran.code, ran.out) == (5, "")
    assert "was decided for other code" in ran.err


def test_a_release_that_nothing_was_decided_for_is_told_by_a_check(shop: Shop) -> None:
    planned(shop)
    shop.function("mails", stack="Post")
    ran = shop.run("check", *PRD)
    assert ran.code == 78
    assert ran.err == (
        f"deployer: there is no target for {shop.name('mails')}:LIVE: what the alias is to show is decided before "
        f"synth\n  run `deployer cdk plan --env prd --function {shop.name('mails')}`, and name the file it writes in "
        "the context, -c deployer:targets=FILE\n"
    )
    assert "nothing has moved" in ran.out


def test_what_came_true_already_passes_a_check(shop: Shop) -> None:
    """As when one stack of two failed, and the call is made again."""
    planned(shop)
    assert shop.apply()
    assert shop.run("check", *PRD).code == 0


# In one go, with what was decided before.


@pytest.mark.parametrize(
    ("verb", "alias"),
    [
        (("plan",), ("2", {"1": 0.5})),
        (("promote",), ("2", {})),
        (("rollback",), ("1", {})),
        (("route", "1"), ("1", {})),
    ],
)
def test_what_was_decided_before_is_carried_out(
    verb: tuple[str, ...], alias: tuple[str, dict[str, float]], shop: Shop
) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.release(2)
    assert shop.run(*verb, *PRD).code == 0
    before = shop.targets_file.read_bytes()
    ran = shop.run("deploy", "--planned", *PRD)
    assert (ran.code, ran.err) == (0, "the CDK CLI's own words\n")
    assert "  was              2     25 %" in ran.out
    assert (shop.alias(), shop.targets_file.read_bytes()) == (alias, before)


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (lambda shop: shop.describe("mine"), 5),
        (lambda shop: shop.function(code=3), 5),
        (lambda shop: shop.targets_file.unlink(), 78),
        (lambda shop: Targets(()).write(shop.targets_file), 78),
    ],
    ids=["alias", "code", "no file", "no target"],
)
def test_what_does_not_fit_any_more_is_not_carried_out(move: Callable[[Shop], None], code: int, shop: Shop) -> None:
    planned(shop)
    move(shop)
    ran = shop.run("deploy", "--planned", *PRD)
    assert ran.code == code
    assert "the CDK CLI's own words" not in ran.err
    assert shop.alias() == ("1", {})


def test_what_was_decided_before_can_be_carried_out_twice(shop: Shop) -> None:
    planned(shop)
    assert shop.run("deploy", "--planned", *PRD).code == 0
    assert shop.run("deploy", "--planned", *PRD).code == 0
    assert shop.alias() == ("2", {"1": 0.75})


def test_other_changes_of_a_stack_go_out_with_the_targets_of_before_and_take_no_step(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.release(2)
    shop.function(code=2, team="stock")
    assert shop.run("deploy", "--planned", *PRD).code == 0
    listed = boto3.client("lambda").get_function(FunctionName=shop.name("orders"))
    assert (listed["Tags"]["team"], shop.alias()) == ("stock", ("2", {"1": 0.75}))
    page = (Path(__file__).parents[3] / "docs" / "cdk.md").read_text(encoding="utf-8")
    assert "`deployer cdk deploy --planned` once more, with the file of the last step, changes the rest alone" in page


@pytest.mark.parametrize("option", ["--again", "--adopt"])
def test_an_option_of_the_decision_does_not_go_with_what_was_decided(option: str, shop: Shop) -> None:
    planned(shop)
    ran = shop.run("deploy", "--planned", option, *PRD)
    assert ran.code == 64
    assert "--planned decides nothing" in ran.err


def test_what_was_decided_is_asked_for_where_a_release_is_protected(shop: Shop) -> None:
    shop.use_script_as_cli()
    shop.function(protected=True)
    assert shop.run("plan", *PRD).code == 0
    assert shop.run("deploy", "--planned", *PRD).code == 64
    assert shop.run("deploy", "--planned", "--yes", *PRD).code == 0
    assert shop.alias() == ("1", {})


def test_what_is_asked_shows_what_was_decided(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.use_script_as_cli()
    shop.release(1)
    shop.function(code=2, protected=True)
    assert shop.run("plan", *PRD).code == 0
    monkeypatch.setattr("deployer.cli.cdk.deployment.may_ask", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, **_: print(text))
    ran = shop.run("deploy", "--planned", *PRD)
    assert ran.code == 130
    assert ran.out.index("  then           new     25 %") < ran.out.index(f"deploy {shop.name('Shop')} to prd?")
