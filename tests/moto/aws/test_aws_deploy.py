"""Every row of the rules of a deploy, as it ends at Lambda."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from aws_scenarios import RESTART, STEP_1, STEP_2, STEP_3
from aws_world import CANARY, DEVELOPMENT

from deployer import BlueGreen, OnNewer, Plan, Refused
from deployer.core import Topic
from deployer.core.plan import Reason

if TYPE_CHECKING:
    from aws_world import World

    from deployer.core import Strategy

GREEN = BlueGreen()
GREEN_REFUSES = BlueGreen(refuse_newer=True)
CANARY_REFUSES = replace(CANARY, on_newer=OnNewer.REFUSE)


@dataclass(frozen=True)
class Row:
    """`steps` lead to the situation; then code `code` is deployed. `latest` is the code that `$LATEST` ends with."""

    name: str
    strategy: Strategy
    steps: Callable[[World], object]
    code: int
    ends: str
    versions: int
    latest: int
    topics: tuple[Topic, ...] = ()
    refused: Reason | None = None
    again: bool = False
    adopt: bool = False
    protected: bool = False

    def __str__(self) -> str:
        return self.name


def nothing(_world: World) -> None:
    return None


def development(world: World) -> None:
    world.deploy(1, strategy=DEVELOPMENT)


def stable(world: World) -> None:
    world.deploy(1)


def transition(world: World) -> None:
    world.deploy(1)
    world.deploy(2)


def off_schedule(world: World) -> None:
    transition(world)
    world.point(2, {"1": 0.67})


def rolled_back(world: World) -> None:
    transition(world)
    world.deployer().rollback()


def routed_by_hand(world: World) -> None:
    world.deploy(1)
    world.deploy(2, strategy=GREEN)
    world.deploy(3, strategy=GREEN)
    world.deployer().route(2, 1, 40)


def foreign(world: World) -> None:
    """Two versions, set by something that leaves no memory."""
    world.deploy(1)
    world.deploy(2, strategy=GREEN)
    world.client.update_alias(FunctionName=world.name, Name="LIVE", Description="by a script")
    world.point(2, {"1": 0.9})


def reversed_(world: World) -> None:
    """CodeDeploy's orientation: the old version first."""
    foreign(world)
    world.point(1, {"2": 0.1})


ROWS = (
    Row("absent, blue/green", GREEN, nothing, 1, "1", 1, 1),
    Row("absent, canary", CANARY, nothing, 1, "1", 1, 1, (Topic.FIRST_RELEASE,)),
    Row("on $LATEST, blue/green", GREEN, development, 2, "1", 1, 2),
    Row("on $LATEST, canary", CANARY, development, 2, "1", 1, 2, (Topic.LATEST_NO_WEIGHTS,)),
    Row("on $LATEST, the same content", CANARY, development, 1, "1", 1, 1, (Topic.LATEST_NO_WEIGHTS,)),
    Row("stable, unchanged, blue/green", GREEN, stable, 1, "1", 1, 1, (Topic.UNCHANGED,)),
    Row("stable, unchanged, canary", CANARY, stable, 1, "1", 1, 1, (Topic.UNCHANGED,)),
    Row("stable, changed, blue/green", GREEN, stable, 2, "2", 2, 2),
    Row("stable, changed, canary", CANARY, stable, 2, STEP_1, 2, 2),
    Row("transition, unchanged, blue/green", GREEN, transition, 2, "2", 2, 2),
    Row("transition, unchanged, canary", CANARY, transition, 2, STEP_2, 2, 2),
    Row("transition, off schedule", CANARY, off_schedule, 2, STEP_2, 2, 2, (Topic.MEMORY_OTHER_ROUTING,)),
    Row("transition, changed, blue/green", GREEN, transition, 3, "3", 3, 3, (Topic.REPLACED,)),
    Row("transition, changed, blue/green refuses", GREEN_REFUSES, transition, 3, STEP_1, 2, 2, refused=Reason.NEWER),
    Row("transition, changed, canary advances", CANARY, transition, 3, STEP_2, 2, 2, (Topic.NEWER_WAITS,)),
    Row(
        "transition, changed, canary restarts", RESTART, transition, 3, "3 at 25 %, 1 at 75 %", 3, 3, (Topic.REPLACED,)
    ),
    Row("transition, changed, canary refuses", CANARY_REFUSES, transition, 3, STEP_1, 2, 2, refused=Reason.NEWER),
    Row("transition, reverted, blue/green", GREEN, transition, 1, STEP_1, 2, 2, refused=Reason.REVERTED),
    Row("transition, reverted, canary", CANARY, transition, 1, STEP_1, 2, 2, refused=Reason.REVERTED),
    Row("held, blue/green", GREEN, rolled_back, 2, "1", 2, 2, (Topic.HELD,)),
    Row("held, canary", CANARY, rolled_back, 2, "1", 2, 2, (Topic.HELD,)),
    Row("held, released again", CANARY, rolled_back, 2, STEP_1, 2, 2, again=True),
    Row("after a rollback, other code", CANARY, rolled_back, 3, "3 at 25 %, 1 at 75 %", 3, 3),
    Row("routed by hand", CANARY, routed_by_hand, 2, "2 at 60 %, 1 at 40 %", 3, 3, (Topic.MANUAL,)),
    Row("foreign", CANARY, foreign, 2, "2 at 25 %, 1 at 75 %", 2, 2, (Topic.FOREIGN,)),
    Row("foreign, protected", CANARY, foreign, 2, "2 at 10 %, 1 at 90 %", 2, 2, refused=Reason.FOREIGN, protected=True),
    Row("foreign, adopted", CANARY, foreign, 2, STEP_1, 2, 2, (Topic.FOREIGN,), protected=True, adopt=True),
    Row("reversed", CANARY, reversed_, 2, "1 at 90 %, 2 at 10 %", 2, 2, refused=Reason.FOREIGN_REVERSED),
    Row("reversed, adopted", CANARY, reversed_, 2, STEP_1, 2, 2, (Topic.FOREIGN,), adopt=True),
)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_deploy_ends_as_its_row_says(world: World, row: Row) -> None:
    row.steps(world)
    deployer = world.deployer(row.code, strategy=row.strategy, protected=row.protected)
    with world.calling("deploy") as calls:
        if row.refused is None:
            outcome = deployer.deploy(again=row.again, adopt=row.adopt)
            assert tuple(notice.topic for notice in outcome.decision.notices) == row.topics
        else:
            with pytest.raises(Refused) as caught:
                deployer.deploy(again=row.again, adopt=row.adopt)
            assert caught.value.refusal.reason is row.refused
    assert row.refused is None or all(name.startswith("Get") for name in calls)
    assert (world.shown(), len(world.versions())) == (row.ends, row.versions)
    assert world.there.latest.code.sha256 == world.zips.sha256(row.latest)


def test_a_canary_takes_all_its_steps_and_then_rests(world: World) -> None:
    world.deploy(1)
    shown = []
    for _ in range(5):
        world.deploy(2)
        shown.append(world.shown())
    assert shown == [STEP_1, STEP_2, STEP_3, "2", "2"]
    assert world.routings() == ["1", STEP_1, STEP_2, STEP_3, "2"]


def test_code_that_waited_is_released_when_the_release_under_way_is_done(world: World) -> None:
    transition(world)
    for _ in range(3):
        world.deploy(3)
    assert (world.shown(), len(world.versions())) == ("2", 2)
    world.deploy(3)
    assert (world.shown(), len(world.versions())) == ("3 at 25 %, 2 at 75 %", 3)


def test_a_development_alias_follows_latest_and_publishes_nothing(world: World) -> None:
    for code in (1, 2, 2):
        world.deploy(code, strategy=DEVELOPMENT)
        assert (world.shown(), world.versions()) == ("$LATEST", {})
        assert world.there.latest.code.sha256 == world.zips.sha256(code)


def test_a_development_environment_takes_over_an_alias_in_transition(world: World) -> None:
    transition(world)
    world.deploy(3, strategy=DEVELOPMENT)
    assert (world.shown(), len(world.versions())) == ("$LATEST", 2)
    status = world.deployer().status()
    assert (str(status.recollection.head), [str(one) for one in status.recollection.trail]) == ("2", ["1"])


def test_what_will_be_done_is_what_is_then_done(world: World) -> None:
    world.deploy(1)
    deployer = world.deployer(2, new_operation_id=lambda: "one")
    rollout = deployer.rollout()
    assert [str(step.write.after) for step in rollout if isinstance(step, Plan) and step.write] == [
        "new at 25 %, 1 at 75 %",
        "new at 50 %, 1 at 50 %",
        "new at 75 %, 1 at 25 %",
        "new",
    ]
    assert (deployer.plan(), world.shown()) == (rollout[0], "1")
    assert [type(action).__name__ for action in deployer.deploy().decision.actions] == [
        "PushSettings",
        "PushCode",
        "Publish",
        "Shift",
    ]


def test_a_rollout_with_nothing_to_do_is_one_decision(plain: World) -> None:
    plain.deploy(1)
    deployer = plain.deployer(1)
    assert deployer.rollout() == (deployer.plan(),)


def test_two_aliases_of_one_function_know_nothing_of_each_other(world: World) -> None:
    world.deploy(1, alias="A")
    world.deploy(2, alias="A", strategy=GREEN)
    world.deploy(3, alias="B")
    assert (world.shown("A"), world.shown("B")) == ("2", "3")
    world.deployer(alias="A").rollback()
    assert (world.shown("A"), world.shown("B")) == ("1", "3")
    with pytest.raises(Refused, match="nothing is known to have been stable before 3"):
        world.deployer(alias="B").rollback()
