"""What was decided for an alias is carried out only while alias, stack and code are what it was decided from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from stack_world import StackWorld

from deployer.aws.failure import Moved
from deployer.cdk_adapter.rendering import OtherCode
from deployer.cdk_adapter.target import Target
from deployer.core import Canary, CanaryIncrements, Development, OnNewer, Published, Rollback, Stable
from deployer.stack.confirmation import check, confirm
from deployer.stack.decision import hold
from deployer.stack.verification import verify

if TYPE_CHECKING:
    from aws_world import World

RESTART = Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART)
AGAIN = "\n  plan again, which starts from what there is, and look at what that says"


@pytest.fixture
def stack(world: World) -> StackWorld:
    """Under both readings of what is published anew."""
    return StackWorld(world, RESTART)


def target_of(resolved: Any) -> Target:
    assert isinstance(resolved.target, Target)
    return resolved.target


def describe(stack: StackWorld, text: str) -> None:
    """The alias as somebody else writes on it."""
    stack.world.client.update_alias(FunctionName=stack.world.name, Name="LIVE", Description=text)


def test_a_target_names_the_alias_that_it_was_decided_from(stack: StackWorld) -> None:
    assert target_of(stack.plan()).starts_from is None
    stack.run()
    alias = stack.world.client.get_alias(FunctionName=stack.world.name, Name="LIVE")
    assert target_of(stack.checked_out(2).plan()).starts_from == alias["RevisionId"]
    assert target_of(hold(stack.site())).starts_from == alias["RevisionId"]


# Right after it was decided.


def test_what_stayed_as_it_was_is_confirmed(stack: StackWorld) -> None:
    confirm(stack.site(), stack.plan())
    stack.run()
    newer = stack.checked_out(2)
    confirm(newer.site(), newer.plan())


def test_an_alias_that_moved_since_is_not_deployed_over(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    resolved = newer.plan()
    describe(stack, "mine")
    with pytest.raises(Moved) as caught:
        confirm(newer.site(), resolved)
    assert str(caught.value) == (
        f"could not deploy what was decided for alias LIVE of {stack.world.name}: somebody else changed it in between: "
        f"it is now 1, by other means than a command of ours, its text now 'mine'{AGAIN}"
    )


def test_an_alias_that_came_in_between_is_not_deployed_over(stack: StackWorld) -> None:
    resolved = stack.plan()
    stack.world.deploy(1)
    with pytest.raises(Moved, match=r"somebody else changed it in between: it is now 1, by a deploy \(run "):
        confirm(stack.site(), resolved)


def test_a_stack_that_was_deployed_in_between_is_not_deployed_over(stack: StackWorld) -> None:
    """The alias does not show it."""
    stack.run()
    newer = stack.checked_out(2)
    resolved = newer.plan()
    template = stack.template(stack.targets[-1])
    template["Outputs"] = {"Other": {"Value": "yes"}}
    stack.apply(template)
    with pytest.raises(Moved) as caught:
        confirm(newer.site(), resolved)
    assert str(caught.value) == (
        f"could not deploy what was decided for alias LIVE of {stack.world.name}: somebody else deployed the stack "
        f"{stack.name} in between{AGAIN}"
    )


# From a file, perhaps much later.


def test_a_target_whose_alias_stayed_as_it_was_can_be_carried_out(stack: StackWorld) -> None:
    assert check(stack.site(), target_of(stack.plan())).revision is None
    stack.run()
    newer = stack.checked_out(2)
    target = target_of(newer.plan())
    assert check(newer.site(), target).revision == target.starts_from


@pytest.mark.parametrize("request_", [None, Rollback()])
def test_a_target_that_came_true_already_can_be_carried_out_again(stack: StackWorld, request_: Rollback | None) -> None:
    """As after a deployment of several stacks of which one failed."""
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    newer.run(request_)
    (*_, target) = newer.targets
    now = check(newer.site(), target)
    assert (now.description, now.revision == target.starts_from) == (target.description, False)


def test_a_target_whose_alias_moved_is_told_before_it_is_carried_out(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    target = target_of(newer.plan())
    newer.run()
    newer.run(Rollback())
    with pytest.raises(Moved) as caught:
        check(newer.site(), target)
    assert str(caught.value).startswith(
        f"could not deploy what was decided for alias LIVE of {stack.world.name}: somebody else changed it in between: "
        "it is now 1, by a rollback (run "
    )
    assert str(caught.value).endswith(AGAIN)


def test_an_alias_that_was_deleted_since_is_told_as_such(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    resolved = newer.plan()
    stack.world.client.delete_alias(FunctionName=stack.world.name, Name="LIVE")
    for look in (lambda: confirm(newer.site(), resolved), lambda: check(newer.site(), target_of(resolved))):
        with pytest.raises(Moved, match=r"LIVE of .*: somebody else deleted it in between\n  plan again"):
            look()


def test_a_first_target_is_told_of_an_alias_that_came_since(stack: StackWorld) -> None:
    target = target_of(stack.plan())
    stack.run()
    describe(stack, "mine")
    with pytest.raises(Moved, match="it is now 1, by other means"):
        check(stack.site(), target)


def test_a_target_of_other_code_is_told_before_it_is_carried_out(stack: StackWorld) -> None:
    stack.run()
    target = target_of(stack.plan())
    with pytest.raises(OtherCode):
        check(stack.checked_out(2).site(), target)


def test_in_development_any_code_follows_its_target(stack: StackWorld) -> None:
    develops = replace(stack, strategy=Development())
    target = target_of(develops.plan())
    assert target.version_id is None
    check(develops.checked_out(2).site(), target)


def test_what_people_wrote_holds_for_an_alias_that_shows_it(stack: StackWorld) -> None:
    """As for `cdk import`, where nothing is decided, and nothing is in the stack yet."""
    stack.world.deploy(1)
    seen = stack.site().alias.read()
    target = Target(stack.world.name, "LIVE", Stable(Published(1)), seen.description, emits_version=False)
    assert check(stack.site(), target) == seen


# Afterwards.


def test_an_alias_that_is_not_there_is_told_with_a_stack_that_is_not_there_either(stack: StackWorld) -> None:
    target = target_of(stack.plan())
    with pytest.raises(Moved) as caught:
        verify(stack.site(), target)
    local = stack.world.local
    assert str(caught.value) == (
        f"could not verify alias LIVE of {stack.world.name}: "
        f"there is no such alias in {local.account}, {local.region}\n"
        f"  the stack {stack.name} is not there either: deploy it, or see whether it went to another place; the CDK "
        "CLI takes the region of AWS_REGION for CDK_DEFAULT_REGION"
    )


def test_an_alias_that_somebody_deleted_is_told_apart_from_one_that_was_changed(stack: StackWorld) -> None:
    stack.run()
    stack.world.client.delete_alias(FunctionName=stack.world.name, Name="LIVE")
    with pytest.raises(Moved, match=rf"\n  the stack {stack.name} is there: somebody deleted the alias, so plan again"):
        verify(stack.site(), stack.targets[-1])
