"""What was published and never routed is found again, and what was taken off comes back as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_scenarios import STEP_1
from aws_wire import Attempt, Killed, alter
from aws_world import DEVELOPMENT

from deployer import BlueGreen
from deployer.aws.failure import Moved
from deployer.core import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_world import World
    from botocore.awsrequest import AWSResponse

GREEN = BlueGreen()
TOUCHES: dict[str, Callable[[World], object]] = {
    "nothing": lambda _world: None,
    "a description": lambda world: world.edit(Description="mine"),
    "a setting": lambda world: world.edit(Timeout=99),
    "other code": lambda world: world.edit_code(3),
    "the same code": lambda world: world.edit_code(2),
}


def _die_after_publishing(attempt: Attempt) -> None:
    if attempt.operation == "PublishVersion":
        attempt.send()
        raise Killed


def _died_after_publishing(world: World) -> None:
    world.deploy(1)
    died = world.rival
    with pytest.raises(Killed):
        died.broken(_die_after_publishing, died.deployer(2).deploy)
    assert (world.shown(), sorted(world.versions())) == ("1", [1, 2])


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_a_dead_run_published_is_released_whoever_touches_the_function_meanwhile(world: World, touch: str) -> None:
    _died_after_publishing(world)
    given = {**world.settings(2), "Timeout": 3}
    TOUCHES[touch](world)
    with world.calling("deploy") as calls:
        outcome = world.deployer(2, settings=given).deploy()
    assert (world.shown(), sorted(world.versions())) == (STEP_1, [1, 2])
    assert [notice.topic for notice in outcome.decision.notices] == [Topic.LEFT_BEHIND]
    assert not {"PublishVersion", "UpdateFunctionCode", "UpdateFunctionConfiguration"} & set(calls)


def test_what_was_rolled_back_comes_back_as_it_is(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=GREEN)
    world.deployer().rollback()
    world.edit(Timeout=99)
    with world.calling("deploy") as calls:
        world.deployer(2, settings={**world.settings(2), "Timeout": 3}).deploy(again=True)
    assert (world.shown(), sorted(world.versions())) == (STEP_1, [1, 2])
    assert calls.count("UpdateAlias") == 1
    assert not {"PublishVersion", "UpdateFunctionCode", "UpdateFunctionConfiguration"} & set(calls)


def test_what_was_rolled_back_and_deleted_is_published_anew(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=GREEN)
    world.deployer().rollback()
    world.client.delete_function(FunctionName=world.name, Qualifier="2")
    world.deployer(2).deploy(again=True)
    assert (world.shown(), sorted(world.versions())) == ("3 at 25 %, 1 at 75 %", [1, 3])


def test_what_was_rolled_back_stays_off_after_an_excursion_to_latest(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=GREEN)
    world.deployer().rollback()
    world.deploy(2, strategy=DEVELOPMENT)
    assert world.shown() == "$LATEST"
    outcome = world.deployer(2, strategy=GREEN).deploy()
    assert ([notice.topic for notice in outcome.decision.notices], world.shown()) == ([Topic.HELD], "$LATEST")
    world.deployer().rollback()
    assert world.shown() == "1"


def test_after_an_excursion_to_latest_the_same_version_goes_on(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=GREEN)
    world.deploy(3, strategy=DEVELOPMENT)
    world.deployer(2, strategy=GREEN).deploy()
    assert (world.shown(), sorted(world.versions())) == ("2", [1, 2])
    world.deployer().rollback()
    assert world.shown() == "1"


@pytest.mark.parametrize("times", [1, 3])
def test_a_fingerprint_that_another_botocore_reckoned_is_looked_into(world: World, times: int) -> None:
    """A later botocore knows a setting that the one that wrote the memory did not."""
    world.deploy(1)
    more: dict[str, Any] = {"RecursiveLoop": "Allow"}

    def newer_botocore(attempt: Attempt) -> AWSResponse | None:
        for version in (None, "1"):
            changed = alter("GetFunctionConfiguration", version, **more)(attempt)
            if changed is not None:
                return changed
        return None

    for _ in range(times):
        outcome = world.broken(newer_botocore, world.deployer(1).deploy)
        assert [notice.topic for notice in outcome.decision.notices] == [Topic.UNCHANGED]
    assert (world.shown(), sorted(world.versions())) == ("1", [1])


# Somebody else writes the alias while we wait for a version


def pending_until(world: World, act: Callable[[], object]) -> Callable[[Attempt], AWSResponse | None]:
    """Version 2 is Pending until somebody acts, in the middle of our wait."""
    acted: list[bool] = []

    def rule(attempt: Attempt) -> AWSResponse | None:
        if not acted and world.clock.slept:
            acted.append(True)
            act()
        return None if acted else alter("GetFunctionConfiguration", "2", State="Pending")(attempt)

    return rule


@pytest.mark.parametrize(
    "run",
    [
        lambda world: world.deployer(2).deploy(),
        lambda world: world.deployer().route(2, 1, 50),
    ],
    ids=["deploy", "route"],
)
def test_nothing_is_decided_on_an_alias_that_moved_while_a_version_was_waited_for(
    world: World, run: Callable[[World], object]
) -> None:
    _died_after_publishing(world)
    world.clock.slept.clear()
    rival = world.rival
    with pytest.raises(Moved, match="somebody else wrote the alias meanwhile: it is now 3"):
        world.broken(pending_until(world, lambda: rival.deploy(3, strategy=GREEN)), lambda: run(world))
    assert world.shown() == "3"
