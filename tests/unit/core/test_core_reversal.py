from dataclasses import replace

import pytest
from core_world import FIVE, FOUR, SIX, THREE, TWO, UNDER_WAY, described

from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    BlueGreen,
    Decision,
    Deploy,
    Memory,
    Move,
    Notice,
    Operation,
    Percent,
    Plan,
    Policy,
    Promote,
    Published,
    Reason,
    Record,
    Refusal,
    Request,
    Rollback,
    Route,
    Routing,
    Settling,
    Situation,
    Stable,
    Topic,
    Transition,
    Verb,
    after,
    plan,
)
from deployer.core.reversal import with_versions

ONE, NINE = Published(1), Published(9)
NO_ALIAS = Refusal(Reason.NO_ALIAS, "there is no such alias yet", "`deploy` makes it")


def remembering(
    written: Routing, trail: tuple[Published, ...] = (), *, verb: Verb = Verb.DEPLOY, head: Published = FIVE
) -> Memory:
    return Memory(head, "AAAABBBBCCCCDDDD", trail, Record(written, 1, Operation(verb, "before")))


def situation(state: AliasState, memory: Memory | None) -> Situation:
    return Situation(state, "" if memory is None else described(memory))


def decide(state: AliasState, request: Request, memory: Memory | None = None) -> Decision:
    return plan(situation(state, memory), request, Policy(BlueGreen()), now=9, operation_id="now")


def written(decision: Decision) -> tuple[Routing, tuple[Published, ...], Published]:
    """Where it goes, with which trail and head; everything else of the write is checked here."""
    assert isinstance(decision, Plan)
    write = decision.write
    assert write is not None
    assert decision.actions == (write,)
    assert (write.memory.record.routing, write.memory.record.since) == (write.after, 9)
    assert isinstance(write.memory.head, Published)
    return write.after, write.memory.trail, write.memory.head


def already(text: str) -> Plan:
    return Plan((), (Notice(Topic.ALREADY, text),))


# Rollback


@pytest.mark.parametrize(
    ("state", "memory", "goes"),
    [
        # in transition: version2 alone, whatever the increments
        (UNDER_WAY, remembering(UNDER_WAY, (THREE,)), (Stable(FOUR), (THREE,), FIVE)),
        # in settling: version2 alone
        (
            Settling(FIVE, FOUR, Move.UNDER_WAY),
            remembering(Stable(FIVE), (FOUR, THREE)),
            (Stable(FOUR), (THREE,), FIVE),
        ),
        (
            Settling(FIVE, FOUR, Move.FAILED),
            remembering(Stable(FIVE), (FOUR, THREE)),
            (Stable(FOUR), (THREE,), FIVE),
        ),
        # stable: the first of the trail, which leaves it; what is left behind never goes on it
        (Stable(FIVE), remembering(Stable(FIVE), (FOUR, THREE)), (Stable(FOUR), (THREE,), FIVE)),
        # promoted or routed there is no rollback
        (
            Stable(FIVE),
            remembering(Stable(FIVE), (TWO,), verb=Verb.PROMOTE, head=SIX),
            (Stable(TWO), (), SIX),
        ),
        (Stable(LATEST), remembering(Stable(LATEST), (FOUR,)), (Stable(FOUR), (), FIVE)),
        # changed by other means: what lies behind the version that is there
        (Stable(FOUR), remembering(Stable(FIVE), (FOUR, THREE)), (Stable(THREE), (), FIVE)),
        (Stable(THREE), remembering(Stable(FIVE), (FOUR, THREE, TWO)), (Stable(TWO), (), FIVE)),
        (Stable(SIX), remembering(Stable(FIVE), (FOUR, THREE)), (Stable(FIVE), (FOUR, THREE), FIVE)),
        (Stable(LATEST), remembering(Stable(FIVE), (FOUR,)), (Stable(FIVE), (FOUR,), FIVE)),
        # a rollback of before, but the alias was changed since
        (
            Stable(SIX),
            remembering(Stable(FOUR), (THREE,), verb=Verb.ROLLBACK),
            (Stable(FOUR), (THREE,), FIVE),
        ),
    ],
)
def test_a_rollback_goes_to_what_was_stable_before(
    state: AliasState, memory: Memory, goes: tuple[Routing, tuple[Published, ...], Published]
) -> None:
    assert written(decide(state, Rollback(), memory)) == goes


@pytest.mark.parametrize(
    ("state", "memory"),
    [
        (Stable(FIVE), None),
        (Stable(FIVE), remembering(Stable(FIVE))),
        (Stable(TWO), remembering(Stable(FIVE), (FOUR, TWO))),
    ],
)
def test_without_a_trail_a_rollback_is_refused(state: Stable, memory: Memory | None) -> None:
    decision = decide(state, Rollback(), memory)
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text, decision.way_out) == (
        Reason.NO_TRAIL,
        f"nothing is known to have been stable before {state.version}",
        "choose a version yourself: `rollback --to N`",
    )


def test_a_repeated_rollback_does_nothing_and_says_so() -> None:
    first = decide(Stable(FIVE), Rollback(), remembering(Stable(FIVE), (FOUR, THREE)))
    again = plan(
        after(situation(Stable(FIVE), remembering(Stable(FIVE), (FOUR, THREE))), first),
        Rollback(),
        Policy(BlueGreen()),
        now=10,
        operation_id="again",
    )
    assert again == already("already rolled back to 4; further back is `rollback --to N`")


@pytest.mark.parametrize("request_", [Rollback(), Rollback(to=FOUR)])
def test_a_repeated_rollback_does_nothing_while_lambda_moves_back(request_: Rollback) -> None:
    # Under provisioned concurrency the version that was left is shown as the second one, with all traffic.
    rolled_back = remembering(Stable(FOUR), (THREE,), verb=Verb.ROLLBACK)
    assert decide(Settling(FOUR, FIVE, Move.UNDER_WAY), request_, rolled_back) == already(
        "already rolled back to 4: Lambda is moving provisioned concurrency there"
    )


@pytest.mark.parametrize("move", [Move.FAILED, Move.NONE])
@pytest.mark.parametrize("request_", [Rollback(), Rollback(to=FOUR)])
def test_a_rollback_that_lambda_did_not_follow_is_written_again(request_: Rollback, move: Move) -> None:
    rolled_back = remembering(Stable(FOUR), (THREE,), verb=Verb.ROLLBACK)
    assert written(decide(Settling(FOUR, FIVE, move), request_, rolled_back)) == (Stable(FOUR), (THREE,), FIVE)


def test_further_back_than_a_rollback_under_way_is_possible() -> None:
    rolled_back = remembering(Stable(FOUR), (THREE, TWO), verb=Verb.ROLLBACK)
    moving = Settling(FOUR, FIVE, Move.UNDER_WAY)
    assert written(decide(moving, Rollback(to=TWO), rolled_back)) == (Stable(TWO), (), FIVE)


@pytest.mark.parametrize(
    ("state", "to", "goes"),
    [
        (Stable(FIVE), THREE, (Stable(THREE), (TWO,), FIVE)),
        (Stable(FIVE), TWO, (Stable(TWO), (), FIVE)),
        (Stable(LATEST), FOUR, (Stable(FOUR), (THREE, TWO), FIVE)),
        # nor does what is newer than where it goes back to
        (Stable(FIVE), ONE, (Stable(ONE), (), FIVE)),
        (Stable(FOUR), TWO, (Stable(TWO), (), FIVE)),
        (UNDER_WAY, FOUR, (Stable(FOUR), (THREE, TWO), FIVE)),
        (UNDER_WAY, THREE, (Stable(THREE), (TWO,), FIVE)),
        (Settling(FIVE, FOUR, Move.UNDER_WAY), FOUR, (Stable(FOUR), (THREE, TWO), FIVE)),
        (Settling(FIVE, FOUR, Move.NONE), THREE, (Stable(THREE), (TWO,), FIVE)),
    ],
)
def test_a_rollback_to_a_version_goes_there(
    state: AliasState, to: Published, goes: tuple[Routing, tuple[Published, ...], Published]
) -> None:
    memory = remembering(UNDER_WAY, (FOUR, THREE, TWO))
    assert written(decide(state, Rollback(to=to), memory)) == goes


def test_a_rollback_to_the_present_version_does_nothing() -> None:
    memory = remembering(Stable(FIVE), (FOUR,))
    assert decide(Stable(FIVE), Rollback(to=FIVE), memory) == already("the alias already points at 5 alone")


PROMOTE = "`promote` puts 5 alone on the alias"


@pytest.mark.parametrize(
    ("state", "way_out"),
    [
        (UNDER_WAY, PROMOTE),
        (Settling(FIVE, FOUR, Move.NONE), PROMOTE),
        (Settling(FIVE, FOUR, Move.FAILED), "`route 5` forces it"),
        (
            Settling(FIVE, FOUR, Move.UNDER_WAY),
            "nothing: Lambda is moving provisioned concurrency to 5, then it has all traffic",
        ),
    ],
)
def test_a_rollback_never_goes_forward(state: AliasState, way_out: str) -> None:
    decision = decide(state, Rollback(to=FIVE), remembering(UNDER_WAY))
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text, decision.way_out) == (
        Reason.NOT_BACK,
        "5 is where the release goes, not where it comes from",
        way_out,
    )


@pytest.mark.parametrize(("state", "stable"), [(Stable(FIVE), 5), (UNDER_WAY, 4), (Settling(FIVE, FOUR, Move.NONE), 4)])
def test_a_rollback_never_goes_to_what_is_newer_than_what_is_stable(state: AliasState, stable: int) -> None:
    decision = decide(state, Rollback(to=NINE), remembering(UNDER_WAY))
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text, decision.way_out) == (
        Reason.NOT_BACK,
        f"version 9 is newer than {stable}, which is stable: a rollback goes back",
        "see `history` for what there is to go back to; a newer version is released by `route 9`",
    )


def test_from_latest_a_rollback_goes_to_any_version_that_was_not_taken_off() -> None:
    assert written(decide(Stable(LATEST), Rollback(to=NINE), remembering(Stable(LATEST), (FOUR,)))) == (
        Stable(NINE),
        (FOUR,),
        FIVE,
    )


def test_a_newer_version_that_was_stable_before_is_a_way_back() -> None:
    memory = remembering(Stable(FOUR), (FIVE,), head=FOUR)
    assert written(decide(Stable(FOUR), Rollback(to=FIVE), memory))[0] == Stable(FIVE)


@pytest.mark.parametrize("request_", [Rollback(), Rollback(to=FOUR), Promote()])
def test_where_there_is_no_alias_there_is_nothing_to_move(request_: Request) -> None:
    assert decide(Absent(), request_) == NO_ALIAS


# Promote


@pytest.mark.parametrize(
    ("state", "memory", "goes"),
    [
        (UNDER_WAY, remembering(UNDER_WAY, (THREE,)), (Stable(FIVE), (FOUR, THREE), FIVE)),
        (UNDER_WAY, remembering(UNDER_WAY, (THREE,), head=SIX), (Stable(FIVE), (FOUR, THREE), SIX)),
        (
            Settling(FIVE, FOUR, Move.NONE),
            remembering(Stable(FIVE), (FOUR, THREE)),
            (Stable(FIVE), (FOUR, THREE), FIVE),
        ),
    ],
)
def test_promote_puts_version1_alone_at_once(
    state: AliasState, memory: Memory, goes: tuple[Routing, tuple[Published, ...], Published]
) -> None:
    assert written(decide(state, Promote(), memory)) == goes


@pytest.mark.parametrize(("state", "name"), [(Stable(FIVE), "5"), (Stable(LATEST), "$LATEST")])
def test_a_repeated_promote_does_nothing(state: Stable, name: str) -> None:
    memory = remembering(state, verb=Verb.PROMOTE)
    assert decide(state, Promote(), memory) == already(f"the alias already points at {name} alone")


def test_promote_leaves_a_move_of_lambda_to_lambda() -> None:
    decision = decide(Settling(FIVE, FOUR, Move.UNDER_WAY), Promote(), remembering(Stable(FIVE)))
    text = "Lambda is moving provisioned concurrency to 5, then it has all traffic"
    assert decision == Plan((), (Notice(Topic.SETTLING, text),))


def test_promote_refuses_when_version1_does_not_start() -> None:
    assert decide(Settling(FIVE, FOUR, Move.FAILED), Promote(), remembering(Stable(FIVE))) == Refusal(
        Reason.MOVE_FAILED,
        "Lambda could not start provisioned concurrency on 5",
        "`rollback` puts 4 alone on the alias; `route 5` forces it",
    )


@pytest.mark.parametrize("state", [Stable(FOUR), Transition(FOUR, THREE, Percent(5000))])
def test_a_rollback_never_goes_to_what_was_taken_off(state: Routing) -> None:
    memory = remembering(state, (TWO,))
    decision = decide(state, Rollback(to=FIVE), memory)
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text, decision.way_out) == (
        Reason.NOT_BACK,
        "version 5 was taken off the alias: there is no way back to it",
        "to release it again: `route 5`, or its code with `deploy --again`",
    )


@pytest.mark.parametrize(
    ("versions", "there"), [((THREE, FOUR), "published versions: 3, 4"), ((), "published versions: none")]
)
def test_a_refusal_for_want_of_a_trail_lists_what_there_is_to_choose_from(
    versions: tuple[Published, ...], there: str
) -> None:
    refusal = decide(Stable(FOUR), Rollback(), remembering(Stable(FOUR)))
    assert isinstance(refusal, Refusal)
    listed = with_versions(refusal, versions)
    assert listed == replace(refusal, way_out=f"choose a version yourself: `rollback --to N`; {there}")


# A rollback that Lambda has yet to follow: version1 is where it goes back to, version2 what was left


ROLLED_BACK = remembering(Stable(FOUR), (THREE,), verb=Verb.ROLLBACK)


@pytest.mark.parametrize(
    ("request_", "goes"),
    [
        (Promote(), (Stable(FOUR), (THREE,), FIVE)),
        (Route(Stable(SIX)), (Stable(SIX), (FOUR, THREE), FIVE)),
        (Route(Transition(SIX, FOUR, Percent(5000))), (Transition(SIX, FOUR, Percent(5000)), (THREE,), FIVE)),
        (Rollback(to=THREE), (Stable(THREE), (), FIVE)),
    ],
)
def test_what_a_rollback_left_never_joins_the_trail_while_lambda_moves(
    request_: Request, goes: tuple[Routing, tuple[Published, ...], Published]
) -> None:
    assert written(decide(Settling(FOUR, FIVE, Move.NONE), request_, ROLLED_BACK)) == goes


@pytest.mark.parametrize(
    ("move", "request_", "way_out"),
    [
        (Move.FAILED, Promote(), "`rollback` puts 4 alone on the alias; `route 4` forces it"),
        (Move.FAILED, Deploy(), "`rollback` puts 4 alone on the alias; or see why 4 does not start"),
        (Move.NONE, Deploy(), "`promote` puts 4 alone on the alias, `rollback` puts 4 there"),
    ],
)
def test_the_way_out_of_a_rollback_that_lambda_did_not_follow_is_where_it_went(
    move: Move, request_: Request, way_out: str
) -> None:
    seen = situation(Settling(FOUR, FIVE, move), ROLLED_BACK)
    wanted = NINE if isinstance(request_, Deploy) else None
    decision = plan(seen, request_, Policy(BlueGreen()), wanted, now=9, operation_id="now")
    assert isinstance(decision, Refusal)
    assert decision.way_out == way_out
