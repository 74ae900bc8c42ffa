"""Commands that people are told to type, and what the next deploy is said to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.cli.commands import Commands
from deployer.cli.outlook import next_step, outlook
from deployer.cli.paper import plain
from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Development,
    Move,
    Percent,
    Policy,
    Published,
    Reason,
    Refusal,
    Settling,
    Situation,
    Stable,
    Strategy,
    Transition,
)

CANARY = Canary(CanaryIncrements.of([25, 50, 75]))
V4, V5 = Published(4), Published(5)


@pytest.mark.parametrize(
    ("commands", "typed"),
    [
        (Commands("prd"), "deployer deploy --again --env prd"),
        (Commands("prd", ("orders",)), "deployer deploy --again --env prd --function orders"),
        (
            Commands("prd", ("orders", "mails"), Path("../my shop/deployer.toml")),
            "deployer deploy --again --env prd --function orders --function mails --config '../my shop/deployer.toml'",
        ),
    ],
)
def test_a_command_says_all_that_it_needs_to_be_about_the_same_functions(commands: Commands, typed: str) -> None:
    assert commands.typed("deploy", "--again") == typed


def test_a_file_that_says_what_it_is_about_needs_the_configuration_alone() -> None:
    commands = Commands("prd", ("orders",), Path("shop.toml"))
    assert commands.typed_with_file("deploy", "--plan", "my plan") == (
        "deployer deploy --plan 'my plan' --config shop.toml"
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("to release it: `deploy --again`", "to release it: `deployer deploy --again --env prd`"),
        ("see `deployer iam-policy`", "see `deployer iam-policy --env prd`"),
        ("`promote`, or `rollback --to N`", "`deployer promote --env prd`, or `deployer rollback --to N --env prd`"),
        ("or use `route`", "or use `deployer route VERSION1 [VERSION2 WEIGHT] --env prd`"),
        ("or write it with `deployer package`", "or write it with `deployer package --out FILE --env prd`"),
        ("`route 5` forces it", "`deployer route 5 --env prd` forces it"),
        ("`deployer plan --env stg`", "`deployer plan --env stg`"),
        ("`deployer init` writes one", "`deployer init` writes one"),
        ("`aws lambda tag-resource`, `Role`, deploy", "`aws lambda tag-resource`, `Role`, deploy"),
    ],
)
def test_commands_in_a_text_are_made_whole_and_nothing_else_is_touched(text: str, whole: str) -> None:
    assert Commands("prd").whole(text) == whole


def step_from(state: AliasState, strategy: Strategy, description: str = "") -> list[str]:
    decision = outlook(Situation(state, description), Policy(strategy))
    return [plain(line) for line in next_step(decision, state, "deployer deploy --env prd")]


@pytest.mark.parametrize(
    ("share", "strategy", "effect"),
    [
        ("25", CANARY, "takes it to 50 %"),
        ("33", CANARY, "takes it to 50 %"),
        ("80", CANARY, "takes it to all traffic"),
        ("25", BlueGreen(), "takes it to all traffic"),
        ("25", Development(), "puts $LATEST alone on the alias"),
    ],
)
def test_the_next_step_of_a_release_under_way(share: str, strategy: Strategy, effect: str) -> None:
    state = Transition(V5, V4, Percent.of(share).rest)
    assert step_from(state, strategy) == [f"  next       `deployer deploy --env prd` {effect}"]


@pytest.mark.parametrize("state", [Absent(), Stable(V5), Stable(LATEST)])
def test_where_nothing_is_under_way_there_is_nothing_ahead(state: AliasState) -> None:
    assert outlook(Situation(state), Policy(CANARY)) is None


@pytest.mark.parametrize(
    ("state", "protected", "reason"),
    [
        (Transition(V5, V4, Percent.of(75)), True, Reason.FOREIGN),
        (Transition(V4, V5, Percent.of(75)), False, Reason.FOREIGN_REVERSED),
        (Settling(V5, V4, Move.FAILED), False, Reason.MOVE_FAILED),
    ],
)
def test_what_deploy_refuses_has_no_next_step(state: AliasState, protected: bool, reason: Reason) -> None:
    decision = outlook(Situation(state), Policy(CANARY, protected))
    assert isinstance(decision, Refusal)
    assert decision.reason is reason
    assert list(next_step(decision, state, "deployer deploy --env prd")) == []
