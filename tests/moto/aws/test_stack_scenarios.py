"""What has been seen to go wrong when versions and aliases are deployed by CloudFormation, one by one (T1 to T13)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aws_world import CANARY
from stack_world import StackFailed, StackWorld

from deployer import BlueGreen
from deployer.aws.failure import Moved
from deployer.aws.prepared import Refused
from deployer.core import (
    Canary,
    CanaryIncrements,
    Deploy,
    Development,
    OnNewer,
    Percent,
    Published,
    Reason,
    Refusal,
    Rollback,
    Route,
    Stable,
    Topic,
    Transition,
    Verdict,
)
from deployer.stack.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_world import World

RESTART = Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART)
ONE, TWO, THREE = (Published(number) for number in (1, 2, 3))
STEPS = ["2 at 25 %, 1 at 75 %", "2 at 50 %, 1 at 50 %", "2 at 75 %, 1 at 25 %", "2"]


@pytest.fixture
def stack(world: World) -> StackWorld:
    """Under both readings of what is published anew."""
    return StackWorld(world, RESTART)


def _reason(resolved: Any) -> Reason | None:
    return resolved.target.reason if isinstance(resolved.target, Refusal) else None


def _released(stack: StackWorld) -> StackWorld:
    """Version 2, all the way."""
    stack.run()
    newer = stack.checked_out(2)
    shown = []
    for _ in STEPS:
        newer.run()
        shown.append(stack.world.shown())
        assert newer.version_id in newer.logical_ids(), "the Version stays in every template of its code"
    assert shown == STEPS
    return newer


def test_t1_a_canary_rests_at_every_step_and_then_nothing_is_published_anew(stack: StackWorld) -> None:
    newer = _released(stack)
    before = newer.world.snapshot()
    assert _reason(newer.run()) is None
    assert newer.world.snapshot() == before
    assert newer.published() == [ONE, TWO]


def test_t2_an_alias_update_that_fails_takes_the_version_with_it_and_can_be_made_again(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    stack.world.local.fail_resource("AWS::Lambda::Alias")
    with pytest.raises(StackFailed):
        newer.run()
    assert (stack.world.shown(), newer.published()) == ("1", [ONE])
    newer.run()
    assert stack.world.shown().endswith(" at 25 %, 1 at 75 %")


def test_t3_a_step_from_a_checkout_with_newer_code_restarts_or_is_refused(stack: StackWorld) -> None:
    stack.run()
    stack.checked_out(2).run()
    refusing = replace(stack.checked_out(3), strategy=Canary(RESTART.increments, OnNewer.REFUSE))
    assert _reason(refusing.run()) is Reason.NEWER
    assert _reason(refusing.run(Rollback())) is Reason.WOULD_PUBLISH
    assert (stack.world.shown(), stack.published()) == (STEPS[0], [ONE, TWO])
    stack.checked_out(3).run()
    assert stack.world.shown() == "3 at 25 %, 1 at 75 %"


def test_t3_from_the_checkout_that_is_deployed_every_way_is_open(stack: StackWorld) -> None:
    """Even when the alias has gone on from its code: nothing would be pushed that is not there already."""
    stack.run()
    stack.checked_out(2).run()
    stack.run(Route(Stable(TWO)))
    stack.run(Rollback())
    assert (stack.world.shown(), stack.published()) == ("1", [ONE, TWO])


def test_t4_what_was_aborted_is_held_and_comes_back_without_being_published(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    newer.run(Rollback())
    assert stack.world.shown() == "1"
    held = newer.run()
    assert [str(notice.topic) for notice in held.decision.notices] == ["held"]
    assert stack.world.shown() == "1"
    newer.run(Deploy(again=True))
    assert (stack.world.shown(), stack.published()) == (STEPS[0], [ONE, TWO])


def test_t5_code_that_is_reverted_is_published_anew(stack: StackWorld) -> None:
    _released(stack)
    stack.checked_out(1).run()
    assert (stack.world.shown(), stack.published()) == ("3 at 25 %, 2 at 75 %", [ONE, TWO, THREE])
    assert stack.world.versions()[3] == stack.world.versions()[1]


def test_t5_code_that_is_reverted_half_way_is_a_rollback(stack: StackWorld) -> None:
    stack.run()
    stack.checked_out(2).run()
    assert _reason(stack.run()) is Reason.REVERTED
    assert (stack.world.shown(), stack.published()) == (STEPS[0], [ONE, TWO])


def test_t5_the_code_of_a_rollback_is_checked_out_and_nothing_is_published(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    newer.run(Rollback())
    stack.run()
    assert (stack.world.shown(), stack.published()) == ("1", [ONE, TWO])
    newer.run()
    assert (stack.world.shown(), stack.published()) == ("1", [ONE, TWO])


def test_t5_of_two_versions_of_the_same_code_the_one_on_the_alias_is_unchanged(stack: StackWorld) -> None:
    blue_green = replace(stack, strategy=BlueGreen())
    for code in (1, 2, 1):
        blue_green.checked_out(code).run()
    assert (stack.world.shown(), stack.published()) == ("3", [ONE, TWO, THREE])
    stack.run(Route(Transition(ONE, TWO, Percent.of(28))))
    assert [str(notice.topic) for notice in stack.plan().decision.notices] == ["manual"]


def test_t5_code_of_the_newest_version_is_never_published_again(stack: StackWorld) -> None:
    """Lambda would answer "A version for this Lambda function exists", by one reading of what it calls unchanged."""
    blue_green = replace(stack, strategy=BlueGreen())
    blue_green.run()
    blue_green.checked_out(2).run()
    blue_green.checked_out(2).run(Rollback())
    blue_green.checked_out(3).run()
    blue_green.checked_out(2).run(Deploy(again=True))
    assert stack.world.shown() == "2"
    blue_green.checked_out(3).run()
    assert (stack.world.shown(), stack.published()) == ("3", [ONE, TWO, THREE])


def test_t6_production_to_development_and_back_in_one_stack(stack: StackWorld) -> None:
    stack.run()
    replace(stack, strategy=Development()).run()
    assert stack.world.shown() == "$LATEST"
    stack.run()
    assert (stack.world.shown(), stack.published()) == ("1", [ONE])


def test_t7_a_weight_that_was_changed_by_other_means_is_found_and_carried_on_from(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    target = newer.targets[-1]
    stack.world.point(2, {"1": 0.1})
    newer.apply(newer.template(target))
    assert stack.world.shown() == "2 at 90 %, 1 at 10 %"
    with pytest.raises(Moved) as caught:
        verify(newer.site(), target)
    assert str(caught.value) == (
        f"could not verify alias LIVE of {stack.world.name}: "
        "the alias is now 2 at 90 %, 1 at 10 %, by other means than a command of ours, and its target says 2 at 25 %, "
        "1 at 75 %\n"
        "  CloudFormation does not see what is written by others: plan again and deploy, which starts from what there "
        "is"
    )
    newer.run()
    assert stack.world.shown() == "2"


def test_t8_what_another_publisher_has_published_is_told_before_anything_changes(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit(Timeout=9)
    stack.world.client.publish_version(FunctionName=stack.world.name)
    before = stack.world.snapshot()
    resolved = stack.checked_out(2).run()
    assert _reason(resolved) is Reason.OTHER_PUBLISHER
    assert stack.world.snapshot() == before
    stack.checked_out(2).run(Deploy(adopt=True))
    assert stack.world.shown() == "3 at 25 %, 1 at 75 %"


def test_t9_a_description_makes_a_new_version_of_the_same_code(stack: StackWorld) -> None:
    stack.run()
    stack.checked_out(1, Description="release 8").run()
    assert stack.world.shown() == STEPS[0]


def test_t10_unchanged_code_is_told_before_it_is_routed_against_itself(stack: StackWorld) -> None:
    stack.run()
    resolved = stack.run()
    assert [str(notice.topic) for notice in resolved.decision.notices] == ["unchanged"]
    assert (stack.world.shown(), stack.published()) == ("1", [ONE])


def test_t11_the_stack_goes_with_its_function(stack: StackWorld) -> None:
    _released(stack)
    stack.client.delete_stack(StackName=stack.name)
    assert stack.world.function is None


@pytest.mark.parametrize("case", ["t12", "t13"])
def test_t12_and_t13_another_id_for_the_same_function_is_told_before_it_ends_in_409(
    stack: StackWorld, case: str
) -> None:
    """An `invalidate_version_based_on`, another CDK or another feature flag: the id moves, the function does not."""
    stack.run()
    other = replace(stack, salt=case)
    assert _reason(other.run()) is Reason.NOTHING_NEW
    assert stack.world.shown() == "1"
    # What would have happened.
    target = replace(stack.targets[-1], emits_version=True)
    with pytest.raises(StackFailed, match="A version for this Lambda function exists"):
        other.apply(other.template(target))


def test_another_id_is_told_too_where_the_version_has_left_the_template(stack: StackWorld) -> None:
    stack.run()
    replace(stack, strategy=Development()).run()
    before = stack.world.snapshot()
    resolved = replace(stack, salt="t12").run()
    assert isinstance(resolved.target, Refusal)
    assert resolved.target.reason is Reason.NOTHING_NEW
    assert resolved.target.text.startswith("the Version FnCurrentVersion")
    assert "is new in the template, but what the function will hold is in version 1 already" in resolved.target.text
    assert stack.world.snapshot() == before
    stack.checked_out(1, Description="release 8").run()
    assert stack.world.shown() == "2"


def test_what_another_has_published_is_not_published_again_when_it_is_taken_over(stack: StackWorld) -> None:
    replace(stack, strategy=Development()).run()
    stack.world.client.publish_version(FunctionName=stack.world.name)
    assert _reason(stack.run(Deploy(adopt=True))) is Reason.NOTHING_NEW
    stack.checked_out(1, Description="release 8").run(Deploy(adopt=True))
    assert (stack.world.shown(), stack.published()) == ("2", [ONE, TWO])


def test_what_is_other_than_the_newest_version_is_published_under_another_id(stack: StackWorld) -> None:
    """Somebody published a change and took it back: unchanged for the stack, and new to Lambda."""
    stack.run()
    stack.world.edit(Timeout=9)
    stack.world.client.publish_version(FunctionName=stack.world.name)
    stack.world.edit(Timeout=3)
    replace(stack, salt="t12").run(Deploy(adopt=True))
    assert stack.world.shown() == "3 at 25 %, 1 at 75 %"


def test_a_default_goes_over_what_another_has_published(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit(Timeout=9)
    stack.world.client.publish_version(FunctionName=stack.world.name)
    stack.checked_out(1, Timeout=3).run(Deploy(adopt=True))
    assert stack.world.shown() == "3 at 25 %, 1 at 75 %"
    assert stack.world.client.get_function_configuration(FunctionName=stack.world.name, Qualifier="3")["Timeout"] == 3


DEFAULTS = [
    {"Timeout": 3},
    {"Architectures": ["x86_64"], "EphemeralStorage": {"Size": 512}},
    {"TracingConfig": {"Mode": "PassThrough"}},
]


@pytest.mark.parametrize("said", DEFAULTS, ids=" ".join)
def test_a_default_that_is_said_is_told_before_it_ends_in_409(world: World, said: dict[str, Any]) -> None:
    stack = StackWorld(world, RESTART)
    stack.run()
    other = stack.checked_out(1, **said)
    assert other.version_id != stack.version_id
    assert _reason(other.run()) is Reason.NOTHING_NEW
    stack.checked_out(2, **said).run()
    assert stack.world.shown() == STEPS[0]


def test_a_default_that_is_said_goes_over_what_was_changed_by_hand(stack: StackWorld) -> None:
    """CloudFormation pushes it, and then there is nothing to publish."""
    stack.run()
    stack.world.edit(Timeout=9)
    assert _reason(stack.checked_out(1, Timeout=3).run()) is Reason.NOTHING_NEW
    stack.checked_out(2, Timeout=3).run()
    assert stack.world.shown() == STEPS[0]


# Beyond the thirteen: what CloudFormation does not push because its template has not changed in it


def test_code_that_was_pushed_by_hand_is_not_published_as_ours(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit_code(3)
    before = stack.world.snapshot()
    resolved = stack.checked_out(1, Timeout=9).run()
    assert isinstance(resolved.target, Refusal)
    assert resolved.target.reason is Reason.DRIFTED
    assert resolved.target.text == (
        "somebody changed the function by other means than this stack: $LATEST is not version 1, which the stack "
        "published, in Code, and CloudFormation pushes only what changes in the template, so that it would be released"
    )
    assert resolved.target.way_out == (
        "change Code in the app too, which goes over it; or release it as it is, with --adopt"
    )
    assert stack.world.snapshot() == before


def test_what_was_changed_by_hand_is_released_where_somebody_says_so(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit_code(3)
    stack.checked_out(1, Timeout=9).run(Deploy(adopt=True))
    assert stack.world.shown() == STEPS[0]
    assert stack.world.versions()[2][0] == stack.world.zips.sha256(3)


def test_code_of_the_app_goes_over_code_that_was_pushed_by_hand(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit_code(3)
    stack.checked_out(2).run()
    assert (stack.world.shown(), stack.world.versions()[2]) == (STEPS[0], stack.world.content(2))


def test_a_setting_that_was_changed_by_hand_is_not_published_as_ours(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit(Timeout=7, Environment={"Variables": {"DEBUG": "1"}})
    resolved = stack.checked_out(2, Timeout=9).run()
    assert isinstance(resolved.target, Refusal)
    assert resolved.target.reason is Reason.DRIFTED
    assert "in Environment.Variables.DEBUG, and" in resolved.target.text
    variables = {"Variables": {"STAGE": "prd"}}
    stack.checked_out(2, Timeout=9, Environment=variables).run()
    assert stack.world.shown() == STEPS[0]


def test_a_step_that_publishes_nothing_minds_no_change_by_hand(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    stack.world.edit_code(3)
    newer.run()
    newer.run(Rollback())
    assert stack.world.shown() == "1"


def test_another_id_for_code_that_was_pushed_by_hand_is_drift_and_not_nothing_new(stack: StackWorld) -> None:
    stack.run()
    stack.world.edit_code(3)
    assert _reason(replace(stack, salt="t12").run()) is Reason.DRIFTED


# Beyond the thirteen


@pytest.mark.parametrize("strategy", [RESTART, BlueGreen()])
def test_a_first_deployment_makes_all_of_it(stack: StackWorld, strategy: Canary | BlueGreen) -> None:
    replace(stack, strategy=strategy).run()
    assert (stack.world.shown(), stack.published()) == ("1", [ONE])
    assert stack.plan().alias.description == stack.targets[-1].description


def test_manual_routing_goes_the_same_way(stack: StackWorld) -> None:
    newer = _released(stack)
    newer.run(Route(Transition(TWO, ONE, Percent.of(40))))
    assert stack.world.shown() == "2 at 60 %, 1 at 40 %"
    newer.run(Route(Stable(ONE)))
    assert stack.world.shown() == "1"
    assert _reason(newer.run(Route(Stable(Published(9))))) is Reason.NO_VERSION


def test_a_function_that_boto3_releases_is_not_taken_over_unasked(world: World) -> None:
    world.deploy(1)
    stack = StackWorld(world, CANARY, code=2)
    assert _reason(stack.plan()) is Reason.OTHER_ADAPTER
    assert _reason(stack.plan(Deploy(adopt=True))) is Reason.OUTSIDE_STACK


def test_a_function_that_a_stack_releases_is_not_taken_over_unasked(stack: StackWorld) -> None:
    stack.run()
    decision = stack.world.deployer(2).plan()
    assert isinstance(decision, Refusal)
    assert decision.reason is Reason.OTHER_ADAPTER
    stack.world.deployer(2).deploy(adopt=True)
    assert stack.world.shown() == STEPS[0]
    assert _reason(stack.plan()) is Reason.OTHER_ADAPTER


@pytest.mark.parametrize("request_", [Rollback(), Route(Transition(TWO, ONE, Percent.of(40)))])
def test_another_id_of_the_same_function_is_refused_where_nothing_is_released(
    stack: StackWorld, request_: Rollback | Route
) -> None:
    """CloudFormation would publish for it, whatever was asked for, and Lambda would answer 409."""
    newer = _released(stack)
    before = stack.world.snapshot()
    assert _reason(replace(newer, salt="t12").run(request_)) is Reason.WOULD_PUBLISH
    assert stack.world.snapshot() == before


# In a hurry, past the stack


def _first_step(stack: StackWorld) -> StackWorld:
    """1 is stable, and the canary of 2 has just begun: its memory was written before its number was known."""
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    assert stack.world.shown() == STEPS[0]
    assert ":rn.1.7500:" in stack.world.text()
    return newer


def test_a_canary_that_a_console_took_back_after_its_first_step_stays_off(stack: StackWorld) -> None:
    newer = _first_step(stack)
    stack.world.point(1)
    decision = newer.run().decision
    assert [notice.topic for notice in decision.notices] == [Topic.MEMORY_OTHER_ROUTING, Topic.HELD]
    assert stack.world.shown() == "1"
    newer.run(Deploy(again=True))
    assert stack.world.shown() == STEPS[0]
    assert stack.published() == [ONE, TWO]


@pytest.mark.parametrize("other", [1, 3])
def test_whatever_a_console_shows_the_stack_knows_what_it_published(stack: StackWorld, other: int) -> None:
    newer = _first_step(stack)
    stack.world.client.publish_version(FunctionName=stack.world.name)
    stack.world.edit(MemorySize=512)
    stack.world.client.publish_version(FunctionName=stack.world.name)
    stack.world.point(other)
    assert newer.plan().decision.verdict is Verdict.HELD


@pytest.mark.parametrize("command", [lambda world: world.deployer().status(), lambda world: world.deployer().route(1)])
def test_other_commands_read_what_a_console_made_of_it_too(stack: StackWorld, command: Callable[[World], Any]) -> None:
    newer = _first_step(stack)
    stack.world.point(1)
    command(stack.world)
    assert stack.world.shown() == "1"
    assert _reason(newer.plan()) is None


def test_a_route_past_the_stack_leaves_the_alias_to_it(stack: StackWorld) -> None:
    newer = _first_step(stack)
    outcome = stack.world.deployer().route(2, 1, 95)
    assert [notice.topic for notice in outcome.decision.notices] == [Topic.OTHER_ADAPTER]
    with pytest.raises(Refused, match="released through a CloudFormation stack"):
        stack.world.deployer(2).deploy()
    newer.run(Rollback())
    assert stack.world.shown() == "1"
