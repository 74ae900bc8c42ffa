"""What keeps two versions from sharing traffic, or one from taking it, is known before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_scenarios import STEP_1
from aws_wire import LOST, Rule, alter

from deployer import BlueGreen, Deploy, Development, Promote, Refused
from deployer.aws.failure import Moved, Unsettled
from deployer.core import Refusal, Topic
from deployer.core.plan import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_wire import Attempt
    from aws_world import World
    from botocore.awsrequest import AWSResponse

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:lost"
READ = "GetFunctionConfiguration"


def refused(
    world: World, run: Callable[[], object], rule: Rule = lambda _attempt: None, reason: Reason = Reason.NOT_ROUTABLE
) -> str:
    """The text of a refusal, before which nothing but looks were made."""
    before = world.snapshot()
    with pytest.raises(Refused) as caught:
        world.broken(rule, run)
    assert caught.value.refusal.reason is reason
    assert all(name.startswith("Get") for name in world.wire.operations)
    assert world.snapshot() == before
    return caught.value.refusal.text


def test_another_role_cannot_be_canaried(plain: World) -> None:
    plain.deploy(1)
    other = plain.local.role("other")
    settings = {**plain.settings(2), "Role": other}
    assert refused(plain, lambda: plain.deployer(2, settings=settings).deploy()) == (
        f"Role of version new is {other}, of version 1 {plain.role}; Lambda lets them share no traffic"
    )
    plain.deploy(2, settings=settings, strategy=BlueGreen())
    assert plain.shown() == "2"
    assert refused(plain, lambda: plain.deployer().route(2, 1, 40)) == (
        f"Role of version 2 is {other}, of version 1 {plain.role}; Lambda lets them share no traffic"
    )


def test_another_dead_letter_queue_cannot_be_canaried(plain: World) -> None:
    plain.deploy(1)
    settings = {**plain.settings(2), "DeadLetterConfig": {"TargetArn": QUEUE}}
    assert refused(plain, lambda: plain.deployer(2, settings=settings).deploy()) == (
        f"DeadLetterConfig of version new is {QUEUE}, of version 1 none; Lambda lets them share no traffic"
    )


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"State": "Inactive"}, "State of version 1 is Inactive, not Active"),
        (
            {"State": "Failed", "StateReason": "no such layer"},
            "State of version 1 is Failed (no such layer), not Active",
        ),
    ],
)
def test_a_version_that_cannot_answer_shares_no_traffic(plain: World, answer: dict[str, Any], text: str) -> None:
    plain.deploy(1)
    rule = alter(READ, "1", **answer)
    # The memory knows what version 1 holds, but not how it is.
    assert refused(plain, lambda: plain.deployer(2).deploy(), rule) == text


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"State": "Pending"}, "State of version 1 is Pending, not Active"),
        (
            {"SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}},
            "SnapStart.OptimizationStatus of version 1 is Off: its snapshot is not ready",
        ),
    ],
)
def test_a_version_that_is_not_ready_is_waited_for_within_bounds(
    plain: World, answer: dict[str, Any], text: str
) -> None:
    plain.deploy(1)
    # What would be done is told at once.
    decision = plain.broken(alter(READ, "1", **answer), plain.deployer(2).plan)
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text) == (Reason.PENDING, text)
    before = plain.snapshot()
    with pytest.raises(Unsettled, match=r"could not wait for version 1 .* not ready after 900 s"):
        plain.broken(alter(READ, "1", **answer), plain.deployer(2).deploy)
    assert plain.snapshot() == before
    ready = plain.clock.now() + 60

    def pending_for_a_minute(attempt: Attempt) -> AWSResponse | None:
        return alter(READ, "1", **answer)(attempt) if plain.clock.now() < ready else None

    plain.broken(pending_for_a_minute, plain.deployer(2).deploy)
    assert plain.shown() == "2 at 25 %, 1 at 75 %"


def test_an_idle_version_may_take_all_traffic_but_that_is_said(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2, strategy=BlueGreen())
    outcome = plain.broken(alter(READ, "1", State="Inactive"), lambda: plain.deployer().rollback())
    assert [notice.topic for notice in outcome.decision.notices] == [Topic.INACTIVE]
    assert plain.shown() == "1"


def test_a_version_that_failed_takes_no_traffic(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2, strategy=BlueGreen())
    failed = alter(READ, "1", State="Failed")
    assert refused(plain, lambda: plain.deployer().rollback(), failed) == "State of version 1 is Failed, not Active"


@pytest.fixture
def provisioned(world: World) -> Iterator[World]:
    """Version 1, with provisioned concurrency on the alias, ready."""
    world.deploy(1)
    world.client.put_provisioned_concurrency_config(
        FunctionName=world.name, Qualifier="LIVE", ProvisionedConcurrentExecutions=1
    )
    for _ in range(3):
        world.client.get_provisioned_concurrency_config(FunctionName=world.name, Qualifier="LIVE")
    before = world.local.settings
    yield world
    world.local.configure(**before.as_json())


def test_an_alias_with_provisioned_concurrency_takes_no_weights(provisioned: World) -> None:
    assert refused(provisioned, lambda: provisioned.deployer(2).deploy()) == (
        "the alias has provisioned concurrency, and Lambda allows no weights with it"
    )


def moving(world: World) -> None:
    """Release version 2, so that Lambda begins to move the capacity there."""
    outcome = world.deployer(2, strategy=BlueGreen()).deploy()
    assert (str(outcome.after), world.shown()[:9]) == ("2", "2 at 0 %,")


def test_a_write_that_begins_lambdas_own_move_is_answered_as_it_was_sent(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=6)
    with provisioned.calling("deploy") as calls:
        moving(provisioned)
    assert calls[-1] == "UpdateAlias"


def test_weights_of_lambdas_own_move_are_no_denial_of_a_write(provisioned: World) -> None:
    """Were they in the answer to the write, where the real Lambda does not show them, the target would stand."""
    provisioned.local.configure(provisioned_polls=6)
    shown = alter("UpdateAlias", RoutingConfig={"AdditionalVersionWeights": {"1": 1.0}})
    provisioned.broken(shown, lambda: moving(provisioned))
    assert provisioned.wire.operations[-3:] == ["UpdateAlias", "GetAlias", "GetProvisionedConcurrencyConfig"]


def test_an_alias_whose_capacity_moves_takes_no_weights_either(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=1_000_000)
    moving(provisioned)
    assert refused(provisioned, lambda: provisioned.deployer().route(2, 1, 50)) == (
        "the alias has provisioned concurrency, and Lambda allows no weights with it"
    )


def test_a_deploy_waits_for_lambdas_own_move_and_then_decides(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=6)
    moving(provisioned)
    outcome = provisioned.deployer(3, strategy=BlueGreen()).deploy()
    assert (str(outcome.before), str(outcome.after)) == ("2", "3")
    assert provisioned.clock.slept == [0.25, 0.5]
    assert "await" not in [type(action).__name__.lower() for action in outcome.decision.actions]


def test_a_move_that_does_not_end_ends_the_command_at_its_bound(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=1_000_000)
    moving(provisioned)
    with pytest.raises(Unsettled) as caught:
        provisioned.deployer(3, strategy=BlueGreen()).deploy()
    assert caught.value.doing == f"wait for provisioned concurrency of alias LIVE of {provisioned.name}"
    assert 1200 <= sum(provisioned.clock.slept) < 1210
    assert provisioned.versions().keys() == {1, 2}


def test_a_move_that_failed_is_told_and_only_rolled_back(provisioned: World) -> None:
    provisioned.local.configure(provisioned_init_fails=True)
    moving(provisioned)
    for _ in range(3):
        provisioned.client.get_alias(FunctionName=provisioned.name, Name="LIVE")
    for request in (Deploy(), Promote()):
        with pytest.raises(Refused) as caught:
            provisioned.deployer(3).execute(provisioned.deployer(3).prepare(request))
        assert caught.value.refusal.reason is Reason.MOVE_FAILED
    with provisioned.calling("rollback") as calls:
        provisioned.deployer().rollback()
    assert (provisioned.shown(), calls) == ("1", ["GetAlias", "GetProvisionedConcurrencyConfig", "UpdateAlias"])


def test_a_move_that_fails_while_it_is_waited_for_is_told(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=5)
    moving(provisioned)
    provisioned.local.configure(provisioned_init_fails=True)
    with pytest.raises(Refused) as caught:
        provisioned.deployer(3, strategy=BlueGreen()).deploy()
    assert caught.value.refusal.reason is Reason.MOVE_FAILED


def test_all_weight_on_the_second_version_without_a_move_was_set_by_somebody(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    plain.point(2, {"1": 1.0})
    with pytest.raises(Refused) as caught:
        plain.deployer(3).deploy()
    assert caught.value.refusal.reason is Reason.ALL_ON_SECOND
    plain.deployer().promote()
    assert plain.shown() == "2"


def test_lambdas_move_right_after_a_lost_answer_is_still_our_write(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=50)
    provisioned.broken(
        lambda attempt: LOST.happen(attempt) if (attempt.operation, attempt.attempt) == ("UpdateAlias", 1) else None,
        lambda: provisioned.deployer(2, strategy=BlueGreen()).deploy(),
    )
    assert provisioned.shown()[:9] == "2 at 0 %,"


def test_a_release_that_began_goes_on_without_looking_at_its_pair_again(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    with plain.calling("deploy") as calls:
        plain.deployer(2).deploy()
    assert calls == ["GetAlias", READ, "UpdateAlias"]
    assert plain.routings()[1] == STEP_1


def test_whoever_waits_first_is_shown_all_that_will_be_done(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=6)
    moving(provisioned)
    deployer = provisioned.deployer(3, strategy=BlueGreen())
    prepared = deployer.prepare()
    assert [type(action).__name__ for action in prepared.decision.actions] == ["Await"]
    settled = deployer.settled(prepared)
    shown = [type(action).__name__ for action in settled.decision.actions]
    assert shown == ["PushSettings", "PushCode", "Publish", "Shift"]
    assert len(provisioned.versions()) == 2
    assert [type(action).__name__ for action in deployer.execute(settled).decision.actions] == shown


def test_an_alias_with_provisioned_concurrency_is_not_sent_to_latest(provisioned: World) -> None:
    told = refused(provisioned, lambda: provisioned.deployer(2, strategy=Development()).deploy())
    assert told == "the alias has provisioned concurrency, and Lambda has none for $LATEST"


def test_a_rollback_while_a_deploy_waits_for_lambdas_move_is_not_overridden(provisioned: World) -> None:
    provisioned.local.configure(provisioned_polls=6)
    moving(provisioned)
    prepared = provisioned.deployer(3, strategy=BlueGreen()).prepare()
    provisioned.deployer().rollback()
    with pytest.raises(Moved, match="somebody else wrote the alias meanwhile"):
        provisioned.deployer(3, strategy=BlueGreen()).execute(prepared)
    assert len(provisioned.versions()) == 2
