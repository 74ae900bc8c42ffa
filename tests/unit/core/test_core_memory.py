from dataclasses import replace

import pytest
from core_world import FIVE, FOUR, SIX, THREE, TWO
from hypothesis import given

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    AliasState,
    InvalidValue,
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
from deployer.core.memory import TRAIL_LENGTH, is_trial, lengthened, shortened, without
from deployer.testing import memories, states

HALF = Percent(5000)
BY_US = Operation(Verb.DEPLOY, "one")


def memory(routing: Routing, head: Published | None = FIVE) -> Memory:
    return Memory(head, "fingerprint-5", (FOUR, THREE), Record(routing, 7, BY_US))


def test_a_memory_for_what_the_alias_shows_is_recalled_whole() -> None:
    written = memory(Transition(FIVE, FOUR, HALF))
    assert recollect(Transition(FIVE, FOUR, HALF), written) == Recollection(
        FIVE, "fingerprint-5", (FOUR, THREE), written.record, described=True, through=Through.API
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
        trial=state == Transition(FOUR, FIVE, HALF),
    )


TRIED = Transition(FIVE, SIX, HALF)


@pytest.mark.parametrize("shown", [TRIED, Transition(FIVE, SIX, Percent(3300))])
@pytest.mark.parametrize("trial", [True, False])
def test_whether_a_pair_is_a_trial_is_remembered_whatever_its_weight(shown: Transition, trial: bool) -> None:
    told = replace(memory(TRIED), record=Record(TRIED, 7, Operation(Verb.ROUTE, "us"), trial))
    assert recollect(shown, told).trial is trial


@pytest.mark.parametrize(
    ("state", "base", "left", "trial"),
    [
        (TRIED, FIVE, (), True),
        (Transition(FIVE, FOUR, HALF), FIVE, (), False),  # a way back as good as any
        (Transition(FIVE, FOUR, HALF), FIVE, (FOUR,), True),
        (Transition(FIVE, FOUR, HALF), FOUR, (FOUR,), False),
        (TRIED, SIX, (SIX,), False),
        (TRIED, FOUR, (), False),
        (TRIED, None, (), False),
        (Stable(FIVE), FIVE, (), False),
        (Settling(FIVE, SIX, Move.NONE), FIVE, (), False),
    ],
)
def test_a_trial_puts_a_newer_version_or_one_that_was_taken_off_beside_what_was_stable(
    state: AliasState, base: Published | None, left: tuple[Published, ...], trial: bool
) -> None:
    assert is_trial(state, base, left) is trial


def test_what_was_stable_before_a_trial_joins_the_trail_when_somebody_goes_forward() -> None:
    told = replace(memory(TRIED), record=Record(TRIED, 7, Operation(Verb.ROUTE, "us"), trial=True))
    assert recollect(Stable(SIX), told).trail == (FIVE, FOUR, THREE)
    assert recollect(Stable(SIX), replace(told, record=replace(told.record, trial=False))).trail == (FOUR, THREE)


@pytest.mark.parametrize(("routing", "verb"), [(Stable(FIVE), Verb.ROUTE), (TRIED, Verb.DEPLOY), (TRIED, Verb.PROMOTE)])
def test_only_a_route_of_two_versions_is_a_trial(routing: Routing, verb: Verb) -> None:
    with pytest.raises(InvalidValue) as caught:
        Record(routing, 1, Operation(verb, "x"), trial=True)
    assert str(caught.value) == f"value {str(routing)!r}: only a route of two versions is a trial"


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
    assert recollect(state, None) == Recollection(head, None, (), None, described=False, through=None)


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
        SIX, "fingerprint-5", (FOUR, THREE), Record(state, 7, BY_US), described=True, through=Through.API
    )


@pytest.mark.parametrize("state", [Stable(LATEST), Absent()])
def test_a_head_whose_number_nobody_can_tell_is_forgotten(state: AliasState) -> None:
    told = replace(memory(Stable(NEW)), head=NEW)
    assert recollect(state, told) == Recollection(None, None, (FOUR, THREE), None, described=False, through=Through.API)


def test_a_preview_keeps_the_number_open() -> None:
    told = replace(memory(Stable(NEW)), head=NEW)
    assert recollect(Stable(NEW), told) == Recollection(
        NEW, "fingerprint-5", (FOUR, THREE), told.record, described=True, through=Through.API
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
