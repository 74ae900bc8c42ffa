from dataclasses import replace
from typing import Any

import pytest
from core_world import FIVE, FOUR, SIX, THREE, TWO
from hypothesis import given

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    AliasState,
    InvalidValue,
    Manual,
    Memory,
    Move,
    Operation,
    Percent,
    Published,
    Recollection,
    Record,
    Routing,
    Settling,
    Stable,
    Through,
    Transition,
    Verb,
    Version,
    recollect,
)
from deployer.core.recollection import way_back
from deployer.core.state import base_of
from deployer.core.trail import TRAIL_LENGTH, lengthened, shortened, without
from deployer.testing import memories, states

HALF = Percent(5000)
BY_US = Operation(Verb.DEPLOY, "one")


def memory(routing: Routing, head: Published | None = FIVE) -> Memory:
    return Memory(head, "fingerprint-5", (FOUR, THREE), Record(routing, 7, BY_US))


def test_a_memory_for_what_the_alias_shows_is_recalled_whole() -> None:
    written = memory(Transition(FIVE, FOUR, HALF))
    assert recollect(Transition(FIVE, FOUR, HALF), written) == Recollection(
        FIVE, "fingerprint-5", (FOUR, THREE), written.record, described=True, through=Through.API, base=FOUR, began=7
    )


@pytest.mark.parametrize(
    "state",
    [
        Transition(FIVE, FOUR, Percent(3300)),
        Transition(FOUR, FIVE, HALF),
        Transition(SIX, FOUR, HALF),
        Stable(FIVE),
        Stable(LATEST),
        Settling(FOUR, FIVE, Move.NONE),
        Absent(),
    ],
)
def test_a_memory_for_another_routing_keeps_head_and_trail_and_loses_the_rest(
    state: AliasState,
) -> None:
    recalled = recollect(state, memory(Transition(FIVE, FOUR, HALF)))
    assert recalled == Recollection(
        FIVE,
        "fingerprint-5",
        (FOUR, THREE),
        None,
        described=state == Transition(FIVE, FOUR, Percent(3300)),
        through=Through.API,
        base=FOUR if isinstance(state, Transition | Settling) else base_of(state),
        manual=state == Transition(FOUR, FIVE, HALF),
        began=7 if state == Transition(FIVE, FOUR, Percent(3300)) else None,
    )


TRIED = Transition(FIVE, SIX, HALF)


BESIDE = Transition(FIVE, FOUR, HALF)
BY_ROUTE = Operation(Verb.ROUTE, "us")


def by_hand(pair: Transition, base: Published | None, **more: Any) -> Memory:
    return replace(memory(pair), record=Record(pair, 7, BY_ROUTE, Manual(base)), **more)


@pytest.mark.parametrize("shown", [TRIED, Transition(FIVE, SIX, Percent(3300))])
def test_what_is_known_of_a_pair_set_by_hand_holds_whatever_its_weight(shown: Transition) -> None:
    recalled = recollect(shown, by_hand(TRIED, FIVE))
    assert (recalled.manual, recalled.base) == (True, FIVE)
    recalled = recollect(shown, memory(TRIED))
    assert (recalled.manual, recalled.base) == (False, SIX)


@pytest.mark.parametrize(
    ("pair", "base", "left", "back"),
    [
        (TRIED, FIVE, (), FIVE),  # a newer one, tried out
        (TRIED, SIX, (), SIX),
        (TRIED, FOUR, (), FOUR),  # newer than what was stable
        (Transition(THREE, TWO, HALF), FIVE, (), TWO),
        (Transition(SIX, TWO, HALF), None, (), TWO),
        (TRIED, FOUR, (SIX,), FOUR),  # it was taken off before
        (TRIED, None, (), SIX),
        (TRIED, None, (SIX,), SIX),  # version1 is head, and no better
        (Transition(THREE, SIX, HALF), None, (SIX,), THREE),
        (Transition(THREE, SIX, HALF), None, (), THREE),
        (BESIDE, FOUR, (), FOUR),
        (BESIDE, FIVE, (), FOUR),  # an older one that is as good as any
        (BESIDE, FIVE, (FOUR,), FOUR),  # it was left by going forward
        (Transition(FIVE, TWO, HALF), FIVE, (TWO,), FIVE),
        (Transition(FIVE, TWO, HALF), SIX, (TWO,), SIX),
        (Settling(FIVE, SIX, Move.NONE), FIVE, (), FIVE),
    ],
)
def test_the_way_back_is_version2_unless_that_is_tried_out_or_bad(
    pair: Transition | Settling, base: Published | None, left: tuple[Published, ...], back: Published
) -> None:
    shown = Transition(pair.version1, pair.version2, HALF)
    told = by_hand(shown, base, left=left)
    assert way_back(pair, recollect(pair, told)) == back


def test_head_is_as_bad_as_what_was_left_once_it_is_off_the_alias() -> None:
    pair = Transition(TWO, FIVE, HALF)  # five is head
    assert way_back(pair, recollect(pair, by_hand(pair, FOUR))) == FOUR
    assert way_back(pair, recollect(pair, by_hand(pair, FOUR, trail=(FIVE,)))) == FIVE


@pytest.mark.parametrize(
    ("state", "base", "manual"),
    [
        (Transition(FIVE, TWO, HALF), FIVE, True),  # somebody put two beside it
        (Transition(SIX, FIVE, HALF), FIVE, False),  # a canary by other means
        (Transition(SIX, TWO, HALF), TWO, False),
        (Transition(SIX, THREE, HALF), FIVE, False),  # three was taken off
        (Settling(FIVE, TWO, Move.NONE), TWO, False),  # Lambda's own move to it
    ],
)
def test_of_a_pair_set_by_others_it_is_known_what_was_stable_if_it_is_among_them_or_must_be(
    state: AliasState, base: Published, manual: bool
) -> None:
    recalled = recollect(state, replace(memory(Stable(FIVE)), trail=(FOUR,), left=(THREE,)))
    assert (recalled.base, recalled.manual) == (base, manual)


def test_lambda_follows_a_rollback_to_what_was_stable_before() -> None:
    told = replace(memory(Stable(FOUR)), record=Record(Stable(FOUR), 7, Operation(Verb.ROLLBACK, "us")), trail=())
    assert recollect(Settling(FOUR, FIVE, Move.UNDER_WAY), told).base == FOUR  # five is head, and left


def test_what_was_stable_before_a_pair_set_by_hand_joins_the_trail_when_somebody_goes_forward() -> None:
    assert recollect(Stable(SIX), by_hand(TRIED, FIVE)).trail == (FIVE, FOUR, THREE)
    assert recollect(Stable(SIX), memory(TRIED)).trail == (FOUR, THREE)


@pytest.mark.parametrize(("routing", "verb"), [(Stable(FIVE), Verb.ROUTE), (TRIED, Verb.DEPLOY), (TRIED, Verb.PROMOTE)])
def test_only_a_route_puts_a_pair_there_by_hand(routing: Routing, verb: Verb) -> None:
    with pytest.raises(InvalidValue) as caught:
        Record(routing, 1, Operation(verb, "x"), Manual(FIVE))
    assert str(caught.value) == f"value {str(routing)!r}: only a route puts a pair there by hand"


@pytest.mark.parametrize(
    ("written", "state", "trail"),
    [
        # forward, in the console: what was stable joins the trail
        (Stable(FIVE), Stable(SIX), (FIVE, FOUR, THREE)),
        (Stable(FIVE), Stable(LATEST), (FIVE, FOUR, THREE)),
        (Transition(FIVE, TWO, HALF), Stable(FIVE), (TWO, FOUR, THREE)),
        (Transition(FIVE, TWO, HALF), Stable(LATEST), (TWO, FOUR, THREE)),
        (Stable(FIVE), Settling(SIX, TWO, Move.NONE), (FIVE, FOUR, THREE)),
        (Stable(FIVE), Transition(SIX, FOUR, HALF), (FIVE, FOUR, THREE)),
        # back, in the console: what was left may be bad, and does not
        (Stable(FIVE), Stable(TWO), (FOUR, THREE)),
        (Transition(FIVE, TWO, HALF), Stable(TWO), (FOUR, THREE)),
        # neither, or not ours to tell
        (Stable(FIVE), Absent(), (FOUR, THREE)),
        (Stable(LATEST), Stable(SIX), (FOUR, THREE)),
        (Stable(FIVE), Stable(FIVE), (FOUR, THREE)),
    ],
)
def test_what_was_stable_joins_the_trail_when_somebody_else_went_forward(
    written: Routing, state: AliasState, trail: tuple[Published, ...]
) -> None:
    assert recollect(state, memory(written)).trail == trail


@pytest.mark.parametrize(
    ("state", "head"),
    [
        (Stable(FIVE), FIVE),
        (Transition(FIVE, FOUR, HALF), FIVE),
        (Settling(FIVE, FOUR, Move.NONE), FIVE),
        (Stable(NEW), NEW),
        (Stable(LATEST), None),
        (Absent(), None),
    ],
)
def test_without_a_memory_head_is_version1(state: AliasState, head: Published | None) -> None:
    assert recollect(state, None) == Recollection(
        head, None, (), None, described=False, through=None, base=base_of(state)
    )


def test_a_move_of_lambda_is_the_routing_that_it_moves_to() -> None:
    written = memory(Stable(FIVE))
    recalled = recollect(Settling(FIVE, FOUR, Move.UNDER_WAY), written)
    assert recalled.record == written.record
    assert recollect(Settling(FOUR, FIVE, Move.UNDER_WAY), written).record is None


@pytest.mark.parametrize(
    ("written", "state"),
    [(Stable(NEW), Stable(SIX)), (Transition(NEW, FOUR, HALF), Transition(SIX, FOUR, HALF))],
)
def test_a_memory_written_before_its_number_was_known_is_resolved_by_the_alias(
    written: Routing, state: Routing
) -> None:
    told = replace(memory(written), head=NEW)
    assert recollect(state, told) == Recollection(
        SIX,
        "fingerprint-5",
        (FOUR, THREE),
        Record(state, 7, BY_US),
        described=True,
        through=Through.API,
        base=base_of(state),
        began=7,
    )


@pytest.mark.parametrize("state", [Stable(LATEST), Absent()])
def test_a_head_whose_number_nobody_can_tell_is_forgotten(state: AliasState) -> None:
    told = replace(memory(Stable(NEW)), head=NEW)
    assert recollect(state, told) == Recollection(
        None, None, (FOUR, THREE), None, described=False, through=Through.API, base=base_of(state)
    )


CANARY_OF_NEW = replace(memory(Transition(NEW, FOUR, HALF)), head=NEW, trail=(THREE,), left=(TWO,))


@pytest.mark.parametrize("state", [Stable(FOUR), Stable(THREE), Stable(TWO), Transition(FOUR, THREE, HALF)])
def test_a_version_that_the_memory_names_is_not_the_new_one(state: Routing) -> None:
    """A console took the alias back after the first step of a stack's canary."""
    recalled = recollect(state, CANARY_OF_NEW)
    assert (recalled.head, recalled.fingerprint, recalled.record) == (None, None, None)


@pytest.mark.parametrize("state", [Stable(FOUR), Stable(THREE), Stable(FIVE), Transition(SIX, FOUR, HALF)])
def test_whoever_knows_the_number_tells_it_whatever_the_alias_shows(state: Routing) -> None:
    recalled = recollect(state, CANARY_OF_NEW, SIX)
    assert (recalled.head, recalled.fingerprint) == (SIX, "fingerprint-5")
    assert recalled.described == isinstance(state, Transition)


def test_a_preview_keeps_the_number_open() -> None:
    told = replace(memory(Stable(NEW)), head=NEW)
    assert recollect(Stable(NEW), told) == Recollection(
        NEW, "fingerprint-5", (FOUR, THREE), told.record, described=True, through=Through.API, base=NEW, began=7
    )


def test_only_new_is_resolved() -> None:
    written = memory(Transition(FIVE, FOUR, HALF))
    assert written.resolved(SIX) == written


@pytest.mark.parametrize("id_", ["", "a" * 33, "a:b", "a.b", "ä", "a b", "a\n"])
def test_an_operation_id_must_fit_into_a_token(id_: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Operation(Verb.DEPLOY, id_)
    assert str(caught.value) == f"value {id_!r}: an operation id is 1 to 32 letters, digits, - and _"


def test_an_operation_id_of_32_letters_fits() -> None:
    assert Operation(Verb.DEPLOY, "aZ09-_" + "a" * 26).id == "aZ09-_" + "a" * 26


@pytest.mark.parametrize(
    ("base", "after", "trail"),
    [
        (None, Stable(SIX), (FOUR, THREE)),
        (LATEST, Stable(SIX), (FOUR, THREE)),
        (FIVE, Stable(SIX), (FIVE, FOUR, THREE)),
        (FIVE, Transition(SIX, FIVE, HALF), (FOUR, THREE)),
        (FIVE, Stable(THREE), (FIVE, FOUR)),
        (THREE, Stable(SIX), (THREE, FOUR)),
    ],
)
def test_what_was_stable_joins_the_trail_once_it_is_left(
    base: Version | None, after: Routing, trail: tuple[Published, ...]
) -> None:
    assert lengthened((FOUR, THREE), base, after) == trail


def test_a_trail_keeps_the_eight_newest() -> None:
    long = tuple(Published(number) for number in range(19, 10, -1))
    assert lengthened(long, Published(20), Stable(Published(21))) == (Published(20), *long[:7])


@pytest.mark.parametrize(
    ("after", "trail"),
    [
        (Stable(FOUR), (THREE, TWO)),
        (Stable(THREE), (TWO,)),
        (Stable(TWO), ()),
        (Stable(SIX), (FOUR, THREE, TWO)),
        (Stable(LATEST), (FOUR, THREE, TWO)),
    ],
)
def test_behind_a_version_lies_what_was_stable_before_it(after: Stable, trail: tuple[Published, ...]) -> None:
    assert shortened((FOUR, THREE, TWO), after) == trail


def test_a_trail_names_each_version_once_and_none_that_is_on_the_alias() -> None:
    assert without((FOUR, THREE, FOUR, TWO), Transition(FIVE, THREE, HALF)) == (FOUR, TWO)


@given(states(), memories())
def test_whatever_the_alias_shows_the_trail_is_kept(state: AliasState, told: Memory) -> None:
    recalled = recollect(state, told)
    assert (recalled.head, recalled.remembered) == (told.head, True)
    assert set(told.trail[: TRAIL_LENGTH - 1]) <= set(recalled.trail)
    assert recalled.record in {None, told.record}


@pytest.mark.parametrize("fingerprint", ["", "-", "with.a.dot", "a:colon", "x" * 33])
def test_a_fingerprint_that_no_token_could_carry_is_refused(fingerprint: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Memory(FIVE, fingerprint, (), Record(Stable(FIVE), 7, BY_US))
    assert str(caught.value) == f"value {fingerprint!r}: a fingerprint is 2 to 32 letters, digits, - and _"


def test_time_does_not_begin_before_1970() -> None:
    assert Record(Stable(FIVE), 0, BY_US).since == 0
    with pytest.raises(InvalidValue) as caught:
        Record(Stable(FIVE), -1, BY_US)
    assert str(caught.value) == "value -1: time is given in seconds since 1970"


def test_hooks_follow_no_earlier_than_the_routing() -> None:
    with pytest.raises(InvalidValue) as caught:
        Record(Stable(Published(1)), 100, Operation(Verb.DEPLOY, "x"), follow_up=99)
    assert (caught.value.value, str(caught.value)) == (
        99,
        "value 99: hooks follow no earlier than the routing, here of 100",
    )
