"""A release goes the same way through Lambda's own API and through a stack, whatever happens on the way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from aws_world import World
from construct_world import ConstructWorld
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from stack_parity import ApiSide, Ask, Connected, Parity, StackSide
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
    Rollback,
    Route,
    Stable,
    Transition,
)

_COUNT = itertools.count(1)
INCREMENTS = CanaryIncrements.of([25, 50, 75])
STRATEGIES: list[Strategy] = [
    Canary(INCREMENTS, OnNewer.RESTART),
    Canary(INCREMENTS, OnNewer.REFUSE),
    BlueGreen(),
    BlueGreen(refuse_newer=True),
]
SEQUENCES = {"ci": 20, "dev": 200, "nightly": 2_000}
STEPS = 25


@dataclass(frozen=True)
class Environment:
    """The environment releases in another way from now on."""

    strategy: Strategy


@dataclass(frozen=True)
class Run:
    """A command is run, from other code if there is some; `crash`: the write of the alias fails."""

    ask: Ask
    code: int | None = None
    crash: bool = False


@dataclass(frozen=True)
class Develop:
    """The development environment gets code."""

    code: int
    crash: bool = False


Step = Environment | Run | Develop


def deploying(again: bool = False) -> Ask:
    return lambda _number: Deploy(again=again)


def rolling_back(age: int | None = None) -> Ask:
    return lambda number: Rollback(None if age is None else number(age))


def promoting() -> Ask:
    return lambda _number: Promote()


def routing(age1: int, age2: int | None, weight: int) -> Ask:
    """A route among versions by age; to one alone where two would be the same."""
    if age2 is None or age2 == age1:
        return lambda number: Route(Stable(number(age1)))
    return lambda number: Route(Transition(number(age1), number(age2), Percent.of(weight)))


def steps() -> st.SearchStrategy[Step]:
    """Mostly a deploy, of new code or of what is there already."""
    codes, ages = st.integers(1, 4), st.integers(0, 3)
    same = st.none()
    crash = st.sampled_from([False, False, False, True])
    routes = st.builds(routing, ages, st.none() | ages, st.integers(1, 99))
    others = st.one_of(st.builds(rolling_back, st.none() | ages), st.builds(promoting), routes)
    return st.one_of(
        st.builds(Run, st.builds(deploying), codes, crash),
        st.builds(Run, st.builds(deploying), codes, crash),
        st.builds(Run, st.builds(deploying), same, crash),
        st.builds(Run, st.builds(deploying), same, crash),
        st.builds(Run, st.builds(deploying, st.just(True)), same | codes, crash),
        st.builds(Run, st.builds(rolling_back), same, crash),
        st.builds(Run, others, same, crash),
        st.builds(Run, others, same | codes, crash),
        st.builds(Environment, st.sampled_from(STRATEGIES)),
        st.builds(Develop, codes, crash),
    )


class Releases(RuleBasedStateMachine):
    """Code 1 to 4 of one function is released, and of a development environment, which is a stack of its own."""

    def __init__(self, make: Callable[[Strategy], Parity]) -> None:
        super().__init__()
        self.parity = make(STRATEGIES[0])
        self.development = make(Development())
        self.code = 1

    @initialize(strategy=st.sampled_from(STRATEGIES), crash=st.booleans())
    def begin(self, strategy: Strategy, crash: bool) -> None:
        """The first release, which may fail before."""
        self.parity.choose(strategy)
        if crash:
            self.parity.step(self.code, deploying(), crash=True)
        self.parity.step(self.code, deploying())

    @rule(step=steps())
    def play(self, step: Step) -> None:
        match step:
            case Environment(strategy):
                self.parity.choose(strategy)
            case Run(ask, code, crash):
                self.code = code or self.code
                self.parity.step(self.code, ask, crash=crash)
            case Develop(code, crash):
                self.development.step(code, deploying(), crash=crash)

    def teardown(self) -> None:
        self.parity.forget()
        self.development.forget()

    @invariant()
    def the_next_plans_are_the_same(self) -> None:
        if not self.parity.part(self.code):
            self.parity.intentions(self.code, deploying())
        self.parity.intentions(self.code, rolling_back())


def play(world: World, render: type[StackWorld], sequences: int) -> None:
    """That many sequences, each with functions of its own."""

    def both(strategy: Strategy) -> Parity:
        one, two = (_other(world), _other(world))
        return Parity(ApiSide(one, strategy), StackSide(two, strategy, render=render))

    class Here(Releases):
        def __init__(self) -> None:
            super().__init__(both)

    # What hypothesis explains of a failure takes as long as finding it.
    phases = [Phase.reuse, Phase.generate, Phase.shrink]
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=phases)
    run_state_machine_as_test(Here, settings=settings(patient, max_examples=sequences, stateful_step_count=STEPS))


def _other(world: World) -> Connected:
    name = f"{world.name}-{next(_COUNT)}"
    return Connected(world.local, name, world.zips, world.role, world.folder, world.clock)


def test_random_releases_go_the_same_way_on_both_sides(world: World) -> None:
    play(world, StackWorld, SEQUENCES[settings.get_current_profile_name()])


@pytest.mark.cdk
def test_so_they_do_when_the_constructs_render_the_templates(plain: World) -> None:
    play(plain, ConstructWorld, max(2, SEQUENCES[settings.get_current_profile_name()] // 20))
