import pytest
from hypothesis import given

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    AliasState,
    InvalidPercent,
    InvalidRouting,
    InvalidVersion,
    Latest,
    Move,
    Percent,
    Published,
    Routing,
    Settling,
    Stable,
    Transition,
    read_state,
    versions_on,
)
from deployer.core.state import base_of
from deployer.testing import states, transitions

FIVE, FOUR = Published(5), Published(4)
QUARTER = Percent(7500)


@pytest.mark.parametrize(
    ("function_version", "weights", "state"),
    [
        ("5", {}, Stable(FIVE)),
        ("$LATEST", {}, Stable(LATEST)),
        ("5", {"4": 0.0}, Stable(FIVE)),
        ("5", {"4": 0.75}, Transition(FIVE, FOUR, QUARTER)),
        ("4", {"5": 0.3}, Transition(FOUR, FIVE, Percent(3000))),
        ("5", {"4": 1.0}, Settling(FIVE, FOUR, Move.FAILED)),
    ],
)
def test_an_alias_is_read_as_lambda_shows_it(
    function_version: str, weights: dict[str, float], state: AliasState
) -> None:
    assert read_state(function_version, weights, Move.FAILED) == state


def test_all_on_the_second_version_is_somebody_elses_doing_unless_lambda_is_moving() -> None:
    assert read_state("5", {"4": 1.0}) == Settling(FIVE, FOUR, Move.NONE)


@pytest.mark.parametrize(
    ("function_version", "weights", "error", "message"),
    [
        (
            "5",
            {"4": 0.1, "3": 0.1},
            InvalidRouting,
            "routing {'4': 0.1, '3': 0.1}: more than one additional version",
        ),
        ("$LATEST", {"4": 0.1}, InvalidVersion, "version '$LATEST': must be the number of a published version"),
        ("5", {"$LATEST": 0.1}, InvalidVersion, "version '$LATEST': must be the number of a published version"),
        ("5", {"5": 0.1}, InvalidRouting, "routing '5 / 5 at 10 %': the two versions must differ"),
        ("5", {"5": 1.0}, InvalidRouting, "routing '5 / 5 at 100 %': the two versions must differ"),
        ("5", {"4": 2.0}, InvalidPercent, "percentage 2.0: a weight of the Lambda API must be from 0.0 to 1.0"),
        ("live", {}, InvalidVersion, "version 'live': must be $LATEST or the number of a published version"),
    ],
)
def test_what_lambda_does_not_allow_is_not_read(
    function_version: str, weights: dict[str, float], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        read_state(function_version, weights)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("version1", "version2", "weight", "message"),
    [
        (FIVE, FIVE, 50, "routing '5 / 5 at 50 %': the two versions must differ"),
        (
            LATEST,
            FIVE,
            50,
            "routing '$LATEST / 5 at 50 %': Lambda allows weights between published versions only, never with $LATEST",
        ),
        (
            FIVE,
            LATEST,
            50,
            "routing '5 / $LATEST at 50 %': Lambda allows weights between published versions only, never with $LATEST",
        ),
        (
            FIVE,
            FOUR,
            0,
            "routing '5 / 4 at 0 %': the weight must be above 0 and below 100; for one version alone name it alone",
        ),
        (
            FIVE,
            FOUR,
            100,
            "routing '5 / 4 at 100 %': the weight must be above 0 and below 100; for one version alone name it alone",
        ),
    ],
)
def test_a_transition_that_lambda_forbids_cannot_be_built(
    version1: Published, version2: Published, weight: int, message: str
) -> None:
    with pytest.raises(InvalidRouting) as caught:
        Transition(version1, version2, Percent.of(weight))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (Absent(), "absent"),
        (Stable(FIVE), "5"),
        (Stable(LATEST), "$LATEST"),
        (Transition(FIVE, FOUR, QUARTER), "5 at 25 %, 4 at 75 %"),
        (Transition(NEW, FOUR, QUARTER), "new at 25 %, 4 at 75 %"),
        (
            Settling(FIVE, FOUR, Move.UNDER_WAY),
            "5 at 0 %, 4 at 100 % (move of provisioned concurrency: under way)",
        ),
    ],
)
def test_a_state_is_shown_in_words(state: AliasState, shown: str) -> None:
    assert str(state) == shown


@pytest.mark.parametrize(
    ("state", "versions", "base"),
    [
        (Absent(), (), None),
        (Stable(LATEST), (LATEST,), LATEST),
        (Stable(FIVE), (FIVE,), FIVE),
        (Transition(FIVE, FOUR, QUARTER), (FIVE, FOUR), FOUR),
        (Settling(FIVE, FOUR, Move.NONE), (FIVE, FOUR), FOUR),
    ],
)
def test_what_was_stable_last_is_the_last_version_named(
    state: AliasState, versions: tuple[Published | Latest, ...], base: Published | Latest | None
) -> None:
    assert versions_on(state) == versions
    assert base_of(state) == base


@given(states())
def test_reading_back_what_is_written_gives_the_same(state: AliasState) -> None:
    match state:
        case Absent():
            assert versions_on(state) == ()
        case Settling(version1, version2, move):
            assert read_state(str(version1), {str(version2): 1.0}, move) == state
        case Stable(version):
            assert read_state(str(version), {}) == state
        case Transition(version1, version2, weight):
            assert read_state(str(version1), {str(version2): weight.fraction}) == state


@given(transitions())
def test_both_shares_make_the_whole(transition: Transition) -> None:
    routing: Routing = transition
    assert isinstance(routing, Transition)
    assert routing.share.hundredths + routing.weight.hundredths == 10_000
