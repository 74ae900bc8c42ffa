"""Somebody else changes the function or the alias at any moment of a release: exactly one wins, and nothing is lost."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aws_scenarios import STEP_1, STEP_2
from aws_wire import THROTTLED, Attempt, Rule, answer
from botocore.exceptions import ConnectionClosedError

from deployer import Deployer
from deployer.aws.failure import Moved, NotAllowed

if TYPE_CHECKING:
    from aws_world import World
    from botocore.awsrequest import AWSResponse

_COUNT = itertools.count(1)

# What a canary start calls: alias, $LATEST, version 1 and provisioned concurrency, then settings, code, publish, alias.
LOOK, PUBLISH, ALIAS = 2, 9, 10
MOMENTS = range(1, ALIAS + 1)


def meanwhile(call: int, act: Callable[[], object]) -> Rule:
    """Somebody acts just before our `call`-th call."""

    def rule(attempt: Attempt) -> None:
        if (attempt.call, attempt.attempt) == (call, 1):
            act()

    return rule


def _result(world: World, call: int, act: Callable[[World], object]) -> str:
    """Deploy code 2 while somebody acts; what moved, if we are told so."""
    return _outcome(lambda: world.broken(meanwhile(call, lambda: act(world)), lambda: world.deployer(2).deploy()))


def _outcome(run: Callable[[], object]) -> str:
    try:
        run()
    except Moved as moved:
        return "moved" if "somebody else" in moved.problem else moved.problem
    return "released"


def _each(world: World, act: Callable[[World], object]) -> list[tuple[World, int, str]]:
    """The same at every moment, each on a copy of a function that is stable on version 1."""
    world.deploy(1)
    results = []
    for call in MOMENTS:
        twin = world.twin(f"{world.name}-{next(_COUNT)}")
        results.append((twin, call, _result(twin, call, act)))
    return results


def test_a_setting_edited_before_the_look_is_released_and_one_edited_after_it_stops_the_release(world: World) -> None:
    for twin, call, result in _each(world, lambda twin: twin.edit(Timeout=99)):
        assert result == ("released" if call <= LOOK or call == ALIAS else "moved"), call
        assert twin.there.latest.settings["Timeout"] == 99
        assert twin.shown() == (STEP_1 if result == "released" else "1")
        if result == "released":
            assert twin.there.versions["2"].settings["Timeout"] == (99 if call <= LOOK else 3)
            assert twin.versions()[2] == twin.content(2)


def test_an_edit_that_happens_to_hold_our_own_settings_too_is_still_somebody_elses(world: World) -> None:
    for twin, call, result in _each(world, lambda twin: twin.edit(MemorySize=130, Timeout=99)):
        assert result == ("released" if call <= LOOK or call == ALIAS else "moved"), call
        assert twin.there.latest.settings["Timeout"] == 99


def test_code_pushed_by_somebody_else_after_the_look_is_never_released(world: World) -> None:
    for twin, call, result in _each(world, lambda twin: twin.edit_code(3)):
        assert result == ("released" if call <= LOOK or call == ALIAS else "moved"), call
        assert twin.shown() == (STEP_1 if result == "released" else "1")
        assert twin.versions().get(2, twin.content(2)) == twin.content(2)


def test_an_edit_of_the_functions_description_is_no_reason_to_stop(world: World) -> None:
    """It changes the RevisionId, but nothing that a release means."""
    for twin, call, result in _each(world, lambda twin: twin.edit(Description="mine")):
        assert result == ("moved" if call in {3, 4, 5, 7} else "released"), call
        assert len(twin.versions()) <= 2


def test_an_alias_edited_after_the_look_keeps_what_it_was_given(world: World) -> None:
    world.deploy(1)
    world.edit(Timeout=5)
    world.client.publish_version(FunctionName=world.name)
    for call in MOMENTS:
        twin = world.twin(f"{world.name}-{next(_COUNT)}")
        result = _result(twin, call, lambda twin: twin.point(2))
        assert result == ("released" if call == 1 else "moved"), call
        assert twin.shown() == ("3 at 25 %, 2 at 75 %" if call == 1 else "2")


def test_whoever_moved_the_alias_first_is_named_by_what_it_shows_now(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    with pytest.raises(Moved) as caught:
        plain.broken(meanwhile(2, lambda: plain.point(1)), lambda: plain.deployer().promote())
    assert str(caught.value) == (
        f"could not move alias LIVE of {plain.name} from {STEP_1} to 2: somebody else changed it in between: "
        "it is now 1, by other means than a command of ours\n"
        "  look at it with `status`, and run the command again if you still want it"
    )


def test_a_rival_that_is_a_command_of_ours_is_named_by_verb_and_run(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    rival = replace(plain.deployer(), new_operation_id=lambda: "Ab12")
    with pytest.raises(Moved) as caught:
        plain.broken(meanwhile(2, rival.rollback), lambda: plain.deployer().promote())
    assert caught.value.problem == "somebody else changed it in between: it is now 1, by a rollback (run Ab12)"


@pytest.mark.parametrize(
    ("description", "whose"),
    [
        ("ask Alice TOKEN", "other means than a command of ours, its text now 'ask Alice'"),
        ("ask Alice", "other means than a command of ours, its text now 'ask Alice'"),
    ],
)
def test_the_text_of_people_is_told_where_it_changed_and_the_token_never(
    description: str, whose: str, plain: World
) -> None:
    plain.deploy(1)
    plain.deploy(2)
    text = description.replace("TOKEN", plain.text())

    def describe() -> None:
        plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description=text)

    with pytest.raises(Moved) as caught:
        plain.broken(meanwhile(2, describe), lambda: plain.deployer().promote())
    assert caught.value.problem == f"somebody else changed it in between: it is now {STEP_1}, by {whose}"


def test_a_hold_that_comes_in_between_stops_no_rollback(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    outcome = plain.broken(meanwhile(2, plain.deployer().hold), lambda: plain.deployer().rollback())
    assert (str(outcome.before), plain.shown()) == (STEP_1, "1")
    assert plain.wire.operations.count("UpdateAlias") == 3  # the one that was refused, the hold, the rollback


@pytest.mark.parametrize("verb", ["promote", "hold"])
def test_it_stops_whatever_else_was_to_be_written(plain: World, verb: str) -> None:
    plain.deploy(1)
    plain.deploy(2)
    with pytest.raises(Moved):
        plain.broken(meanwhile(2, plain.deployer().hold), getattr(plain.deployer(), verb))
    assert plain.shown() == STEP_1


def test_a_rollback_gives_way_to_whoever_has_moved_the_traffic(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    with pytest.raises(Moved):
        plain.broken(meanwhile(2, plain.deployer().promote), lambda: plain.deployer().rollback())
    assert plain.shown() == "2"


def test_a_rollback_is_decided_again_once(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    hold, resume = plain.deployer().hold, plain.deployer().resume
    first, second = meanwhile(2, hold), meanwhile(7, resume)
    with pytest.raises(Moved):
        plain.broken(lambda attempt: first(attempt) or second(attempt), lambda: plain.deployer().rollback())
    assert plain.shown() == STEP_1


def test_a_memory_that_is_too_new_to_be_read_is_told_as_such(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    text = plain.text().replace("lr1:", "lr9:")

    def describe() -> None:
        plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description=text)

    with pytest.raises(Moved) as caught:
        plain.broken(meanwhile(2, describe), lambda: plain.deployer().promote())
    assert caught.value.problem == (
        f"somebody else changed it in between: it is now {STEP_1}, and the alias's memory is in format lr9; this "
        "deployer knows lr1: upgrade it"
    )


@pytest.mark.parametrize(
    ("verb", "write"),
    [
        pytest.param(lambda deployer: deployer.promote(), 2, id="promote"),
        pytest.param(lambda deployer: deployer.rollback(), 2, id="rollback"),
        pytest.param(lambda deployer: deployer.route(1), 2, id="route"),
        pytest.param(lambda deployer: deployer.deploy(), 3, id="step"),
    ],
)
@pytest.mark.parametrize("edit", [lambda world: world.point(1), lambda world: world.point(2, {"1": 0.9})])
def test_a_verb_that_looked_before_an_edit_loses_to_it(
    plain: World, verb: Callable[[Deployer], object], write: int, edit: Callable[[World], None]
) -> None:
    plain.deploy(1)
    plain.deploy(2)
    with pytest.raises(Moved, match="somebody else changed it in between: it is now "):
        plain.broken(meanwhile(write, lambda: edit(plain)), lambda: verb(plain.deployer(2)))
    assert plain.log()[-1].user_agent.startswith("Boto3")


def test_of_two_publishers_of_other_code_exactly_one_has_the_traffic(world: World) -> None:
    for twin, call, result in _each(world, lambda twin: twin.rival.deploy(3)):
        assert result == ("released" if call == 1 else "moved"), call
        # Before our last call the version that nobody routes to is ours already.
        number = 3 if call == ALIAS else 2
        assert twin.versions()[number] == twin.content(3)
        assert twin.shown() == (STEP_2 if call == 1 else f"{number} at 25 %, 1 at 75 %")


def test_of_two_publishers_of_the_same_code_exactly_one_moves_the_alias(world: World) -> None:
    for twin, call, result in _each(world, lambda twin: twin.rival.deploy(2)):
        assert result == ("released" if call == 1 else "moved"), call
        assert twin.versions() == {1: twin.content(1), 2: twin.content(2)}
        assert twin.shown() == (STEP_2 if call == 1 else STEP_1)


def test_two_that_create_the_function_at_once_make_one_release(world: World) -> None:
    for call in range(1, 7):
        twin = world.twin(f"{world.name}-{next(_COUNT)}")
        rule = meanwhile(call, lambda: twin.rival.deploy(1))  # noqa: B023  # called at once
        result = _outcome(lambda: twin.broken(rule, lambda: twin.deployer(1).deploy()))  # noqa: B023  # called at once
        assert result == ("released" if call == 1 else "moved"), call
        assert (twin.versions(), twin.shown()) == ({1: twin.content(1)}, "1")


def test_a_second_refusal_of_a_publish_is_told_and_not_tried_for_ever(plain: World) -> None:
    """The RevisionId moves each time, the content never does."""
    plain.deploy(1)

    def rule(attempt: Attempt) -> None:
        if attempt.operation == "PublishVersion":
            plain.edit(Description=f"edit {attempt.call}")

    with pytest.raises(Moved, match="somebody else keeps changing the function"):
        plain.broken(rule, lambda: plain.deployer(2).deploy())
    assert (plain.shown(), plain.wire.operations.count("PublishVersion")) == ("1", 2)


def test_lambda_may_name_the_code_first_when_somebody_else_pushed_other_code(plain: World) -> None:
    """Which of the two guards of PublishVersion it checks first is not on record."""
    plain.deploy(1)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation != "PublishVersion":
            return None
        plain.edit_code(3)
        sha = "CodeSHA256 (a) is different from current CodeSHA256 in $LATEST (b)."
        return answer(attempt, 400, "InvalidParameterValueException", sha)

    with pytest.raises(Moved, match="somebody else changed the function in between"):
        plain.broken(rule, lambda: plain.deployer(2).deploy())
    assert plain.versions() == {1: plain.content(1)}


def test_a_write_refused_at_once_leaves_no_doubt_even_if_the_alias_cannot_be_read_any_more(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)

    def rule(attempt: Attempt) -> AWSResponse | None:
        return answer(attempt, 403, "ExpiredTokenException", "expired") if attempt.call > 1 else None

    with pytest.raises(NotAllowed) as caught:
        plain.broken(rule, lambda: plain.deployer().promote())
    assert (caught.value.doing, caught.value.problem) == (
        f"move alias LIVE of {plain.name} from {STEP_1} to 2",
        "ExpiredTokenException: expired",
    )
    assert plain.shown() == STEP_1


def test_a_lost_race_is_told_even_if_the_alias_cannot_be_read_any_more(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.call == 2:
            plain.point(1)
        return THROTTLED.happen(attempt) if attempt.call > 2 else None

    with pytest.raises(Moved, match="somebody else changed it in between"):
        plain.broken(rule, lambda: plain.deployer().promote())


def test_a_version_that_somebody_else_published_of_the_same_content_is_not_taken_for_ours(touchy: World) -> None:
    touchy.deploy(1)

    def rule(attempt: Attempt) -> None:
        if attempt.operation == "PublishVersion" and len(touchy.versions()) == 1:
            touchy.client.publish_version(FunctionName=touchy.name, Description="by hand")

    with pytest.raises(Moved, match="somebody else published the same content as version 2"):
        touchy.broken(rule, lambda: touchy.deployer(2).deploy())
    assert (touchy.shown(), len(touchy.versions())) == ("1", 2)
    touchy.deploy(2)
    assert (touchy.shown(), len(touchy.versions())) == (STEP_1, 2)


def lose_the_version(then: Callable[[], object]) -> Rule:
    """The first publish is done and its answer lost; somebody does something before botocore tries again."""

    def rule(attempt: Attempt) -> None:
        if (attempt.call, attempt.attempt) != (PUBLISH, 1):
            return
        attempt.send()
        then()
        raise ConnectionClosedError(endpoint_url=attempt.request.url)

    return rule


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda world: world.edit(Description="mine"), id="of the description"),
        pytest.param(lambda world: world.edit(Timeout=99), id="of a setting"),
        pytest.param(lambda world: world.edit_code(3), id="of the code"),
    ],
)
def test_a_version_whose_answer_was_lost_is_found_again_whatever_was_edited_since(
    world: World, edit: Callable[[World], None]
) -> None:
    world.deploy(1)
    rule = lose_the_version(lambda: edit(world))
    outcome = world.broken(rule, lambda: world.deployer(2).deploy())
    assert outcome.published is not None
    assert (str(outcome.published.version), outcome.reused, world.shown()) == ("2", False, STEP_1)
    assert world.versions() == {1: world.content(1), 2: world.content(2)}
    assert world.wire.operations[PUBLISH - 1 :] == [
        "PublishVersion",
        "ListVersionsByFunction",
        "GetFunctionConfiguration",
        "UpdateAlias",
    ]


def test_a_version_whose_answer_was_lost_is_waited_for_like_any_other(world: World) -> None:
    world.deploy(1)
    world.local.configure(version_pending_polls=4)
    rule = lose_the_version(lambda: world.edit(Description="mine"))
    world.broken(rule, lambda: world.deployer(2).deploy())
    assert (world.shown(), world.there.versions["2"].change, len(world.clock.slept) > 2) == (STEP_1, None, True)


def test_a_version_whose_answer_was_lost_and_that_was_deleted_is_published_again(world: World) -> None:
    world.deploy(1)

    def gone() -> None:
        world.client.delete_function(FunctionName=world.name, Qualifier="2")

    world.broken(lose_the_version(gone), lambda: world.deployer(2).deploy())
    assert (world.shown(), world.versions()) == ("3 at 25 %, 1 at 75 %", {1: world.content(1), 3: world.content(2)})


def test_a_publish_that_was_not_done_is_made_after_an_edit_of_the_description(world: World) -> None:
    """Nobody's version is there, and the content is what was looked at."""
    world.deploy(1)
    world.broken(meanwhile(PUBLISH, lambda: world.edit(Description="mine")), lambda: world.deployer(2).deploy())
    assert world.wire.operations[PUBLISH - 1 :] == [
        "PublishVersion",
        "ListVersionsByFunction",
        "GetFunctionConfiguration",
        "PublishVersion",
        "UpdateAlias",
    ]
    assert (world.shown(), world.versions()) == (STEP_1, {1: world.content(1), 2: world.content(2)})
