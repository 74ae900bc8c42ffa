"""What was taken off the alias by a rollback or a route stays off until somebody asks for it."""

from __future__ import annotations

import pytest

from deployer.core import (
    ALL_VERSIONS,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Content,
    Decision,
    Deploy,
    Development,
    InvalidRequest,
    Notice,
    OnNewer,
    Percent,
    Plan,
    Policy,
    Promote,
    Published,
    Refusal,
    Rollback,
    Route,
    Situation,
    Stable,
    Topic,
    Transition,
    parse_description,
    plan,
    recollect,
    unread,
)
from deployer.core.memory import LEFT_LENGTH
from deployer.testing import World

A, B, C, D = (Content(f"code-{letter}", {}) for letter in "ABCD")
ONE, TWO, THREE = (Published(number) for number in (1, 2, 3))
GREEN = Policy(BlueGreen())
CANARY = Policy(Canary(CanaryIncrements.of([25, 50, 75])))
RESTART = Policy(Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.RESTART))


def topics(decision: Decision) -> list[Topic]:
    return [notice.topic for notice in decision.notices]


def released(*contents: Content) -> World:
    """Released one after another, all at once."""
    world = World()
    for content in contents:
        world.run(Deploy(), GREEN, content)
    return world


def left(world: World) -> tuple[Published, ...]:
    memory = parse_description(world.description).memory
    assert memory is not None
    return memory.left


def test_of_two_bad_releases_neither_comes_back_by_itself() -> None:
    world = released(A, B)
    world.run(Rollback(), GREEN)
    world.run(Deploy(), GREEN, C)
    world.run(Rollback(), GREEN)
    for bad in (B, C):
        decision = world.run(Deploy(), GREEN, bad)
        assert (topics(decision), world.state) == ([Topic.HELD], Stable(ONE))
    assert "version 2 was taken off" in world.run(Deploy(), GREEN, B).notices[0].text
    world.run(Deploy(again=True), GREEN, B)
    assert (world.state, len(world.versions)) == (Stable(TWO), 3)
    assert left(world) == (THREE,)


def test_the_last_few_are_remembered() -> None:
    world = released(A)
    for number in range(LEFT_LENGTH + 2):
        world.run(Deploy(), GREEN, Content(f"bad-{number}", {}))
        world.run(Rollback(), GREEN)
    # Beside head, the very last.
    assert left(world) == tuple(Published(number) for number in range(10, 2, -1))


@pytest.mark.parametrize("by_us", [True, False])
@pytest.mark.parametrize("target", [Stable(TWO), Transition(TWO, ONE, Percent.of(90))])
def test_what_a_dead_run_published_and_a_person_tried_does_not_return_after_a_rollback(
    target: Stable | Transition, by_us: bool
) -> None:
    world = released(A)
    world.run(Deploy(), CANARY, B, dies_after=2)
    assert (world.state, len(world.versions)) == (Stable(ONE), 2)
    if by_us:
        world.run(Route(target), CANARY)
    else:
        world.write(target, world.description)
    world.run(Rollback(), CANARY)
    assert world.state == Stable(ONE)
    decision = world.run(Deploy(), CANARY, B)
    assert (topics(decision), world.state, len(world.versions)) == ([Topic.HELD], Stable(ONE), 2)


@pytest.mark.parametrize("wanted", [B, C])
def test_a_version_that_a_person_tries_out_again_is_not_carried_on_with(wanted: Content) -> None:
    world = released(A, B)
    world.run(Rollback(), CANARY)
    tried = Transition(TWO, ONE, Percent.of(90))
    world.run(Route(tried), CANARY)
    decision = world.run(Deploy(), CANARY, wanted)
    assert (topics(decision), world.state) == ([Topic.MANUAL], tried)
    world.run(Rollback(), CANARY)
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.HELD]


def test_a_route_that_only_changes_the_weight_of_a_release_leaves_it_one() -> None:
    world = released(A)
    world.run(Deploy(), CANARY, B)
    world.run(Route(Transition(TWO, ONE, Percent.of(60))), CANARY)
    world.run(Deploy(), CANARY, B)
    assert world.state == Transition(TWO, ONE, Percent.of(50))


def test_a_foreign_transition_that_a_route_makes_ours_was_begun_by_no_deploy() -> None:
    world = released(A, B)
    foreign = Transition(TWO, ONE, Percent.of(90))
    world.write(foreign, "")
    world.run(Route(foreign), CANARY)
    decision = world.run(Deploy(), CANARY, C)
    assert (topics(decision), world.state) == ([Topic.MANUAL], foreign)
    assert "only then is it looked at what is wanted" in decision.notices[0].text


def test_a_route_away_from_a_version_that_was_not_the_last_deployed_leaves_it_too() -> None:
    world = released(A, B, C)
    world.run(Route(Stable(TWO)), GREEN)
    world.run(Route(Stable(ONE)), GREEN)
    assert left(world) == (TWO,)  # three is head, so it is left too


def test_a_route_away_from_a_pair_leaves_version1_and_not_what_was_stable() -> None:
    world = released(A, B, C)
    world.run(Route(Stable(ONE)), GREEN)
    world.run(Route(Transition(TWO, ONE, Percent.of(90))), GREEN)
    world.run(Route(Stable(THREE)), GREEN)
    assert left(world) == (TWO,)


def test_a_promoted_version_is_no_longer_left() -> None:
    world = released(A, B)
    world.run(Rollback(), CANARY)
    world.run(Deploy(), GREEN, C)
    world.run(Route(Transition(TWO, THREE, Percent.of(90))), CANARY)
    assert left(world) == (TWO,)
    world.run(Promote(), CANARY)
    assert (world.state, left(world)) == (Stable(TWO), ())
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.UNCHANGED]


def test_a_release_that_newer_code_replaces_was_not_taken_off() -> None:
    world = released(A)
    world.run(Deploy(), RESTART, B)
    world.run(Deploy(), RESTART, C)
    assert (world.state, left(world)) == (Transition(THREE, ONE, Percent.of(75)), ())


def test_whoever_routes_the_older_version_first_is_told_what_a_rollback_would_mean() -> None:
    world = released(A, B)
    decision = world.run(Route(Transition(ONE, TWO, Percent.of(10))), CANARY)
    assert isinstance(decision, Plan)
    assert decision.notices == (
        Notice(
            Topic.BACKWARDS,
            "version1 is the older one: `promote` puts 1 alone on the alias, `rollback` puts 2 there",
            loud=True,
        ),
    )
    world.run(Rollback(), CANARY)
    assert world.state == Stable(TWO)
    assert topics(world.run(Route(Transition(TWO, ONE, Percent.of(10))), CANARY)) == []


# A bad version that a person tries out second, beside the good one


TRIED = Transition(ONE, TWO, Percent.of(10))


def tried_second() -> World:
    """2 was rolled back to 1, and then given ten percent beside it."""
    world = released(A, B)
    world.run(Rollback(), GREEN)
    decision = world.run(Route(TRIED), GREEN)
    assert topics(decision) == []
    assert (world.state, left(world)) == (TRIED, ())  # two is head
    return world


@pytest.mark.parametrize(
    ("request_", "policy", "goes"),
    [
        (Rollback(), GREEN, Stable(ONE)),
        (Promote(), GREEN, Stable(ONE)),
        (Route(Stable(ONE)), GREEN, Stable(ONE)),
        (Deploy(), GREEN, Stable(THREE)),
        (Deploy(), RESTART, Transition(THREE, ONE, Percent.of(75))),
    ],
)
def test_a_bad_version_that_is_tried_second_is_nothing_to_go_back_to(
    request_: Deploy | Promote | Rollback | Route, policy: Policy, goes: Stable | Transition
) -> None:
    world = tried_second()
    world.run(request_, policy, C if isinstance(request_, Deploy) else None)
    assert (world.state, left(world)) == (goes, (TWO,) if isinstance(request_, Deploy) else ())
    memory = parse_description(world.description).memory
    assert memory is not None
    assert TWO not in memory.trail
    if goes != Stable(ONE):
        world.run(Rollback(), policy)
        assert world.state == Stable(ONE)
    assert topics(world.run(Deploy(), policy, B)) == [Topic.HELD]


@pytest.mark.parametrize("policy", [GREEN, CANARY, RESTART])
def test_nor_is_it_taken_for_where_a_release_comes_from(policy: Policy) -> None:
    world = tried_second()
    assert topics(world.run(Deploy(), policy, B)) == [Topic.HELD]
    assert topics(world.run(Deploy(), policy, A)) == [Topic.MANUAL]
    assert world.state == TRIED


@pytest.mark.parametrize(
    ("policy", "goes"), [(GREEN, Stable(TWO)), (CANARY, TRIED), (RESTART, Transition(TWO, ONE, Percent.of(75)))]
)
@pytest.mark.parametrize("again", [True, False])
def test_a_version_that_is_tried_second_is_released_as_it_is(
    policy: Policy, goes: Stable | Transition, again: bool
) -> None:
    if again:
        world = tried_second()
    else:
        world = released(A)
        world.run(Deploy(), CANARY, B, dies_after=2)
        world.run(Route(TRIED), CANARY)
    world.run(Deploy(again=again), policy, B)
    assert (world.state, len(world.versions)) == (goes, 2)
    world.run(Rollback(), policy)
    assert world.state == Stable(ONE)


REFUSING = Policy(Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.REFUSE))


@pytest.mark.parametrize(
    ("request_", "text", "way_out"),
    [
        (
            Deploy(),
            "the transition 1 at 90 %, 2 at 10 % was set by hand, and newer code is refused meanwhile",
            "finish it with `promote`, or end it with `rollback` to 1, then `deploy`",
        ),
        (
            Rollback(to=TWO),
            "version 2 was taken off the alias: there is no way back to it",
            "to release it again: `route 2`, or its code with `deploy --again`",
        ),
    ],
)
def test_a_refusal_says_that_a_version_is_only_tried_out(request_: Deploy | Rollback, text: str, way_out: str) -> None:
    decision = tried_second().run(request_, REFUSING, C if isinstance(request_, Deploy) else None)
    assert isinstance(decision, Refusal)
    assert (decision.text, decision.way_out) == (text, way_out)


def test_a_rollback_to_what_was_stable_before_a_trial_goes_there() -> None:
    world = tried_second()
    world.run(Rollback(to=ONE), GREEN)
    assert world.state == Stable(ONE)


def off(world: World) -> tuple[Published, ...]:
    """What is said to stay off after a rollback."""
    memory = parse_description(world.description).memory
    return recollect(world.state, memory).taken_off


def test_after_a_rollback_what_it_took_off_is_known_and_what_was_off_before() -> None:
    world = released(A, B)
    assert off(world) == ()
    world.run(Rollback(), GREEN)
    assert off(world) == (TWO,)
    world.run(Deploy(), GREEN, C)
    assert off(world) == ()
    world.run(Rollback(), GREEN)
    assert off(world) == (THREE, TWO)


def test_what_was_deployed_last_and_is_gone_back_to_is_not_off() -> None:
    world = released(A, B)
    world.run(Route(Transition(ONE, TWO, Percent(5000))), GREEN)
    world.run(Rollback(), GREEN)
    assert (world.state, off(world)) == (Stable(TWO), (ONE,))


def test_nothing_is_known_to_be_off_where_no_memory_tells() -> None:
    assert recollect(Stable(ONE), None).taken_off == ()


def test_an_old_version_that_is_released_again_is_rolled_back_like_any() -> None:
    world = released(A, B)
    world.run(Rollback(), GREEN)
    world.run(Deploy(), GREEN, C)
    world.run(Deploy(again=True), CANARY, B)
    assert world.state == Transition(TWO, THREE, Percent.of(75))
    world.run(Route(Transition(TWO, THREE, Percent.of(60))), CANARY)
    world.run(Rollback(), CANARY)
    assert str(world.state) == "3"


def test_a_version_that_was_left_only_for_latest_may_be_rolled_back_to_by_number() -> None:
    world = released(A, B)
    world.run(Deploy(), Policy(Development()), C)
    world.run(Rollback(to=TWO), GREEN)
    assert world.state == Stable(TWO)


def test_a_bad_version_that_a_console_puts_second_is_nothing_to_go_back_to() -> None:
    world = released(A, B)
    world.run(Rollback(), CANARY)
    world.run(Deploy(), GREEN, C)
    world.write(Transition(THREE, TWO, Percent.of(50)), world.description)
    world.run(Rollback(), CANARY)
    assert world.state == Stable(THREE)


@pytest.mark.parametrize("description", [True, False])
def test_a_foreign_pair_with_a_bad_version_second_puts_it_on_no_trail(description: bool) -> None:
    world = released(A, B)
    world.run(Rollback(), CANARY)
    world.run(Deploy(), GREEN, C)
    world.write(Transition(THREE, TWO, Percent.of(50)), world.description if description else "")
    world.run(Promote(), CANARY)
    memory = parse_description(world.description).memory
    assert memory is not None
    assert (world.state, TWO in memory.trail) == (Stable(THREE), not description)


def test_there_is_no_rollback_to_what_was_taken_off_however_long_ago() -> None:
    world = released(A, B)
    world.run(Rollback(), GREEN)
    world.run(Deploy(), GREEN, C)
    decision = world.run(Rollback(to=TWO), GREEN)
    assert isinstance(decision, Refusal)
    assert decision.text == "version 2 was taken off the alias: there is no way back to it"


@pytest.mark.parametrize(("length", "kept"), [(0, 8), (184, 8), (192, 7), (196, 5), (198, 4), (200, 3), (240, 3)])
def test_what_was_left_gives_way_to_a_persons_text_down_to_three(length: int, kept: int) -> None:
    world = released(A)
    for number in range(10):
        world.run(Deploy(), GREEN, Content(f"bad-{number}", {}))
        world.run(Rollback(), GREEN)
    world.description = f"{'x' * length} {world.description}".strip()
    world.run(Deploy(), GREEN, B)
    assert left(world) == tuple(Published(number) for number in range(11, 11 - kept, -1))
    assert world.description.startswith("x" * min(length, 190))


def test_what_was_left_is_compared_by_a_list_of_all_versions() -> None:
    world = released(A, B)
    world.run(Rollback(), GREEN)
    world.run(Deploy(), GREEN, C)
    situation = Situation(world.state, world.description, world.latest)
    assert unread(situation, Deploy(), GREEN, D) == ALL_VERSIONS
    with pytest.raises(InvalidRequest) as caught:
        plan(situation, Deploy(), GREEN, D, now=0, operation_id="x")
    assert str(caught.value) == "request 'all versions': the contents must be read before planning"
