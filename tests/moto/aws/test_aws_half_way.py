"""Where the alias follows `$LATEST`, what is pushed takes traffic at once: a release that fails half-way says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_wire import DROPPED, FAULTS, LOST, THROTTLED, UNHANDLED, Attempt, Fault, Rule, alter, answer
from aws_world import CANARY, DEVELOPMENT

from deployer import AwsFailure
from deployer.aws.failure import Broken, HalfWay, Moved, NotAllowed, Uncertain
from deployer.cli.exits import Exit, exit_of

if TYPE_CHECKING:
    from aws_world import World
    from botocore.awsrequest import AWSResponse

SETTINGS, CODE = "UpdateFunctionConfiguration", "UpdateFunctionCode"


def follows(world: World) -> str:
    return (
        f"alias LIVE of {world.name} follows $LATEST, so whatever was pushed so far takes traffic already, "
        "and the same command again carries on from there"
    )


def at(operation: str, fault: Fault) -> Rule:
    """Every attempt of one operation goes wrong."""
    return lambda attempt: fault.happen(attempt) if attempt.operation == operation else None


def denied(attempt: Attempt) -> AWSResponse:
    return answer(attempt, 403, "AccessDeniedException", "no")


def fail(world: World, rule: Rule, *, on: str = "$LATEST") -> AwsFailure:
    """Release code 2 by a command that fails, the alias being on `$LATEST`, or on a number."""
    strategy = DEVELOPMENT if on == "$LATEST" else CANARY
    world.deploy(1, strategy=strategy)
    assert world.shown() == on
    with pytest.raises(AwsFailure) as caught:
        world.broken(rule, lambda: world.deploy(2, strategy=strategy))
    return caught.value


def test_settings_that_were_pushed_before_the_code_could_be_are_said_to_take_traffic(plain: World) -> None:
    failure = fail(plain, at(CODE, THROTTLED))
    assert (type(failure), exit_of(failure)) == (HalfWay, Exit.HALF_WAY)
    assert str(failure) == (
        f"could not push the code of {plain.name}: TooManyRequestsException: made up\n"
        f"  {follows(plain)}; "
        "the account's API calls are throttled: wait a little and run the command again"
    )
    assert plain.there.latest.settings["MemorySize"] == 130
    plain.deploy(2, strategy=DEVELOPMENT)
    assert (plain.there.latest.code.sha256, plain.shown()) == (plain.zips.sha256(2), "$LATEST")


def test_the_same_failure_behind_a_number_leaves_traffic_untouched(plain: World) -> None:
    failure = fail(plain, at(CODE, THROTTLED), on="1")
    assert (type(failure), exit_of(failure)) == (AwsFailure, Exit.FAILED)
    assert str(failure).splitlines()[1] == (
        "  traffic is untouched; the account's API calls are throttled: wait a little and run the command again"
    )


@pytest.mark.parametrize("fault", UNHANDLED, ids=lambda fault: fault.name)
def test_a_first_write_that_was_not_done_leaves_traffic_untouched(plain: World, fault: Fault) -> None:
    failure = fail(plain, at(SETTINGS, fault))
    assert (type(failure), exit_of(failure)) == (AwsFailure, Exit.FAILED)
    assert str(failure).splitlines()[1].startswith("  traffic is untouched")
    assert plain.there.latest.settings["MemorySize"] == 129


def test_a_first_write_whose_answer_is_lost_for_good_takes_traffic(plain: World) -> None:
    failure = fail(plain, at(SETTINGS, LOST))
    assert (type(failure), follows(plain) in str(failure)) == (HalfWay, True)
    assert plain.there.latest.settings["MemorySize"] == 130


def test_a_first_write_that_nobody_can_tell_of_is_not_said_to_leave_traffic_untouched(plain: World) -> None:
    down: list[str] = []

    def rule(attempt: Attempt) -> AWSResponse | None:
        down.extend([SETTINGS] if attempt.operation == SETTINGS else [])
        return DROPPED.happen(attempt) if down else None

    assert type(fail(plain, rule)) is HalfWay


def test_a_first_write_refused_at_once_is_not_done_even_if_nothing_can_be_read_any_more(plain: World) -> None:
    down: list[str] = []

    def rule(attempt: Attempt) -> AWSResponse | None:
        down.extend([SETTINGS] if attempt.operation == SETTINGS else [])
        return denied(attempt) if down else None

    failure = fail(plain, rule)
    assert (type(failure), exit_of(failure)) == (NotAllowed, Exit.PERMISSION)
    assert str(failure).splitlines()[1] == (
        "  traffic is untouched; see `deployer iam-policy` for what each command needs"
    )


def test_whoever_loses_the_first_write_to_somebody_else_has_left_traffic_untouched(plain: World) -> None:
    def rule(attempt: Attempt) -> None:
        if attempt.operation == SETTINGS:
            plain.edit(Timeout=99)

    failure = fail(plain, rule)
    assert (type(failure), exit_of(failure)) == (Moved, Exit.REFUSED)
    assert failure.advice == "traffic is untouched; run the command again if you still want it"


def test_whoever_loses_the_second_write_to_somebody_else_is_half_way(plain: World) -> None:
    def rule(attempt: Attempt) -> None:
        if attempt.operation == CODE:
            plain.edit(Timeout=99)

    failure = fail(plain, rule)
    assert (type(failure), failure.problem) == (HalfWay, "somebody else changed the function in between: Timeout")
    assert isinstance(failure.__cause__, Moved)


@pytest.mark.parametrize(("on", "kind"), [("$LATEST", HalfWay), ("1", Broken)])
def test_an_update_that_failed_after_it_was_taken_was_a_write(plain: World, on: str, kind: type[AwsFailure]) -> None:
    failed = alter(SETTINGS, LastUpdateStatus="InProgress")
    shown = alter("GetFunctionConfiguration", LastUpdateStatus="Failed", LastUpdateStatusReason="no such layer")

    def rule(attempt: Attempt) -> AWSResponse | None:
        return failed(attempt) or (shown(attempt) if SETTINGS in plain.wire.operations else None)

    failure = fail(plain, rule, on=on)
    assert (type(failure), failure.problem) == (kind, "no such layer")
    where = follows(plain) if on == "$LATEST" else "traffic is untouched"
    assert failure.advice == f"{where}; mend it and deploy again"


def leave(world: World, rule: Rule) -> AwsFailure:
    """Fail to release code 2 as a version, the alias being on `$LATEST`."""
    world.deploy(1, strategy=DEVELOPMENT)
    with pytest.raises(AwsFailure) as caught:
        world.broken(rule, lambda: world.deploy(2))
    return caught.value


@pytest.mark.parametrize("operation", ["PublishVersion", "UpdateAlias"])
def test_an_alias_that_could_not_leave_latest_has_the_traffic_on_what_was_pushed(plain: World, operation: str) -> None:
    failure = leave(plain, at(operation, THROTTLED))
    assert (type(failure), follows(plain) in str(failure)) == (HalfWay, True)
    plain.deploy(2)
    assert (plain.shown(), plain.versions()) == ("1", {1: plain.content(2)})


def test_a_version_that_may_not_have_the_traffic_leaves_it_on_what_was_pushed(plain: World) -> None:
    failure = leave(plain, alter("PublishVersion", State="Deactivated"))
    assert (type(failure), exit_of(failure)) == (HalfWay, Exit.HALF_WAY)
    assert str(failure).startswith(f"could not move alias LIVE of {plain.name}: State of version 1 is Deactivated")
    assert follows(plain) in failure.advice


def test_an_alias_that_nobody_can_tell_of_is_that_and_nothing_less(plain: World) -> None:
    down: list[str] = []

    def rule(attempt: Attempt) -> AWSResponse | None:
        down.extend([attempt.operation] if attempt.operation == "UpdateAlias" else [])
        return DROPPED.happen(attempt) if down else None

    assert type(leave(plain, rule)) is Uncertain


def test_an_alias_that_somebody_else_moved_is_told_as_it_is_now(plain: World) -> None:
    def rule(attempt: Attempt) -> None:
        if attempt.operation == "UpdateAlias":
            plain.point(1)

    failure = leave(plain, rule)
    assert (type(failure), "follows" in str(failure)) == (Moved, False)
    assert failure.problem.startswith("somebody else changed it in between: it is now 1")


@pytest.mark.parametrize("pushed", [True, False])
def test_only_what_this_run_pushed_counts(plain: World, *, pushed: bool) -> None:
    """A release of what `$LATEST` holds already pushes nothing, so its failure leaves the traffic as it was."""
    plain.deploy(1, strategy=DEVELOPMENT)
    with pytest.raises(AwsFailure) as caught:
        plain.broken(at("PublishVersion", LOST), lambda: plain.deploy(2 if pushed else 1))
    assert isinstance(caught.value, HalfWay) is pushed


@pytest.mark.parametrize("lasting", [False, True], ids=["that call", "all calls from then on"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whichever_call_goes_wrong_what_is_said_of_the_traffic_is_true(
    plain: World, fault: Fault, *, lasting: bool
) -> None:
    plain.deploy(1, strategy=DEVELOPMENT)
    before, ends = plain.there.latest.snapshot(), []
    # Two looks, then settings and code, each with a look at whether it has settled.
    for call in range(1, 7):
        world = plain.twin(f"{plain.name}-{call}")
        rule = fault.from_then_on(call) if lasting else fault.always(call)
        with pytest.raises(AwsFailure) as caught:
            world.broken(rule, lambda: world.deploy(2, strategy=DEVELOPMENT))  # noqa: B023  # called at once
        pushed = world.there.latest.snapshot() != before
        # Where nothing can be read any more, no more can be said than that it may be so.
        may_be = lasting and world.wire.operations[call - 1] == SETTINGS
        assert (type(caught.value) is HalfWay) is (pushed or may_be), call
        assert ("traffic is untouched" in str(caught.value)) <= (not pushed), call
        ends.append(pushed)
    assert (ends[0], ends[-1]) == (False, True)
