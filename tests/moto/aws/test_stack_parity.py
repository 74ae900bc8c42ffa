"""A release goes the same way through Lambda's own API and through a stack, whatever happens on the way."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from aws_world import World
from construct_world import ConstructWorld
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from parity_tally import Tally
from stack_parity import NO_AGE, ApiSide, Ask, Connected, Parity, StackSide, asking
from stack_world import StackWorld, Strategy

from deployer import BlueGreen
from deployer.core import (
    Canary,
    CanaryIncrements,
    Deploy,
    Development,
    OnNewer,
    Percent,
    Promote,
    Published,
    Request,
    Rollback,
    Route,
    Stable,
    Transition,
)

_COUNT = itertools.count(1)
INCREMENTS = CanaryIncrements.of([25, 50, 75])
RESTART, REFUSE = (Canary(INCREMENTS, on_newer) for on_newer in (OnNewer.RESTART, OnNewer.REFUSE))
# A canary is seldom at rest, so it has more to show.
STRATEGIES: list[Strategy] = [RESTART, REFUSE, BlueGreen(), RESTART, REFUSE, BlueGreen(refuse_newer=True)]
SEQUENCES = {"ci": 6, "dev": 200, "nightly": 2_000}
STEPS = 25
CRASHES = st.sampled_from([False, False, False, True])
"""Whether the write of the alias fails."""

SAME, NEWER, TAKEN_OFF = -1, -2, -3
CODES = st.sampled_from([SAME, NEWER, TAKEN_OFF, 0, 1, 1, 2])
"""What is checked out: as before, never released, taken off by a rollback or a route, or as many commits ago."""

AGES = st.integers(NO_AGE, 3)
"""Those of versions: how many were put on the alias for the first time since."""


def rolling_back(age: int) -> Ask:
    return lambda number: Rollback(number(age))


def routing(age1: int, age2: int | None, weight: int) -> Ask:
    """A route among versions by age; to one alone where two would be the same."""

    def ask(number: Callable[[int], Published]) -> Request:
        one, two = number(age1), number(age1 if age2 is None else age2)
        return Route(Stable(one) if one == two else Transition(one, two, Percent.of(weight)))

    return ask


ROLLBACKS = st.builds(asking, st.just(Rollback())) | st.builds(rolling_back, AGES)
ROUTES = st.builds(routing, AGES, st.none() | AGES, st.integers(1, 99))


Story = list[tuple[int, Ask]]
"""What is asked for, and from which code."""

DEPLOY, BACK = asking(Deploy()), asking(Rollback())
FORGOTTEN: Story = [(1, DEPLOY), (2, DEPLOY), (2, BACK), (3, DEPLOY), (2, asking(Deploy(again=True)))]
"""The newest version, of code 3, is neither on the alias nor was it taken off."""

STORIES: dict[str, Story] = {
    "code of a version that is the newest, and that the alias has forgotten": [*FORGOTTEN, (3, DEPLOY)],
    "code that two versions hold": [(1, DEPLOY), (2, DEPLOY), (1, DEPLOY), (1, routing(2, 1, 28)), (1, DEPLOY)],
    "a version that was taken off and is tried out": [
        (1, DEPLOY),
        (2, DEPLOY),
        (2, BACK),
        (2, routing(1, 0, 28)),
        (2, BACK),
    ],
}


class Releases(RuleBasedStateMachine):
    """Code of one function is released, and of a development environment, which is a stack of its own.

    One rule for each verb, as hypothesis leaves some of them out of some sequences, and goes further with the others.
    """

    def __init__(self, make: Callable[[Strategy], Parity]) -> None:
        super().__init__()
        self.production = self.moved = make(STRATEGIES[0])
        self.development = make(Development())
        self.code = self.newest = 1

    @initialize(strategy=st.sampled_from(STRATEGIES), crash=st.booleans())
    def begin(self, strategy: Strategy, crash: bool) -> None:
        """The first release, which may fail before."""
        self.production.choose(strategy)
        if crash:
            self.run(asking(Deploy()), crash=True)
        self.run(asking(Deploy()))

    @rule(strategy=st.sampled_from(STRATEGIES))
    def release_otherwise(self, strategy: Strategy) -> None:
        self.production.choose(strategy)

    @rule(crash=CRASHES)
    def deploy_new_code(self, crash: bool) -> None:
        self.run(asking(Deploy()), NEWER, crash=crash)

    @rule(times=st.integers(1, 4), crash=CRASHES)
    def deploy_on(self, times: int, crash: bool) -> None:
        """The same code again, which takes the next step, and the next."""
        for _ in range(times):
            self.run(asking(Deploy()), crash=crash)

    @rule(code=CODES, crash=CRASHES)
    def deploy(self, code: int, crash: bool) -> None:
        self.run(asking(Deploy()), code, crash=crash)

    @rule(code=CODES, crash=CRASHES)
    def deploy_again(self, code: int, crash: bool) -> None:
        self.run(asking(Deploy(again=True)), code, crash=crash)

    @rule(ask=ROLLBACKS, code=CODES, crash=CRASHES)
    def roll_back(self, ask: Ask, code: int, crash: bool) -> None:
        self.run(ask, code, crash=crash)

    @rule(code=CODES, crash=CRASHES)
    def promote(self, code: int, crash: bool) -> None:
        self.run(asking(Promote()), code, crash=crash)

    @rule(ask=ROUTES, code=CODES, crash=CRASHES)
    def route(self, ask: Ask, code: int, crash: bool) -> None:
        self.run(ask, code, crash=crash)

    @rule(code=st.integers(1, 4), crash=CRASHES)
    def develop(self, code: int, crash: bool) -> None:
        self.moved = self.development
        self.development.step(code, asking(Deploy()), crash=crash)

    def run(self, ask: Ask, code: int = SAME, *, crash: bool = False) -> None:
        """Ask for it in production, from that checkout."""
        self.moved = self.production
        self.newest += code == NEWER
        there = {SAME: self.code, TAKEN_OFF: self.production.taken_off or self.code}
        self.code = there.get(code, max(1, self.newest - max(code, 0)))
        self.production.step(self.code, ask, crash=crash)

    def teardown(self) -> None:
        self.production.forget()
        self.development.forget()

    @invariant()
    def the_next_plans_are_the_same(self) -> None:
        self.moved.compare_next(self.code)


def play(world: World, render: type[StackWorld], sequences: int) -> Tally:
    """That many sequences, each with functions of its own."""
    tally = Tally()

    class Here(Releases):
        def __init__(self) -> None:
            super().__init__(lambda strategy: _both(world, strategy, render, tally))

    # What hypothesis explains of a failure takes as long as finding it.
    phases = [Phase.reuse, Phase.generate, Phase.shrink]
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=phases)
    run_state_machine_as_test(Here, settings=settings(patient, max_examples=sequences, stateful_step_count=STEPS))
    return tally


def _both(world: World, strategy: Strategy, render: type[StackWorld], tally: Tally) -> Parity:
    one, two = (_other(world), _other(world))
    return Parity(ApiSide(one, strategy), StackSide(two, strategy, render=render), tally)


def _other(world: World) -> Connected:
    name = f"{world.name}-{next(_COUNT)}"
    return Connected(world.local, name, world.zips, world.role, world.folder, world.clock)


def test_random_releases_go_the_same_way_on_both_sides(world: World) -> None:
    sequences = SEQUENCES[settings.get_current_profile_name()]
    tally = play(world, StackWorld, sequences)
    assert tally.share_left_out < 0.02, tally
    assert tally.share_in_transition > 0.1, tally
    # Only many sequences come to everything for certain.
    assert sequences < SEQUENCES["nightly"] or not tally.missing, tally


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_what_seldom_comes_by_chance_goes_the_same_way_too(world: World, story: Story) -> None:
    both = _both(world, BlueGreen(), StackWorld, Tally())
    for code, ask in story:
        both.step(code, ask)
        both.compare_next(code)
    assert not both.tally.left_out


@pytest.mark.parametrize("ask", [DEPLOY, BACK, asking(Promote()), routing(1, 0, 28)])
def test_what_fails_is_carried_out_the_second_time_on_both_sides(world: World, ask: Ask) -> None:
    both = _both(world, RESTART, StackWorld, Tally())
    both.step(1, DEPLOY)
    both.step(2, DEPLOY)
    both.step(2, ask, crash=True)
    both.compare_next(2)
    both.step(2, ask)
    both.compare_next(2)
    assert not both.tally.left_out


def test_what_is_left_out_is_published_at_the_api_alone(world: World) -> None:
    both = _both(world, BlueGreen(), StackWorld, Tally())
    for code, ask in FORGOTTEN:
        both.step(code, ask)
    assert not both.part(3, Deploy())
    both.step(4, DEPLOY, crash=True)
    assert both.part(3, Deploy())
    for side in (both.api, both.stack):
        side.ask(3, DEPLOY).carry_out()
    assert (len(both.api.unnamed), both.stack.unnamed) == (1, [])


@pytest.mark.cdk
def test_so_they_do_when_the_constructs_render_the_templates(plain: World) -> None:
    play(plain, ConstructWorld, max(2, SEQUENCES[settings.get_current_profile_name()] // 20))
