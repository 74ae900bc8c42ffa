"""What happens seldom: things gone in between, answers that deny what was done, plans put together wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aws_scenarios import RESTART, STEP_1, write_plan
from aws_wire import BROKEN, alter, altered, answer
from aws_world import DEVELOPMENT

from deployer import AwsFailure, BlueGreen, Promote, Published, Refused, Stable
from deployer.artifact import UnusableCode
from deployer.aws.failure import Moved, Uncertain
from deployer.cli.exits import Exit, exit_of
from deployer.core import InvalidPercent, InvalidRequest, Memory, Operation, Plan, Record, Verb
from deployer.core.token import encode
from deployer.planfile import PlanFile, PlanOutdated

if TYPE_CHECKING:
    from aws_wire import Attempt
    from aws_world import World
    from botocore.awsrequest import AWSResponse


def transition(world: World) -> World:
    world.deploy(1)
    world.deploy(2)
    return world


def test_a_write_that_was_done_in_spite_of_a_server_error_is_done(plain: World) -> None:
    transition(plain)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation != "UpdateAlias":
            return None
        if attempt.attempt == 1:
            attempt.send()
        return BROKEN.happen(attempt)

    outcome = plain.broken(rule, lambda: plain.deployer().promote())
    assert (str(outcome.after), plain.shown(), plain.routings()[2:]) == ("2", "2", ["2"])


def test_a_server_error_during_which_somebody_else_was_first_tells_both(plain: World) -> None:
    transition(plain)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation != "UpdateAlias":
            return None
        if attempt.attempt == 1:
            plain.point(1)
        return BROKEN.happen(attempt)

    with pytest.raises(Moved) as caught:
        plain.broken(rule, lambda: plain.deployer().promote())
    assert caught.value.problem.startswith(
        "ServiceException: made up; meanwhile somebody else changed it in between: it is now 1, "
    )


@pytest.mark.parametrize(
    "shown",
    [
        {"FunctionVersion": "1"},
        {"RoutingConfig": {"AdditionalVersionWeights": {"1": 0.75}}},
        {"Description": "somebody else's"},
        {"FunctionVersion": None, "Description": None},
    ],
    ids=["version", "weights", "description", "nothing"],
)
def test_an_answer_that_shows_another_alias_is_no_matter_where_the_whole_target_stands(
    plain: World, shown: dict[str, Any]
) -> None:
    transition(plain)
    outcome = plain.broken(alter("UpdateAlias", **shown), lambda: plain.deployer().promote())
    assert (str(outcome.after), plain.shown()) == ("2", "2")
    assert plain.wire.operations == ["GetAlias", "UpdateAlias", "GetAlias"]


def test_a_write_that_was_answered_as_done_and_does_not_stand_needs_a_human(plain: World) -> None:
    transition(plain)
    text = plain.text()

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation != "UpdateAlias":
            return None
        done = altered(attempt, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
        plain.point(2, {"1": 0.9})
        return done

    with pytest.raises(Uncertain) as caught:
        plain.broken(rule, lambda: plain.deployer().promote())
    written = plain.text()
    assert text != written
    assert str(caught.value) == (
        f"could not move alias LIVE of {plain.name} from {STEP_1} to 2: Lambda answered the write with version 1, "
        f"weights {{'2': 0.5}} and description '{written}', which is not what was sent; "
        f"the alias is now 2 at 10 %, 1 at 90 %, by other means than a command of ours\n"
        "  look at the alias before anything else: `status`"
    )
    assert exit_of(caught.value) is Exit.HALF_WAY


def test_a_new_alias_that_does_not_stand_needs_a_human_too(plain: World) -> None:
    plain.deploy(1, alias="DEV", strategy=DEVELOPMENT)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation != "CreateAlias":
            return None
        done = altered(attempt, Description="")
        plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description="")
        return done

    with pytest.raises(Uncertain) as caught:
        plain.broken(rule, lambda: plain.deploy(1))
    assert caught.value.problem == (
        "Lambda answered the write with version 1, weights {} and description '', which is not what was sent; "
        "the alias is now 1, by other means than a command of ours"
    )


def test_an_answer_that_shows_another_alias_which_cannot_be_read_needs_a_human(plain: World) -> None:
    transition(plain)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation == "UpdateAlias":
            return altered(attempt, FunctionVersion="1")
        return BROKEN.happen(attempt) if attempt.call > 2 else None

    with pytest.raises(Uncertain) as caught:
        plain.broken(rule, lambda: plain.deployer().promote())
    assert caught.value.problem == (
        f"Lambda answered the write with version 1, weights {{}} and description '{plain.text()}', "
        "which is not what was sent, and the alias cannot be read: ServiceException: made up"
    )
    assert plain.shown() == "2"


def test_an_answer_as_it_was_sent_is_not_asked_about(plain: World) -> None:
    plain.deploy(1)
    with plain.calling("deploy") as calls:
        plain.deploy(2)
        plain.deployer().promote()
    assert calls[-1] == "UpdateAlias"
    assert calls.count("GetAlias") == 2


def test_an_alias_without_a_revision_is_never_written(plain: World) -> None:
    transition(plain)
    deployer = plain.deployer()
    prepared = deployer.prepare(Promote())
    with pytest.raises(Moved, match="it has no RevisionId to guard the write"):
        deployer.execute(replace(prepared, alias=replace(prepared.alias, revision=None)))
    assert plain.shown() == STEP_1


def test_a_function_deleted_while_its_update_settles_is_told(plain: World) -> None:
    plain.deploy(1)
    plain.local.configure(pending_polls=5)

    def rule(attempt: Attempt) -> None:
        if attempt.call == 6:
            plain.client.delete_function(FunctionName=plain.name)

    try:
        with pytest.raises(Moved, match="the function is gone"):
            plain.broken(rule, lambda: plain.deploy(2))
    finally:
        plain.local.configure(pending_polls=0)


def test_an_alias_deleted_in_between_is_told(plain: World) -> None:
    transition(plain)

    def rule(attempt: Attempt) -> None:
        if attempt.operation == "UpdateAlias":
            plain.client.delete_alias(FunctionName=plain.name, Name="LIVE")

    with pytest.raises(Moved, match="it is now absent"):
        plain.broken(rule, lambda: plain.deployer().promote())


def test_a_second_publish_that_is_not_allowed_says_so(plain: World) -> None:
    plain.deploy(1)

    def rule(attempt: Attempt) -> AWSResponse | None:
        if attempt.operation == "PublishVersion" and attempt.call == 9:
            plain.edit(Description="so that the RevisionId is another")
        elif attempt.operation == "PublishVersion":
            return answer(attempt, 403, "AccessDeniedException", "no")
        return None

    with pytest.raises(AwsFailure, match="AccessDeniedException: no"):
        plain.broken(rule, lambda: plain.deploy(2))
    assert plain.shown() == "1"


@pytest.mark.parametrize(("version", "refused"), [("1", True), ("2", False)])
def test_the_number_that_publishing_brings_is_judged_before_it_gets_traffic(
    plain: World, version: str, *, refused: bool
) -> None:
    """Lambda may answer with a version that exists; here it does so where nobody would think of it."""
    transition(plain)
    rule = alter("PublishVersion", Version=version)
    if refused:
        with pytest.raises(Refused, match="equals version 1, where the release under way comes from"):
            plain.broken(rule, lambda: plain.deploy(3, strategy=RESTART))
        assert plain.shown() == STEP_1
    else:
        plain.broken(rule, lambda: plain.deploy(3, strategy=RESTART))
        assert plain.shown() == "2 at 50 %, 1 at 50 %"


def test_a_head_that_was_deleted_is_no_reason_to_stop(plain: World) -> None:
    plain.deploy(1)
    record = Record(Stable(Published(1)), 0, Operation(Verb.ROLLBACK, "old"))
    token = encode(Memory(Published(9), None, (), record))
    plain.client.update_alias(FunctionName=plain.name, Name="LIVE", Description=token)
    plain.deploy(2)
    assert plain.shown() == STEP_1


def test_a_plan_that_pushes_without_a_release_is_a_mistake_in_the_program(plain: World) -> None:
    plain.deploy(1)
    deployer = plain.deployer(2)
    prepared = deployer.prepare()
    with pytest.raises(TypeError, match="comes from a release"):
        deployer.execute(replace(prepared, release=None))
    with pytest.raises(TypeError, match="needs a function that has been looked at"):
        deployer.execute(replace(prepared, latest=None))
    assert plain.shown() == "1"


def test_a_plan_file_is_nothing_to_what_has_no_release(plain: World) -> None:
    plain.deploy(1)
    write_plan(plain)
    kept = PlanFile.read(plain.folder / f"{plain.name}.plan")
    prepared = plain.deployer(2).prepare(operation_id=kept.operation_id)
    kept.check(prepared)
    assert isinstance(prepared.decision, Plan)
    with pytest.raises(PlanOutdated):
        kept.check(replace(prepared, release=None))


def test_a_deploy_without_code_is_refused_before_any_call(plain: World) -> None:
    with plain.calling("deploy") as calls, pytest.raises(InvalidRequest, match="has no `code` to release"):
        plain.deployer(1, code=None).deploy()
    assert calls == []


def test_dependencies_are_not_left_out_without_a_word(plain: World) -> None:
    source = plain.folder / "source"
    source.mkdir()
    (source / "index.py").write_text("def handler(event, context):\n    return 1\n", encoding="utf-8")
    plain.deploy(1, code=source)
    assert plain.shown() == "1"
    (source / "requirements.txt").write_text("requests\n", encoding="utf-8")
    with pytest.raises(UnusableCode, match="the runtime to install them for is not given"):
        plain.deploy(1, code=source, settings={"Role": plain.role})


def test_a_weight_is_read_as_a_person_writes_it(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2, strategy=BlueGreen())
    with pytest.raises(InvalidPercent):
        plain.deployer().route(2, 1, "half")
