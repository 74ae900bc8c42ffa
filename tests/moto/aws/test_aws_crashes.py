"""A command that dies anywhere is finished by the same command again, and nothing unplanned ever takes traffic."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aws_scenarios import SCENARIOS, Scenario
from aws_wire import Killed, Rule, kill_after, kill_before, looks

if TYPE_CHECKING:
    from aws_world import World

_COUNT = itertools.count(1)


@dataclass(frozen=True)
class End:
    """What a number of runs leave."""

    state: dict[str, Any]
    routings: list[str]
    calls: tuple[str, ...]


class Stage:
    """A scenario whose beginning is made once, and copied for each run."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self.world = world
        self.scenario = scenario
        scenario.before(world)

    def fresh(self) -> World:
        world = self.world.twin(f"{self.world.name}-{next(_COUNT)}")
        self.scenario.ready(world)
        return world

    def ends(self) -> tuple[End, End]:
        """After one run and after two, nothing going wrong."""
        world, scenario = self.fresh(), self.scenario
        ends: list[End] = []
        for shown in (scenario.once, scenario.twice):
            world.wire.operations.clear()
            scenario.run(world)
            assert (world.shown(), len(world.versions())) == (shown, scenario.versions)
            ends.append(End(world.snapshot(), world.routings(), tuple(world.wire.operations)))
        return ends[0], ends[1]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
@pytest.mark.parametrize("kill", [kill_before, kill_after], ids=["before a call", "after a write"])
def test_a_command_that_died_at_any_call_is_finished_by_the_same_command(
    world: World, scenario: Scenario, kill: Callable[[int], Rule]
) -> None:
    stage = Stage(world, scenario)
    once, twice = stage.ends()
    # Dying before a look has nothing to do with what publishing calls unchanged: one reading is enough for that.
    by_touch = world.local.settings.dedupe == "touch"
    for call, operation in enumerate(once.calls, 1):
        if looks(operation) and (kill is kill_after or by_touch):
            continue  # to die after a look is to die before the next call
        died = stage.fresh()
        with pytest.raises(Killed):
            died.broken(kill(call), lambda: scenario.run(died))  # noqa: B023  # called at once
        moved = bool(died.log())
        assert moved == (kill is kill_after and operation in {"CreateAlias", "UpdateAlias"})
        scenario.run(died)
        end = twice if moved else once
        assert (died.snapshot(), died.routings()) == (end.state, end.routings), (call, operation)
        assert set(died.routings()) <= set(died.planned)
