"""What a stream of events tells of a rollout."""

import itertools

import pytest
from report_pages import NEW, NOON, OLD, QUARTER, looked, told

from deployer.core.percent import Percent
from deployer.core.state import Absent, AliasState, Move, Settling, Stable, Transition
from deployer.core.version import NEW as PLACEHOLDER
from deployer.core.version import Published
from deployer.core.watch.judgement import Judged
from deployer.rollout.event import Began, End, Ended, Happening, Held, Noticed, Resumed, RolledBack, Stepped, Waited
from deployer.rollout.event import Tested as WasTested  # a name that pytest does not take for a class of tests
from deployer.rollout.report.compared import Compared, compared
from deployer.rollout.report.headline import sentence
from deployer.rollout.report.scale import Times
from deployer.rollout.report.share_chart import thinned
from deployer.rollout.report.story import Leg, Stop, decisive, stories

STEP = Stepped(OLD, QUARTER, "op", "first")
FINISH = Stepped(QUARTER, NEW, "op", "last")
BACK = RolledBack(QUARTER, OLD, "op", "worse")
UNKNOWN = "has no recorded end; it was last seen without a share"
BEGAN = Began(OLD, (Percent.of(25), Percent.of(100)))


@pytest.mark.parametrize(
    ("happenings", "found"),
    [
        ((BEGAN, STEP), Compared("5", "4")),
        ((Stepped(OLD, Transition(PLACEHOLDER, Published(4), Percent.of(75)), "op", "", "5"),), Compared("5", "4")),
        ((looked(state=NEW),), Compared("5", "")),
        ((looked(state=NEW), FINISH), Compared("5", "4")),
        ((BACK,), Compared("5", "4")),
        ((Held(Transition(Published(7), Published(6), Percent.of(5)), "", ""), BACK), Compared("5", "4")),
        ((Held(QUARTER, "", ""),), Compared("5", "4")),
        ((BEGAN, WasTested("5", ())), Compared("5", "")),
        ((BEGAN,), Compared()),
        ((Noticed("a", "b"),), Compared()),
    ],
)
def test_the_two_versions_are_told_by_what_is_surest(happenings: tuple[Happening, ...], found: Compared) -> None:
    assert compared(told(*((0, what) for what in happenings))) == found


@pytest.mark.parametrize(
    ("state", "share"),
    [
        (Absent(), 0),
        (OLD, 0),
        (NEW, 100),
        (Stable(PLACEHOLDER), 100),
        (QUARTER, 25),
        (Transition(Published(4), Published(5), Percent.of(10)), 10),
        (Transition(Published(7), Published(6), Percent.of(10)), 0),
        (Settling(Published(5), Published(4), Move.UNDER_WAY), 0),
        (Settling(Published(4), Published(5), Move.UNDER_WAY), 100),
    ],
)
def test_the_share_is_that_of_the_new_version_wherever_it_stands(state: AliasState, share: int) -> None:
    assert Compared("5", "4").share(state) == Percent.of(share)


def test_the_line_is_one_leg_for_each_share_and_shows_the_way_back_at_the_very_end() -> None:
    (story,) = stories(told((0, BEGAN), (60, STEP), (90, looked()), (120, looked()), (180, BACK)))
    assert story.legs == (
        Leg(NOON, NOON + 60, Percent.of(0)),
        Leg(NOON + 60, NOON + 180, Percent.of(25)),
        Leg(NOON + 180, NOON + 180, Percent.of(0)),
    )


def test_clocks_that_differ_do_not_turn_time_back() -> None:
    (story,) = stories(told((10, BEGAN), (5, STEP), (float("nan"), looked()), (20, BACK)))
    assert [event.at - NOON for event in story.events] == [10, 10, 10, 20]


def test_a_hold_lasts_until_the_alias_moves_and_a_freeze_until_something_else_is_said() -> None:
    frozen, wait = Waited(NOON + 900, "", "weekend"), Waited(NOON + 900, "bakes")
    held = Held(QUARTER, "", "")
    (story,) = stories(
        told((0, STEP), (10, frozen), (20, looked()), (30, frozen), (40, wait), (50, held), (60, held), (70, BACK))
        + told((80, frozen), (90, looked()))
    )
    assert story.stops == (
        Stop(NOON + 10, NOON + 40, "frozen"),
        Stop(NOON + 50, NOON + 70, "held"),
        Stop(NOON + 80, NOON + 90, "frozen"),
    )


def test_a_hold_lasts_until_it_is_resumed() -> None:
    (story,) = stories(told((0, STEP), (10, Held(QUARTER, "", "")), (20, Resumed(QUARTER)), (30, looked())))
    assert story.stops == (Stop(NOON + 10, NOON + 20, "held"),)


def test_decisive_are_the_first_failure_and_the_last_look_before_the_alias_moves() -> None:
    fails = looked(Judged.FAIL)
    happenings: list[Happening] = [BEGAN, looked(), looked(), STEP, looked(), fails, fails, BACK, looked()]
    events = told(*enumerate(happenings))
    assert decisive(events) == {2, 5, 6}


def test_marks_are_thinned_but_for_the_decisive_ones() -> None:
    looks = [looked(Judged.FAIL if place in {500, 501} else Judged.PASS) for place in range(1_000)]
    events = told((0, STEP), *((place + 1, look) for place, look in enumerate(looks)), (1_001, FINISH))
    (story,) = stories(events)
    kept = thinned(story.looks, Times(NOON, NOON + 1_001), 2.0)
    assert {look.at for look in story.looks if look.decisive} == {NOON + 501, NOON + 1_000}
    assert {NOON + 501, NOON + 1_000} <= {look.at for look in kept}
    assert len(kept) <= 50
    gaps = [after.at - before.at for before, after in itertools.pairwise(kept)]
    assert min(gaps) >= 20


@pytest.mark.parametrize(
    ("happenings", "said"),
    [
        ((STEP, FINISH, Ended(End.DONE, NEW, "")), "Version 5 of orders has all traffic of LIVE in prd"),
        (
            (STEP, Ended(End.DONE, OLD, "")),
            "Version 5 of orders has no traffic of LIVE in prd any more: version 4 has all of it",
        ),
        ((STEP, Ended(End.DONE, QUARTER, "")), "The rollout of version 5 of orders on LIVE in prd is done"),
        (
            (STEP, BACK, Ended(End.ROLLED_BACK, OLD, "")),
            "Version 5 of orders was rolled back: version 4 has all traffic of LIVE in prd again",
        ),
        (
            (STEP, Ended(End.WAITING, QUARTER, ""), BACK, Ended(End.ROLLED_BACK, OLD, "")),
            "Version 5 of orders was rolled back: version 4 has all traffic of LIVE in prd again",
        ),
        (
            (STEP, Ended(End.WAITING, QUARTER, ""), Ended(End.ROLLED_BACK, OLD, "")),
            "Version 5 of orders was rolled back: version 4 has all traffic of LIVE in prd again",
        ),
        (
            (STEP, Ended(End.WAITING, QUARTER, ""), BACK, Noticed("a", "b")),
            "Version 5 of orders was rolled back: version 4 has all traffic of LIVE in prd again",
        ),
        (
            (STEP, Ended(End.WAITING, QUARTER, ""), Held(QUARTER, "", "")),
            "Version 5 of orders is held at 25 % on LIVE in prd",
        ),
        (
            (STEP, Held(QUARTER, "", ""), Resumed(QUARTER)),
            "The rollout of version 5 of orders on LIVE in prd has no recorded end; it was last seen at 25 %",
        ),
        (
            (WasTested("5", ()), Ended(End.TESTS_FAILED, OLD, "")),
            "Version 5 of orders failed its tests and got no traffic of LIVE in prd",
        ),
        ((STEP, Ended(End.HELD, QUARTER, "")), "Version 5 of orders is held at 25 % on LIVE in prd"),
        ((STEP, Ended(End.WAITING, QUARTER, "")), "Version 5 of orders waits at 25 % on LIVE in prd"),
        (
            (STEP, Ended(End.OVERTAKEN, OLD, "")),
            "The rollout of version 5 of orders on LIVE in prd was overtaken: somebody else changed the alias",
        ),
        (
            (STEP, Ended(End.INTERRUPTED, QUARTER, "")),
            "The rollout of version 5 of orders on LIVE in prd was interrupted at 25 %",
        ),
        ((STEP, Ended(End.FAILED, QUARTER, "")), "The rollout of version 5 of orders on LIVE in prd failed at 25 %"),
        (
            (STEP, looked()),
            "The rollout of version 5 of orders on LIVE in prd has no recorded end; it was last seen at 25 %",
        ),
        (
            (Noticed("a", "b"),),
            f"The rollout of the new version of orders on LIVE in prd {UNKNOWN}",
        ),
    ],
)
def test_one_sentence_says_how_it_came_out(happenings: tuple[Happening, ...], said: str) -> None:
    (story,) = stories(told(*enumerate(happenings)))
    assert sentence(story).replace("\N{NO-BREAK SPACE}", " ") == said
