"""Route, promote, rollback, status, history and the memory, as Lambda and people's own edits have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_scenarios import STEP_1
from aws_world import DEVELOPMENT

from deployer import AwsFailure, BlueGreen, Deploy, Percent, Published, Refused, Rollback
from deployer.aws.failure import WrongAccount
from deployer.core import InvalidRequest, Topic, parse_description
from deployer.core.plan import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_world import World

    from deployer import Deployer, Outcome


def three(world: World) -> World:
    """Versions 1, 2 and 3, each once stable."""
    for code in (1, 2, 3):
        world.deploy(code, strategy=BlueGreen())
    return world


def topics(outcome: Outcome) -> tuple[Topic, ...]:
    return tuple(notice.topic for notice in outcome.decision.notices)


def refusal(run: Callable[[], object]) -> Reason:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value.refusal.reason


def test_a_route_puts_exactly_what_is_named_on_the_alias(plain: World) -> None:
    three(plain)
    for words, shown in (((1, 2, 12.5), "1 at 87.5 %, 2 at 12.5 %"), ((2,), "2"), (("3", "1", "0.01"), None)):
        with plain.calling("route") as calls:
            plain.deployer().route(*words)
        assert plain.shown() == (shown or "3 at 99.99 %, 1 at 0.01 %")
        assert "PublishVersion" not in calls
    outcome = plain.deployer().route(3, 1, 0.01)
    assert (topics(outcome), outcome.decision.actions) == ((Topic.ALREADY,), ())


def test_a_route_may_create_the_alias(plain: World) -> None:
    three(plain)
    with plain.calling("route") as calls:
        plain.deployer(alias="NEW").route(2)
    looks = ["GetAlias", "GetFunctionConfiguration", "GetFunctionConfiguration"]
    assert (plain.shown("NEW"), calls) == ("2", [*looks, "CreateAlias"])


def test_what_a_route_created_is_remembered(plain: World) -> None:
    three(plain)
    plain.deployer(alias="NEW").route(2)
    status = plain.deployer(alias="NEW").status()
    assert (status.damaged, status.recollection.remembered) == (False, True)
    plain.deployer(alias="NEW").route(3)
    plain.deployer(alias="NEW").rollback()
    assert plain.shown("NEW") == "2"


def test_a_route_creates_no_alias_in_another_account(plain: World) -> None:
    three(plain)
    with plain.calling("route") as calls, pytest.raises(WrongAccount):
        plain.deployer(alias="NEW", account="999999999999").route(2)
    assert (plain.shown("NEW"), calls) == ("absent", ["GetAlias", "GetFunctionConfiguration"])


def test_a_route_to_latest_of_no_function_says_so(plain: World) -> None:
    with pytest.raises(AwsFailure) as caught:
        plain.deployer(strategy=DEVELOPMENT).route("$LATEST")
    assert str(caught.value) == (
        f"could not write alias LIVE of {plain.name}: there is no such function\n"
        "  traffic is untouched; deploy it first"
    )


def test_a_route_to_what_is_not_there_is_refused(plain: World) -> None:
    three(plain)
    assert refusal(lambda: plain.deployer().route(9)) is Reason.NO_VERSION
    assert refusal(lambda: plain.deployer().route(9, 1, 10)) is Reason.NO_VERSION
    assert refusal(lambda: plain.deployer().route("$LATEST")) is Reason.LATEST_OUTSIDE_DEVELOPMENT
    assert plain.shown() == "3"


def test_a_development_environment_may_route_to_latest(plain: World) -> None:
    three(plain)
    plain.deployer(strategy=DEVELOPMENT).route("$LATEST")
    assert plain.shown() == "$LATEST"


def test_a_second_version_comes_with_a_weight(plain: World) -> None:
    with pytest.raises(InvalidRequest):
        plain.deployer().route(1, 2)
    with pytest.raises(InvalidRequest):
        plain.deployer().route(1, None, 10)


def test_a_promotion_is_done_once(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    with plain.calling("promote") as calls:
        plain.deployer().promote()
    again = plain.deployer().promote()
    assert (plain.shown(), topics(again), again.decision.actions) == ("2", (Topic.ALREADY,), ())
    assert calls == ["GetAlias", "UpdateAlias"]


def test_a_rollback_ends_a_transition_at_once_and_is_done_once(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    plain.deployer().rollback()
    again = plain.deployer().rollback()
    assert (plain.shown(), topics(again), again.decision.actions) == ("1", (Topic.ALREADY,), ())


def test_a_rollback_of_a_stable_version_goes_along_the_trail_and_never_back(plain: World) -> None:
    three(plain)
    with plain.calling("rollback") as calls:
        plain.deployer().rollback()
    assert (plain.shown(), calls) == ("2", ["GetAlias", "GetFunctionConfiguration", "UpdateAlias"])
    assert [str(version) for version in plain.deployer().status().recollection.trail] == ["1"]
    plain.deployer().rollback(1)
    assert (plain.shown(), plain.deployer().status().recollection.trail) == ("1", ())


def test_a_rollback_without_a_trail_lists_the_versions_there_are(plain: World) -> None:
    three(plain)
    plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description="")
    with plain.calling("rollback") as calls, pytest.raises(Refused) as caught:
        plain.deployer().rollback()
    assert str(caught.value) == (
        "nothing is known to have been stable before 3\n"
        "  choose a version yourself: `rollback --to N`; published versions: 1, 2, 3"
    )
    assert calls == ["GetAlias", "ListVersionsByFunction"]


def test_without_an_alias_there_is_nothing_to_promote_or_to_roll_back(plain: World) -> None:
    assert refusal(lambda: plain.deployer().promote()) is Reason.NO_ALIAS
    assert refusal(lambda: plain.deployer().rollback()) is Reason.NO_ALIAS
    assert refusal(lambda: plain.deployer().rollback(3)) is Reason.NO_ALIAS


def test_a_rollback_to_a_version_that_is_gone_is_refused(plain: World) -> None:
    three(plain)
    plain.client.delete_function(FunctionName=plain.name, Qualifier="2")
    assert refusal(lambda: plain.deployer().rollback()) is Reason.NO_VERSION
    assert plain.shown() == "3"


def test_the_memory_stands_next_to_what_people_write(plain: World) -> None:
    plain.deploy(1)
    token = plain.text()
    plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description=f"Orders. {token} Ask Ann.")
    plain.deploy(2)
    text = plain.text()
    assert text.startswith("Orders. lr1:")
    assert text.endswith(" Ask Ann.")
    assert plain.deployer().status().text == "Orders. Ask Ann."
    assert str(plain.deployer().status().recollection.head) == "2"


def test_a_long_text_is_cut_for_the_memory_and_that_is_said(plain: World) -> None:
    plain.deploy(1)
    plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description="\N{ROCKET}" * 128)
    outcome = plain.deployer(2).deploy()
    assert Topic.TEXT_CUT in topics(outcome)
    assert plain.text().startswith("\N{ROCKET}")
    assert len(plain.text().encode("utf-16-le")) // 2 <= 256
    assert plain.shown() == STEP_1


def test_a_damaged_memory_counts_as_none_and_is_told(plain: World) -> None:
    plain.deploy(1)
    damaged = plain.text()[:-1] + ("0" if plain.text()[-1] != "0" else "1")
    plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description=damaged)
    assert plain.deployer().status().damaged
    outcome = plain.deployer(2).deploy()
    assert topics(outcome)[:2] == (Topic.MEMORY_DAMAGED, Topic.NO_MEMORY)
    assert parse_description(plain.text(), plain.alias_arn()).memory is not None


def test_an_alias_pointed_elsewhere_by_hand_keeps_head_and_trail(plain: World) -> None:
    three(plain)
    plain.point(1)
    status = plain.deployer().status()
    assert (str(status.recollection.head), [str(version) for version in status.recollection.trail]) == ("3", ["2", "1"])
    assert status.recollection.record is None
    outcome = plain.deployer(3).deploy()
    assert (topics(outcome), plain.shown()) == ((Topic.MEMORY_OTHER_ROUTING, Topic.HELD), "1")


def test_status_tells_of_an_alias_that_is_not_there(plain: World) -> None:
    status = plain.deployer().status()
    assert (str(status.state), status.text, status.recollection.remembered) == ("absent", "", False)


def test_history_shows_each_version_with_its_mark_and_its_place(plain: World) -> None:
    three(plain)
    plain.deployer(4, release="1.4.0", new_operation_id=lambda: "four").deploy()
    plain.edit(Timeout=9)
    plain.client.publish_version(FunctionName=plain.name, Description="by hand")
    with plain.calling("history") as calls:
        entries = plain.deployer().history()
    assert calls == ["GetAlias", "ListVersionsByFunction"]
    assert [(str(entry.version), entry.share, entry.trail, entry.head) for entry in entries] == [
        ("5", None, None, False),
        ("4", Percent.of(25), None, True),
        ("3", Percent.of(75), None, False),
        ("2", None, 1, False),
        ("1", None, 2, False),
    ]
    assert (entries[0].mark, entries[0].description) == (None, "by hand")
    mark = entries[1].mark
    assert mark is not None
    assert (mark.run, mark.release, mark.at) == ("four", "1.4.0", "2026-11-18T11:06:40Z")
    assert (entries[1].code_sha256, entries[1].published[:2]) == (plain.zips.sha256(4), "20")


def test_history_reads_all_pages(plain: World) -> None:
    plain.deploy(1)
    for timeout in range(10, 65):
        plain.edit(Timeout=timeout)
        plain.client.publish_version(FunctionName=plain.name)
    assert [entry.version for entry in plain.deployer().history()] == [Published(n) for n in range(56, 0, -1)]


def test_the_verbs_are_short_for_prepare_and_execute(plain: World) -> None:
    deployer: Deployer = plain.deployer(1)
    assert deployer.prepare().request == Deploy()
    deployer.execute(deployer.prepare(operation_id="mine"))
    assert ":d.mine:" in plain.text()
    assert refusal(lambda: deployer.execute(deployer.prepare(Rollback()))) is Reason.NO_TRAIL
