"""Pairs that a person puts on the alias: what a rollback, a promote and later deploys make of them."""

from __future__ import annotations

import pytest

from deployer.core import (
    BlueGreen,
    Canary,
    CanaryIncrements,
    Content,
    Decision,
    Deploy,
    Development,
    Move,
    OnNewer,
    Percent,
    Plan,
    Policy,
    Promote,
    Published,
    Reason,
    Refusal,
    Rollback,
    Route,
    Routing,
    Settling,
    Stable,
    Topic,
    Transition,
    parse_description,
)
from deployer.testing import World

A, B, C, D = (Content(f"code-{letter}", {}) for letter in "ABCD")
ONE, TWO, THREE, FOUR = (Published(number) for number in (1, 2, 3, 4))
SCHEDULE = CanaryIncrements.of([25, 50, 75])
GREEN = Policy(BlueGreen())
CANARY, RESTART, REFUSE = (Policy(Canary(SCHEDULE, on_newer)) for on_newer in OnNewer)


def pair(version1: int, version2: int, weight: int) -> Transition:
    return Transition(Published(version1), Published(version2), Percent.of(weight))


def routed(world: World, *targets: Routing) -> World:
    for target in targets:
        world.run(Route(target), CANARY)
        assert world.state == target
    return world


def released(*contents: Content) -> World:
    world = World()
    for content in contents:
        world.run(Deploy(), GREEN, content)
    return world


def never_routed(world: World, content: Content) -> World:
    """A run that died published it, and nothing else."""
    world.run(Deploy(), GREEN, content, dies_after=2)
    return world


def rolled_back(world: World) -> World:
    world.run(Rollback(), CANARY)
    return world


def topics(decision: Decision) -> list[Topic]:
    return [notice.topic for notice in decision.notices]


def left(world: World) -> tuple[Published, ...]:
    memory = parse_description(world.description).memory
    assert memory is not None
    return memory.left


def trail(world: World) -> tuple[Published, ...]:
    memory = parse_description(world.description).memory
    assert memory is not None
    return memory.trail


# Easing back: the older version, which was stable, beside the newer one, which is


EASED = pair(2, 1, 90)


@pytest.mark.parametrize("policy", [GREEN, CANARY, RESTART, REFUSE])
def test_no_deploy_carries_an_easing_back_forward(policy: Policy) -> None:
    world = routed(released(A, B), EASED)
    assert topics(world.run(Deploy(), policy, B)) == [Topic.MANUAL]
    assert world.state == EASED


def test_nor_where_it_was_done_in_the_console() -> None:
    world = released(A, B)
    world.write(EASED, world.description)
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.MEMORY_OTHER_ROUTING, Topic.MANUAL]
    assert world.state == EASED
    world.run(Deploy(adopt=True), CANARY, B)
    assert str(world.state) == "2"


def test_nor_where_its_weight_was_changed_since() -> None:
    world = routed(released(A, B), EASED)
    world.write(pair(2, 1, 60), world.description)
    assert Topic.MANUAL in topics(world.run(Deploy(), CANARY, B))
    routed(world, pair(2, 1, 30))
    assert Topic.MANUAL in topics(world.run(Deploy(), CANARY, B))


def test_a_rollback_from_it_goes_to_the_older_one() -> None:
    world = rolled_back(routed(released(A, B), EASED))
    assert (world.state, trail(world)) == (Stable(ONE), ())
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.HELD]


def test_a_promote_ends_it_and_the_way_back_is_still_known() -> None:
    world = routed(released(A, B), EASED)
    world.run(Promote(), CANARY)
    assert (world.state, trail(world)) == (Stable(TWO), (ONE,))


@pytest.mark.parametrize("ended", [Promote(), Route(Stable(TWO))])
def test_what_was_good_once_is_so_again_by_whatever_way_the_newer_one_came(ended: Promote | Route) -> None:
    world = routed(rolled_back(released(A, B)), EASED)
    world.run(ended, CANARY)
    assert (world.state, trail(world)) == (Stable(TWO), (ONE,))
    assert world.run(Route(pair(2, 1, 50)), CANARY).notices == ()
    assert rolled_back(world).state == Stable(ONE)


def test_a_version_that_came_by_a_route_is_eased_back_from_like_any() -> None:
    world = routed(never_routed(released(A), B), Stable(TWO), pair(2, 1, 50))
    world.run(Rollback(to=ONE), CANARY)
    assert world.state == Stable(ONE)


# What was stable before is known, whatever is on the alias meanwhile


def test_a_canary_over_a_pair_starts_from_what_was_stable() -> None:
    world = routed(released(A, B, C), pair(3, 1, 10))
    world.run(Deploy(), RESTART, D)
    assert (world.state, trail(world)) == (Transition(FOUR, THREE, SCHEDULE.first.rest), (TWO, ONE))
    assert rolled_back(world).state == Stable(THREE)


def test_a_version_that_was_never_stable_joins_no_trail() -> None:
    world = World()
    world.run(Deploy(), GREEN, A, dies_after=2)
    world.run(Deploy(), GREEN, B)
    assert world.state == Stable(TWO)
    routed(world, pair(2, 1, 10)).run(Deploy(), GREEN, C)
    assert (world.state, trail(world)) == (Stable(THREE), (TWO,))


def test_ending_a_pair_keeps_the_order_of_the_trail() -> None:
    world = routed(released(A, B, C), pair(3, 1, 20))
    world.run(Promote(), CANARY)
    assert (world.state, trail(world)) == (Stable(THREE), (TWO, ONE))


def test_one_pair_after_another_goes_back_to_no_version_that_was_left() -> None:
    world = routed(released(A, B, C), pair(2, 1, 67), pair(1, 3, 25))
    assert rolled_back(world).state == Stable(ONE)
    assert topics(world.run(Deploy(), CANARY, C)) == [Topic.HELD]


def upward() -> World:
    """One is stable, and three and two, which nobody has deployed, are tried out instead of it."""
    world = never_routed(World(), A)
    routed(world, Stable(ONE))
    return routed(never_routed(never_routed(world, B), C), pair(3, 2, 50))


@pytest.mark.parametrize("policy", [GREEN, RESTART])
def test_what_was_stable_is_put_back_and_not_published_again(policy: Policy) -> None:
    world = upward()
    world.run(Deploy(), policy, A)
    assert (world.state, len(world.versions)) == (Stable(ONE), 3)


def test_what_was_stable_before_a_pair_of_newer_ones_is_the_way_back() -> None:
    world = upward()
    world.run(Deploy(), RESTART, D)
    assert world.state == Transition(FOUR, ONE, SCHEDULE.first.rest)
    for _ in SCHEDULE.shares:
        world.run(Deploy(), RESTART, D)
    assert str(world.state) == "4"
    assert (trail(world), left(world)) == ((ONE,), (THREE, TWO))
    assert rolled_back(upward()).state == Stable(ONE)


# A route to a pair without what was stable leaves that


def went_back() -> World:
    """Three was stable, and somebody put two and one there instead."""
    return routed(released(A, B, C), pair(2, 1, 50))


def test_what_somebody_went_back_from_stays_off() -> None:
    world = went_back()
    assert topics(world.run(Deploy(), RESTART, C)) == [Topic.HELD]
    world.run(Deploy(), RESTART, D)
    assert (world.state, left(world)) == (Transition(FOUR, ONE, SCHEDULE.first.rest), (THREE,))
    world.run(Promote(), RESTART)
    assert trail(world) == (ONE, TWO)
    assert rolled_back(world).state == Stable(ONE)


def test_also_where_a_route_had_put_it_there() -> None:
    world = routed(never_routed(released(A, B), C), Stable(THREE), pair(2, 1, 50))
    for policy in (GREEN, RESTART):
        assert topics(world.run(Deploy(), policy, C)) == [Topic.HELD]


def test_from_latest_a_restart_is_against_no_version_that_was_taken_off() -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), Policy(Development()), C)
    routed(world, pair(1, 2, 10))
    world.run(Deploy(), RESTART, D)
    assert world.state == Transition(THREE, ONE, SCHEDULE.first.rest)


# A release that is turned round, or tried at the side of what was stable


def test_a_canary_of_an_old_version_turned_round_still_comes_from_what_was_stable() -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.run(Deploy(again=True), CANARY, B)
    assert world.state == pair(2, 3, 75)
    routed(world, pair(3, 2, 10))
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.HELD]
    assert rolled_back(world).state == Stable(THREE)


def test_what_is_held_while_it_is_tried_out_is_not_said_to_be_off() -> None:
    world = released(A)
    world.run(Deploy(), CANARY, B)
    decision = routed(world, pair(1, 2, 25)).run(Deploy(), CANARY, B)
    assert decision.notices[0].text == (
        "version 2 is only tried out since it was taken off and does not come back by itself; to release it "
        "nevertheless: `deploy --again`, once one version has all traffic"
    )


@pytest.mark.parametrize("ended", [Promote(), Route(Stable(ONE)), Rollback()])
@pytest.mark.parametrize("tried", [pair(1, 2, 10), pair(2, 1, 90)])
def test_what_was_tried_out_does_not_return_by_itself(ended: Promote | Route | Rollback, tried: Transition) -> None:
    world = routed(never_routed(released(A), B), tried)
    if isinstance(ended, Promote) and tried.version1 == TWO:
        return  # that releases it
    world.run(ended, CANARY)
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.HELD]
    assert (world.state, len(world.versions)) == (Stable(ONE), 2)


def test_nor_after_newer_code_has_taken_its_place() -> None:
    world = routed(never_routed(released(A), B), pair(1, 2, 10))
    world.run(Deploy(), RESTART, C)
    assert world.state == pair(3, 1, 75)
    rolled_back(world)
    assert topics(world.run(Deploy(), CANARY, B)) == [Topic.HELD]
    assert len(world.versions) == 3


@pytest.mark.parametrize("adopt", [True, False])
def test_a_console_that_puts_a_bad_version_beside_the_good_one_leads_nowhere(adopt: bool) -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.write(pair(3, 2, 75), world.description)
    world.run(Deploy(adopt=adopt), CANARY, C)
    assert world.state == (Stable(THREE) if adopt else pair(3, 2, 75))
    if not adopt:
        assert rolled_back(world).state == Stable(THREE)


@pytest.mark.parametrize("weight", [90, 60])
def test_a_route_makes_no_release_of_what_a_console_put_there(weight: int) -> None:
    world = rolled_back(released(A, B))
    world.write(pair(2, 1, 90), world.description)
    routed(world, pair(2, 1, weight))
    for content in (B, C):
        assert topics(world.run(Deploy(), CANARY, content)) == [Topic.MANUAL]


def test_a_trial_that_is_given_all_traffic_is_no_way_back() -> None:
    world = routed(rolled_back(released(A, B)), pair(1, 2, 10))
    world.state = Settling(ONE, TWO, Move.NONE)
    refusal = world.run(Deploy(), CANARY, A)
    assert isinstance(refusal, Refusal)
    assert refusal.way_out == "`promote` puts 1 alone on the alias, `rollback` puts 1 there"
    assert rolled_back(world).state == Stable(ONE)


def test_no_rollback_goes_to_what_was_taken_off_beside_whatever_it_stands() -> None:
    world = routed(rolled_back(released(A, B, C)), pair(1, 3, 10))
    assert rolled_back(world).state == Stable(ONE)


# Going back by a route


@pytest.mark.parametrize("by_hand", [True, False])
def test_who_goes_back_by_a_route_leaves_what_was_there_for_good(by_hand: bool) -> None:
    world = released(A, B, C)
    if by_hand:
        world.write(Stable(TWO), world.description)
    else:
        routed(world, Stable(TWO))
        assert trail(world) == (ONE,)
    world.run(Deploy(), GREEN, D)
    rolled_back(world)
    routed(world, pair(2, 4, 10))
    world.run(Promote(), CANARY)
    assert world.state == Stable(TWO)
    assert rolled_back(world).state == Stable(ONE)


def test_a_route_from_latest_to_a_version_of_the_trail_goes_back_to_it() -> None:
    world = released(A, B)
    world.run(Deploy(), Policy(Development()), C)
    assert trail(world) == (TWO, ONE)
    assert trail(routed(world, Stable(TWO))) == (ONE,)


@pytest.mark.parametrize("ended", [Route(Stable(TWO)), Promote()])
def test_an_old_version_released_again_is_rolled_back_to_what_was_stable(ended: Route | Promote) -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.run(Deploy(again=True), CANARY, B)
    world.run(ended, CANARY)
    assert (world.state, trail(world)) == (Stable(TWO), (THREE, ONE))
    assert (rolled_back(world).state, trail(world)) == (Stable(THREE), (ONE,))


def test_so_is_one_that_is_released_again_at_once() -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.run(Deploy(again=True), GREEN, B)
    assert rolled_back(world).state == Stable(THREE)


def test_a_route_to_what_was_taken_off_releases_it_again() -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.run(Deploy(), GREEN, D)
    assert trail(routed(world, Stable(TWO))) == (FOUR, THREE, ONE)
    assert rolled_back(world).state == Stable(FOUR)


@pytest.mark.parametrize("targets", [[Stable(ONE)], [pair(1, 2, 90), Stable(ONE)]])
def test_a_route_to_an_older_version_that_was_never_stable_goes_forward(targets: list[Routing]) -> None:
    world = never_routed(World(), A)
    world.run(Deploy(), GREEN, B)
    assert trail(routed(world, *targets)) == (TWO,)
    assert rolled_back(world).state == Stable(TWO)


def test_a_release_of_what_is_on_the_trail_goes_forward() -> None:
    world = routed(never_routed(released(A), B), Stable(TWO))
    assert trail(world) == (ONE,)
    world.run(Deploy(again=True), GREEN, A)
    assert (world.state, trail(world)) == (Stable(ONE), (TWO,))


def test_a_rollback_to_what_was_stable_leaves_the_trail_as_it_is() -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.run(Deploy(again=True), GREEN, B)
    world.run(Deploy(), CANARY, D)
    assert trail(world) == (THREE, ONE)
    assert (rolled_back(world).state, trail(world)) == (Stable(TWO), (THREE, ONE))


def test_what_was_stable_is_taken_over_by_finishing_it() -> None:
    world = released(A, B)
    world.write(pair(1, 2, 50), world.description)
    world.run(Deploy(adopt=True), CANARY, B)
    assert world.state == Stable(TWO)


# A console in between


def test_what_a_console_puts_on_alone_is_stable_whatever_was_said_of_it_before() -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), GREEN, C)
    world.write(Stable(TWO), world.description)
    world.run(Deploy(), GREEN, D)
    assert left(world) == (THREE,)
    assert rolled_back(world).state == Stable(TWO)


def test_what_was_rolled_back_stays_off_after_a_console_tried_it_again() -> None:
    world = rolled_back(released(A, B))
    world.write(pair(2, 1, 90), world.description)
    world.run(Deploy(), GREEN, C)
    rolled_back(world)
    assert topics(world.run(Deploy(), GREEN, B)) == [Topic.HELD]
    assert len(world.versions) == 3


def test_a_foreign_canary_that_newer_code_replaces_was_not_taken_off() -> None:
    world = released(A, B)
    world.write(pair(2, 1, 50), "")
    world.run(Deploy(), GREEN, C)
    assert left(world) == ()


def test_a_console_that_gives_all_traffic_to_the_second_is_gone_back_from_as_said() -> None:
    world = rolled_back(released(A, B, C))
    world.state = Settling(TWO, ONE, Move.NONE)
    refusal = world.run(Deploy(), CANARY, D)
    assert isinstance(refusal, Refusal)
    assert refusal.way_out == "`promote` puts 2 alone on the alias, `rollback` puts 1 there"
    assert rolled_back(world).state == Stable(ONE)


def test_a_route_that_lambda_did_not_follow_is_gone_back_from() -> None:
    world = routed(released(A, B, C), Stable(TWO))
    world.state = Settling(TWO, THREE, Move.FAILED)
    assert rolled_back(world).state == Stable(THREE)


def test_what_a_rollback_left_is_not_said_to_be_tried_out_while_lambda_moves() -> None:
    world = rolled_back(released(A, B, C))
    world.state = Settling(TWO, THREE, Move.UNDER_WAY)
    refusal = world.run(Rollback(to=THREE), CANARY)
    assert isinstance(refusal, Refusal)
    assert refusal.text == "version 3 was taken off the alias: there is no way back to it"


def test_what_is_tried_out_is_no_way_back_by_number() -> None:
    refusal = routed(never_routed(released(A), B), pair(1, 2, 10)).run(Rollback(to=TWO), CANARY)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.text, refusal.way_out) == (
        Reason.NOT_BACK,
        "the alias comes from 1, and 2 is only tried out",
        "to release it: `route 2`",
    )


def test_of_a_pair_set_by_hand_no_release_is_spoken_of() -> None:
    refusal = routed(released(A, B), EASED).run(Deploy(), CANARY, A)
    assert isinstance(refusal, Refusal)
    assert refusal.text == "what is wanted equals version 1, beside another one"


# What is said can be followed


@pytest.mark.parametrize("policy", [CANARY, REFUSE])
def test_the_way_out_of_a_trial_of_what_is_wanted_releases_it(policy: Policy) -> None:
    world = routed(never_routed(released(A), B), pair(1, 2, 10))
    decision = world.run(Deploy(), policy, B)
    if isinstance(decision, Refusal):
        assert decision.way_out == "`route 2` releases it"
    else:
        assert decision.notices[-1].text == (
            "the transition 1 at 90 %, 2 at 10 % was set by hand and is left alone; `promote`, `rollback` or `route` "
            "move it; `route 2` releases what is wanted"
        )
    assert rolled_back(routed(world, Stable(TWO))).state == Stable(ONE)


@pytest.mark.parametrize(
    ("policy", "told"),
    [(CANARY, "takes its next step first; `deploy --again` when it is done"), (REFUSE, "then `deploy --again`")],
)
def test_who_asks_for_a_version_again_is_told_to_ask_so_again(policy: Policy, told: str) -> None:
    world = rolled_back(released(A, B))
    world.run(Deploy(), policy, C)
    held = world.run(Deploy(), policy, B)
    assert held.notices[0].text.endswith("`deploy --again`, once one version has all traffic")
    decision = world.run(Deploy(again=True), policy, B)
    assert (decision.way_out if isinstance(decision, Refusal) else decision.notices[0].text).endswith(told)


@pytest.mark.parametrize(
    ("request_", "wanted", "told"),
    [
        (Deploy(adopt=True), A, "`rollback --adopt` puts 1 alone on the alias"),
        (
            Deploy(adopt=True),
            C,
            "finish it with `promote --adopt`, or end it with `rollback --adopt` to 1, then `deploy`",
        ),
        (Rollback(to=TWO, adopt=True), None, "`promote --adopt` puts 2 alone on the alias"),
    ],
)
def test_what_others_began_is_named_with_adopt(request_: Deploy | Rollback, wanted: Content | None, told: str) -> None:
    world = released(A, B)
    world.write(pair(2, 1, 50), "")
    refusal = world.run(request_, REFUSE, wanted)
    assert isinstance(refusal, Refusal)
    assert refusal.way_out == told


def test_a_version_beside_which_nothing_was_stable_is_no_way_back_by_number() -> None:
    world = routed(rolled_back(released(A, B, C)), pair(1, 3, 10))
    refusal = world.run(Rollback(to=THREE), CANARY)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.text) == (
        Reason.NOT_BACK,
        "version 3 was taken off the alias: there is no way back to it",
    )


def test_a_memory_of_one_pair_says_nothing_of_another() -> None:
    world = routed(released(A, B), EASED)
    world.run(Deploy(), GREEN, C)
    plan = world.run(Promote(), GREEN)
    assert isinstance(plan, Plan)
    assert topics(plan) == [Topic.ALREADY]
