"""What `deployer cdk verify` says of an alias that is not what its target says: whose doing that is, if anybody's."""

from __future__ import annotations

import json

import pytest
from shop import Shop

PRD = ("--env", "prd")


@pytest.mark.parametrize("verb", ["plan", "rollback", "promote"])
def test_what_was_decided_and_not_deployed_is_no_doing_of_others(verb: str, shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    assert shop.run(verb, *PRD).code == 0
    ran = shop.run("verify", *PRD)
    assert (ran.code, ran.out) == (5, "")
    says = {"plan": "2 at 50 %, 1 at 50 %", "rollback": "1", "promote": "2"}[verb]
    assert ran.err == (
        f"deployer: could not verify alias LIVE of {shop.name('orders')}: its target is not deployed yet: the alias is "
        f"2 at 25 %, 1 at 75 %, as it was when that was decided, and the target says {says}\n"
        f"  `deployer cdk deploy --planned --env prd --function {shop.name('orders')}` carries it out\n"
    )


def test_code_that_was_planned_and_not_deployed_is_not_missed_in_the_stack(shop: Shop) -> None:
    shop.release(1)
    shop.function(code=2)
    assert shop.run("plan", *PRD).code == 0
    told = shop.run("verify", *PRD).err
    assert "its target is not deployed yet: the alias is 1, as it was when that was decided" in told
    assert "the target says new at 25 %, 1 at 75 %" in told


def test_an_alias_that_is_still_to_be_made_was_deleted_by_nobody(shop: Shop) -> None:
    shop.release(1)
    shop.function("parcels")
    assert shop.run("plan", *PRD).code == 0
    told = shop.run("verify", *PRD).err
    assert "its target is not deployed yet: there is no such alias, as when that was decided" in told
    assert "deleted" not in told


def test_targets_that_are_not_deployed_have_a_name_of_their_own_in_documents(shop: Shop) -> None:
    shop.release(1)
    shop.function(code=2)
    assert shop.run("plan", *PRD).code == 0
    document = json.loads(shop.run("verify", *PRD, "--output", "json").out)
    assert document["functions"][0]["error"]["kind"] == "NotDeployed"


def test_a_command_of_a_colleague_is_told_by_its_run(shop: Shop) -> None:
    shop.release(1)
    shop.release(2)
    assert shop.run("plan", *PRD).code == 0
    planned = shop.targets_file.read_bytes()
    assert shop.run("rollback", *PRD).code == 0
    assert shop.apply()
    shop.targets_file.write_bytes(planned)
    ran = shop.run("verify", *PRD)
    assert ran.code == 5
    assert "the alias is now 1, by a rollback (run " in ran.err
    assert "and its target says 2 at 50 %, 1 at 50 %" in ran.err
    assert "by other means" not in ran.err


def test_a_text_that_somebody_else_wrote_is_told_in_their_words(shop: Shop) -> None:
    shop.release(1)
    shop.describe("mine")
    told = shop.run("verify", *PRD).err
    assert "the alias shows 1 as it should, and was written since: it is now 1, by other means than a command" in told
    assert "its text now 'mine'" in told
