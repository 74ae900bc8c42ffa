"""What is shipped for our users' own property tests."""

import importlib
import sys
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    BlueGreen,
    CanaryIncrements,
    Content,
    Deploy,
    Move,
    Plan,
    Policy,
    Published,
    Refusal,
    Request,
    Rollback,
    Route,
    Settling,
    Situation,
    Stable,
    Transition,
    parse_description,
    plan,
)
from deployer.testing import (
    ByOtherMeans,
    Dedupe,
    Edit,
    Forbidden,
    Run,
    Scribble,
    Step,
    World,
    contents,
    descriptions,
    histories,
    increments,
    play,
    policies,
    requests,
    situations,
    states,
)

ONE, TWO = Published(1), Published(2)
A, B = Content("code-a", {}), Content("code-b", {})
BLUE_GREEN = Policy(BlueGreen())
Drawn = TypeVar("Drawn")


def test_without_hypothesis_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("deployer.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("deployer.testing")
    assert str(caught.value) == "deployer.testing needs hypothesis: pip install '.[testing]' in a clone of deployer"


@given(situations(), policies(), contents())
def test_the_example_of_the_documentation_holds(situation: Situation, policy: Policy, wanted: Content) -> None:
    decision = plan(situation, Deploy(), policy, wanted, now=0, operation_id="mine")
    assert not isinstance(decision, Refusal) or decision.way_out


def drawn(strategy: st.SearchStrategy[Drawn], condition: Callable[[Drawn], bool]) -> Drawn:
    """One of what is drawn; not the smallest, which takes long to find."""
    return find(strategy, condition, settings=settings(max_examples=2000, phases=[Phase.generate], database=None))


@pytest.mark.parametrize("kind", [Absent, Stable, Transition, Settling])
def test_every_kind_of_state_is_drawn(kind: type[AliasState]) -> None:
    assert isinstance(drawn(states(), lambda state: isinstance(state, kind)), kind)


@pytest.mark.parametrize("kind", [Run, Edit, ByOtherMeans, Scribble])
def test_every_kind_of_step_is_drawn(kind: type[Step]) -> None:
    assert drawn(histories(), lambda steps: any(isinstance(one, kind) for one in steps))


@given(requests(most=2), policies(schedules=st.just(CanaryIncrements.of([50]))), increments(most=3))
def test_bounds_are_kept(request_: Request, policy: Policy, schedule: CanaryIncrements) -> None:
    match request_:
        case Rollback(to=Published(number)) | Route(Stable(Published(number))):
            assert number <= 2
        case _:
            pass
    assert getattr(policy.strategy, "increments", None) in {None, CanaryIncrements.of([50])}
    assert 1 <= len(schedule.shares) <= 3


@pytest.mark.parametrize(("remembered", "damaged"), [(True, False), (False, False), (False, True)])
def test_descriptions_come_with_a_memory_without_and_damaged(remembered: bool, damaged: bool) -> None:
    def as_asked(text: str) -> bool:
        found = parse_description(text)
        return (found.memory is not None, found.damaged) == (remembered, damaged)

    assert as_asked(drawn(descriptions(), as_asked))


def test_a_version_that_does_not_exist_takes_no_traffic() -> None:
    world = World(latest=A, versions={ONE: A}, state=Stable(ONE))
    with pytest.raises(Forbidden) as caught:
        world.run(Route(Stable(TWO)), BLUE_GREEN)
    assert str(caught.value) == "no version 2 to route to"
    assert play(world, Run(Route(Stable(TWO)), BLUE_GREEN, A)) is None
    assert world.state == Stable(ONE)


def test_a_write_from_another_state_is_refused() -> None:
    world = World(latest=A, versions={ONE: A, TWO: B}, state=Stable(ONE))
    decision = plan(world.look(Route(Stable(TWO)), BLUE_GREEN), Route(Stable(TWO)), BLUE_GREEN, now=0, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    world.perform(decision.write)
    with pytest.raises(Forbidden) as caught:
        world.perform(decision.write)
    assert str(caught.value) == "a write from 1, but the alias is 2"


def test_nothing_is_published_where_there_is_no_function() -> None:
    with pytest.raises(Forbidden) as caught:
        World().publish()
    assert str(caught.value) == "there is no function yet"


@pytest.mark.parametrize(("dedupe", "number"), [(Dedupe.CONTENT, ONE), (Dedupe.TOUCH, TWO)])
def test_publishing_what_was_touched_but_is_the_same_goes_by_either_reading(dedupe: Dedupe, number: Published) -> None:
    world = World(dedupe)
    world.push(A)
    assert (world.publish(), world.publish()) == (ONE, ONE)
    world.push(A)
    assert world.publish() == number
    world.push(B)
    assert world.publish() == Published(number.number + 1)


def test_a_move_of_lambda_ends_at_version1() -> None:
    world = World(latest=B, versions={ONE: A, TWO: B}, state=Settling(TWO, ONE, Move.UNDER_WAY))
    world.run(Deploy(), BLUE_GREEN, B)
    assert world.state == Stable(TWO)


def test_a_history_can_be_told_by_hand() -> None:
    world = World()
    for step in (
        Run(Deploy(), BLUE_GREEN, A),
        Edit(B),
        Run(Deploy(), BLUE_GREEN, B, dies_after=1),
        Run(Deploy(), BLUE_GREEN, B),
        Scribble("mine"),
        ByOtherMeans(Stable(LATEST)),
    ):
        play(world, step)
    assert world == World(Dedupe.TOUCH, B, {ONE: A, TWO: B}, Stable(LATEST), "mine", touched=False)
