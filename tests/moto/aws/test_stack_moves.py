"""A function changes over from one adapter to the other, as docs/cdk.md tells; traffic stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from stack_world import StackWorld

from deployer.aws.prepared import Refused
from deployer.core import Canary, CanaryIncrements, Deploy, OnNewer, Published, Reason, Refusal

if TYPE_CHECKING:
    from aws_world import World

RESTART = Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART)


@pytest.fixture
def stack(world: World) -> StackWorld:
    """Under both readings of what is published anew."""
    return StackWorld(world, RESTART)


def leave(stack: StackWorld) -> None:
    """Retain all that the stack has, together with some other change, and delete it."""
    template = stack.template(stack.targets[-1])
    for resource in template["Resources"].values():
        resource["DeletionPolicy"] = "Retain"
    template["Outputs"] = {"Leaving": {"Value": "yes"}}
    stack.apply(template)
    stack.client.delete_stack(StackName=stack.name)


def reason(resolved: Any) -> Reason | None:
    return resolved.target.reason if isinstance(resolved.target, Refusal) else None


def test_a_stack_that_retains_all_leaves_the_release_as_it_is(stack: StackWorld) -> None:
    stack.run()
    newer = stack.checked_out(2)
    newer.run()
    leave(newer)
    assert stack.world.shown() == "2 at 25 %, 1 at 75 %"
    assert stack.published() == [Published(1), Published(2)]


def test_what_left_its_stack_is_taken_over_once_and_is_then_released_by_api(stack: StackWorld) -> None:
    stack.run()
    stack.checked_out(2).run()
    leave(stack.checked_out(2))
    world = stack.world
    with pytest.raises(Refused) as caught:
        world.deployer(2).deploy()
    assert caught.value.refusal.reason is Reason.OTHER_ADAPTER
    # The release under way goes on: the same code and settings are the same content.
    world.deployer(2).deploy(adopt=True)
    assert world.shown() == "2 at 50 %, 1 at 50 %"
    world.deployer(2).deploy()
    world.deployer(2).deploy()
    assert (world.shown(), stack.published()) == ("2", [Published(1), Published(2)])
    world.deployer(3).deploy()
    assert world.shown() == "3 at 25 %, 2 at 75 %"


def test_a_stack_that_forgets_to_retain_takes_the_function_with_it(stack: StackWorld) -> None:
    stack.run()
    stack.client.delete_stack(StackName=stack.name)
    assert stack.world.function is None


def test_a_function_by_api_is_outside_of_a_stack_until_it_is_imported(stack: StackWorld) -> None:
    stack.world.deploy(1)
    before = stack.world.snapshot()
    resolved = stack.run()
    # The alias tells its owner before the stack is looked at; taken over, the function is still not in the stack.
    assert reason(resolved) is Reason.OTHER_ADAPTER
    assert reason(stack.run(Deploy(adopt=True))) is Reason.OUTSIDE_STACK
    assert stack.world.snapshot() == before


def test_what_is_in_the_stack_is_taken_over_from_the_api_once(stack: StackWorld) -> None:
    """As after `cdk import`: the stack has function and alias, and the alias was last released by API."""
    stack.run()
    stack.world.deployer(2).deploy(adopt=True)
    stack.world.deployer(2).promote()
    newer = stack.checked_out(3)
    assert reason(newer.run()) is Reason.OTHER_ADAPTER
    newer.run(Deploy(adopt=True))
    assert stack.world.shown() == "3 at 25 %, 2 at 75 %"
    newer.run()
    assert stack.world.shown() == "3 at 50 %, 2 at 50 %"
