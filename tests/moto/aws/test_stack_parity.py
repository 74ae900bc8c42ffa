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
    Request,
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
SEQUENCES = {"ci": 8, "dev": 200, "nightly": 2_000}
STEPS = 25
SAME, NEWER = 0, -1
"""In the place of a code's number: what is checked out, and what has never been."""


@dataclass(frozen=True)
class Environment:
    """The environment releases in another way from now on."""

    strategy: Strategy


@dataclass(frozen=True)
class Run:
    """A command is run from that code; `crash`: the write of the alias fails."""

    ask: Ask
    code: int = SAME
    crash: bool = False


@dataclass(frozen=True)
class Develop:
    """The development environment gets code."""

    code: int
    crash: bool = False


Step = Environment | Run | Develop


def rolling_back(age: int) -> Ask:
    return lambda number: Rollback(number(age))


def routing(age1: int, age2: int | None, weight: int) -> Ask:
    """A route among versions by age; to one alone where two would be the same."""
    if age2 is None or age2 == age1:
        return lambda number: Route(Stable(number(age1)))
    return lambda number: Route(Transition(number(age1), number(age2), Percent.of(weight)))


def steps() -> st.SearchStrategy[Step]:
    """Mostly a deploy: of new code, of the same again, which takes the next step, or of code that was there before."""
    known, ages = st.integers(1, 4), st.integers(NO_AGE, 3)
    same, new = st.just(SAME), st.just(NEWER)
    crash = st.sampled_from([False, False, False, True])
    deploy, rollback, promote = (_asking(request) for request in (Deploy(), Rollback(), Promote()))
    anywhere = same | known | new
    routes = st.builds(routing, ages, st.none() | ages, st.integers(1, 99))
    return st.one_of(
        *[st.builds(Run, deploy, new, crash)] * 3,
        *[st.builds(Run, deploy, same, crash)] * 4,
        st.builds(Run, deploy, known, crash),
        st.builds(Run, _asking(Deploy(again=True)), same | known, crash),
        st.builds(Run, rollback | st.builds(rolling_back, ages), anywhere, crash),
        st.builds(Run, promote, anywhere, crash),
        *[st.builds(Run, routes, anywhere, crash)] * 2,
        st.builds(Environment, st.sampled_from(STRATEGIES)),
        st.builds(Develop, known, crash),
    )


def _asking(request: Request) -> st.SearchStrategy[Ask]:
    # Not made before, so that a failure's story tells what was asked.
    return st.builds(asking, st.just(request))


class Releases(RuleBasedStateMachine):
    """Code of one function is released, and of a development environment, which is a stack of its own."""

    def __init__(self, make: Callable[[Strategy], Parity]) -> None:
        super().__init__()
        self.parity = make(STRATEGIES[0])
        self.moved = self.parity
        self.development = make(Development())
        self.code = self.newest = 1

    @initialize(strategy=st.sampled_from(STRATEGIES), crash=st.booleans())
    def begin(self, strategy: Strategy, crash: bool) -> None:
        """The first release, which may fail before."""
        self.parity.choose(strategy)
        if crash:
            self.parity.step(self.code, asking(Deploy()), crash=True)
        self.parity.step(self.code, asking(Deploy()))

    @rule(step=steps())
    def play(self, step: Step) -> None:
        match step:
            case Environment(strategy):
                self.parity.choose(strategy)
            case Run(ask, code, crash):
                self.moved = self.parity
                self.check_out(code)
                self.moved.step(self.code, ask, crash=crash)
            case Develop(code, crash):
                self.moved = self.development
                self.moved.step(code, asking(Deploy()), crash=crash)

    def check_out(self, code: int) -> None:
        if code == NEWER:
            self.newest += 1
        self.code = {SAME: self.code, NEWER: self.newest}.get(code, code)

    def teardown(self) -> None:
        self.parity.forget()
        self.development.forget()

    @invariant()
    def the_next_plans_are_the_same(self) -> None:
        self.moved.compare_next(self.code)


def play(world: World, render: type[StackWorld], sequences: int) -> Tally:
    """That many sequences, each with functions of its own."""
    tally = Tally()

    def both(strategy: Strategy) -> Parity:
        one, two = (_other(world), _other(world))
        return Parity(ApiSide(one, strategy), StackSide(two, strategy, render=render), tally)

    class Here(Releases):
        def __init__(self) -> None:
            super().__init__(both)

    # What hypothesis explains of a failure takes as long as finding it.
    phases = [Phase.reuse, Phase.generate, Phase.shrink]
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=phases)
    run_state_machine_as_test(Here, settings=settings(patient, max_examples=sequences, stateful_step_count=STEPS))
    return tally


def _other(world: World) -> Connected:
    name = f"{world.name}-{next(_COUNT)}"
    return Connected(world.local, name, world.zips, world.role, world.folder, world.clock)


def test_random_releases_go_the_same_way_on_both_sides(world: World) -> None:
    sequences = SEQUENCES[settings.get_current_profile_name()]
    tally = play(world, StackWorld, sequences)
    assert tally.share_left_out < 0.02, tally
    assert tally.share_in_transition > 0.2, tally
    # Few sequences do not come to everything.
    assert sequences < SEQUENCES["dev"] or not tally.missing, tally


@pytest.mark.cdk
def test_so_they_do_when_the_constructs_render_the_templates(plain: World) -> None:
    play(plain, ConstructWorld, max(2, SEQUENCES[settings.get_current_profile_name()] // 20))
