"""Hold and resume: nothing goes forward on an alias until a person says so again; going back is always allowed.

Conclude and followed up: what a rollout says of the alias without moving it.
"""

from dataclasses import replace

import pytest
from core_world import FIVE, FOUR, HOLDS, NEWER, SCHEDULE, THREE, TWO, UNDER_WAY, described

from deployer.core import (
    Absent,
    AliasState,
    BlueGreen,
    Canary,
    Conclude,
    Content,
    Deploy,
    FollowedUp,
    Hold,
    Manual,
    Memory,
    Move,
    New,
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
    Resume,
    Rollback,
    Route,
    Routing,
    Settling,
    Situation,
    Stable,
    Through,
    Topic,
    Transition,
    Verb,
    plan,
    stamped,
)

CANARY = Policy(Canary(SCHEDULE))
BY_DEPLOY = Operation(Verb.DEPLOY, "before")
RECORD = Record(UNDER_WAY, 100, BY_DEPLOY, began=40)
MEMORY = Memory(FIVE, HOLDS[FIVE].fingerprint, (THREE,), RECORD)
HELD = replace(MEMORY, record=replace(RECORD, on_hold=True))
EDITED = replace(UNDER_WAY, weight=Percent(6700))
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders:LIVE"


def situation(state: AliasState = UNDER_WAY, memory: Memory | None = MEMORY) -> Situation:
    contents: dict[Published | New, str | None] = {one: content.fingerprint for one, content in HOLDS.items()}
    text = "" if memory is None else described(memory, "mine")
    return Situation(state, text, HOLDS[FIVE], contents)


def decided(
    request: Request, seen: Situation, policy: Policy = CANARY, wanted: Content | None = None
) -> Plan | Refusal:
    return plan(seen, request, policy, wanted, now=900, operation_id="me")


def written(request: Request, seen: Situation, policy: Policy = CANARY) -> Memory:
    decision = decided(request, seen, policy)
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.before == decision.write.after == seen.state
    return decision.write.memory


def test_a_hold_leaves_all_as_it_is_but_the_hold() -> None:
    operation = Operation(Verb.DEPLOY, "me")
    assert written(Hold(), situation()) == replace(HELD, record=replace(HELD.record, operation=operation))


def test_a_hold_keeps_the_time_since_when_the_routing_is_there() -> None:
    decision = decided(Hold(), situation())
    assert isinstance(decision, Plan)
    assert decision.write is not None
    record = stamped(decision.write, 5_000, ARN).memory.record
    assert (record.since, record.began) == (100, 40)


def test_resume_takes_the_hold_away() -> None:
    operation = Operation(Verb.DEPLOY, "me")
    assert written(Resume(), situation(memory=HELD)) == replace(MEMORY, record=replace(RECORD, operation=operation))


def test_a_hold_on_what_a_rollback_left_keeps_the_rollback_repeatable() -> None:
    record = Record(Stable(FOUR), 100, Operation(Verb.ROLLBACK, "before"))
    seen = situation(Stable(FOUR), Memory(FIVE, None, (THREE,), record))
    held = written(Hold(), seen)
    assert held.record.operation == Operation(Verb.ROLLBACK, "me")
    again = decided(Rollback(), situation(Stable(FOUR), held))
    assert isinstance(again, Plan)
    assert again.actions == ()


def test_resume_makes_a_step_of_a_weight_that_somebody_else_has_set() -> None:
    """An alarm that the release turned red must not count as red before."""
    record = Record(EDITED, 900, Operation(Verb.DEPLOY, "me"), began=40)
    assert written(Resume(), situation(EDITED)) == replace(MEMORY, record=record)


@pytest.mark.parametrize(
    ("request_", "memory", "text"),
    [
        (Hold(), HELD, "the alias is on hold already"),
        (Resume(), MEMORY, "the alias is not on hold"),
    ],
)
def test_repeated_there_is_nothing_to_do(request_: Request, memory: Memory, text: str) -> None:
    decision = decided(request_, situation(memory=memory))
    assert isinstance(decision, Plan)
    assert decision.actions == ()
    assert decision.notices == (Notice(Topic.ALREADY, text),)


ROUTE_OR_ADOPT = "`route` sets what you mean; `deploy --adopt` takes it over"


@pytest.mark.parametrize("request_", [Hold(), Resume()], ids=str)
@pytest.mark.parametrize(
    ("state", "memory", "expected"),
    [
        (Absent(), None, Refusal(Reason.NO_ALIAS, "there is no such alias yet", "`deploy` makes it")),
        (
            Settling(FIVE, FOUR, Move.UNDER_WAY),
            None,
            Refusal(
                Reason.SETTLING,
                "Lambda has yet to move provisioned concurrency from 4 to 5",
                "wait until it has; see `status`",
            ),
        ),
        (
            UNDER_WAY,
            None,
            Refusal(
                Reason.NOT_OURS,
                "the transition 5 at 25 %, 4 at 75 % was not begun by a deploy of ours",
                ROUTE_OR_ADOPT,
            ),
        ),
        (
            EDITED,
            replace(MEMORY, record=Record(UNDER_WAY, 100, Operation(Verb.ROUTE, "x"), Manual(FOUR))),
            Refusal(
                Reason.NOT_OURS,
                "the transition 5 at 33 %, 4 at 67 % was not begun by a deploy of ours",
                ROUTE_OR_ADOPT,
            ),
        ),
    ],
)
def test_only_what_is_known_can_be_held(
    request_: Request, state: AliasState, memory: Memory | None, expected: Refusal
) -> None:
    decision = decided(request_, situation(state, memory))
    assert isinstance(decision, Refusal)
    assert replace(decision, notices=()) == expected


@pytest.mark.parametrize("request_", [Hold(), Resume()], ids=str)
@pytest.mark.parametrize(
    ("state", "memory", "policy", "reason"),
    [
        (UNDER_WAY, None, replace(CANARY, protected=True), Reason.FOREIGN),
        (Transition(FOUR, FIVE, Percent(50)), None, CANARY, Reason.FOREIGN_REVERSED),
        (UNDER_WAY, MEMORY, replace(CANARY, through=Through.STACK), Reason.OTHER_ADAPTER),
    ],
)
def test_nobody_holds_what_he_would_not_touch(
    request_: Request, state: AliasState, memory: Memory | None, policy: Policy, reason: Reason
) -> None:
    decision = decided(request_, situation(state, memory), policy)
    assert isinstance(decision, Refusal)
    assert decision.reason is reason


@pytest.mark.parametrize("request_", [Hold(), Resume()], ids=str)
def test_a_pair_that_a_route_put_there_can_be_held_as_it_is(request_: Request) -> None:
    record = Record(UNDER_WAY, 100, Operation(Verb.ROUTE, "x"), Manual(FOUR), on_hold=isinstance(request_, Resume))
    operation = Operation(Verb.ROUTE, "me")
    assert written(request_, situation(memory=replace(MEMORY, record=record))).record == replace(
        record, operation=operation, on_hold=isinstance(request_, Hold)
    )


@pytest.mark.parametrize("request_", [Hold(), Resume()], ids=str)
def test_what_was_left_behind_stays_known(request_: Request) -> None:
    memory = replace(HELD if isinstance(request_, Resume) else MEMORY, left=(TWO,))
    assert written(request_, situation(memory=memory)).left == (TWO,)


def test_a_weight_is_set_no_earlier_than_its_release_began_by_whichever_clock() -> None:
    late = replace(MEMORY, record=replace(RECORD, since=2_000, began=1_500))
    record = Record(EDITED, 1_500, Operation(Verb.DEPLOY, "me"), began=1_500)
    assert written(Resume(), situation(EDITED, late)).record == record


@pytest.mark.parametrize("policy", [CANARY, Policy(BlueGreen())])
@pytest.mark.parametrize("wanted", [HOLDS[FIVE], NEWER])
def test_on_hold_a_deploy_does_nothing(policy: Policy, wanted: Content) -> None:
    seen = replace(situation(memory=HELD), latest=wanted, listed=True)
    decision = decided(Deploy(again=True, override="nobody may"), seen, policy, wanted)
    assert isinstance(decision, Refusal)
    assert decision.reason is Reason.ON_HOLD
    assert decision.way_out == "`resume` lets it go forward; `rollback` goes back"


def test_on_hold_a_promote_is_refused_and_what_needs_no_step_is_not() -> None:
    assert decided(Promote(), situation(memory=HELD)).actions == ()
    stable = replace(HELD, record=replace(HELD.record, routing=Stable(FIVE)))
    assert isinstance(decided(Promote(), situation(Stable(FIVE), stable)), Plan)


def test_on_hold_one_may_still_go_back_and_route_and_the_hold_is_over() -> None:
    for request, after in ((Rollback(), Stable(FOUR)), (Route(Stable(FOUR)), Stable(FOUR))):
        decision = decided(request, situation(memory=HELD))
        assert isinstance(decision, Plan)
        assert decision.write is not None
        assert decision.write.after == after
        assert not decision.write.memory.record.on_hold


def test_a_hold_outlives_what_is_set_by_other_means() -> None:
    for state in (EDITED, Stable(THREE), Stable(FIVE)):
        assert situation(state, HELD).recollection.on_hold
    # A foreign pair is nobody's release to hold, and is refused for that.
    assert not situation(Transition(THREE, FOUR, Percent(50)), HELD).recollection.on_hold
    moved = replace(situation(Stable(THREE), HELD), listed=True)
    decision = decided(Deploy(), moved, CANARY, NEWER)
    assert isinstance(decision, Refusal)
    assert decision.reason is Reason.ON_HOLD
    assert not written(Resume(), moved).record.on_hold


@pytest.mark.parametrize("memory", [None, MEMORY])
def test_one_version_alone_can_be_held_whoever_put_it_there(memory: Memory | None) -> None:
    seen = situation(Stable(THREE), memory)
    held = written(Hold(), seen)
    assert held.record == Record(Stable(THREE), 900, Operation(Verb.ROUTE, "me"), on_hold=True)
    assert held.head == (THREE if memory is None else FIVE)


# Conclude


def test_a_release_that_has_passed_counts_as_promoted_and_keeps_its_time() -> None:
    record = Record(Stable(FIVE), 100, BY_DEPLOY, began=40)
    seen = situation(Stable(FIVE), replace(MEMORY, record=record))
    concluded = written(Conclude(), seen)
    assert concluded == replace(MEMORY, record=replace(record, operation=Operation(Verb.PROMOTE, "me")))
    again = decided(Conclude(), situation(Stable(FIVE), concluded))
    assert isinstance(again, Plan)
    assert again.actions == ()


@pytest.mark.parametrize(
    ("state", "memory"),
    [
        (UNDER_WAY, MEMORY),
        (Stable(FIVE), None),
        (Stable(THREE), MEMORY),
        (Stable(FOUR), replace(MEMORY, record=Record(Stable(FOUR), 1, Operation(Verb.ROLLBACK, "x")))),
    ],
)
def test_nothing_else_is_concluded(state: AliasState, memory: Memory | None) -> None:
    decision = decided(Conclude(), situation(state, memory))
    assert isinstance(decision, Plan)
    assert decision.notices[-1] == Notice(Topic.ALREADY, "no release is to be concluded")
    assert decision.actions == ()


# Followed up

OWING = replace(MEMORY, record=replace(RECORD, follow_up=100))
THROUGH = FollowedUp(UNDER_WAY, 100)


def test_what_is_to_follow_a_move_is_remembered_with_it_and_since_when() -> None:
    seen = situation()
    alone = situation(Stable(FIVE), replace(MEMORY, record=Record(Stable(FIVE), 100, BY_DEPLOY)))

    def followed(*, follow_up: bool) -> list[tuple[int, int | None]]:
        moves = [
            decided(Deploy(follow_up=follow_up), seen, wanted=HOLDS[FIVE]),
            decided(Rollback(follow_up=follow_up), seen),
            decided(Conclude(follow_up), alone),
        ]
        records = [move.write.memory.record for move in moves if isinstance(move, Plan) and move.write]
        return [(record.since, record.follow_up) for record in records]

    # Who concludes leaves since when the routing is there as it is; hooks follow what is written now.
    assert followed(follow_up=True) == [(900, 900), (900, 900), (100, 900)]
    assert followed(follow_up=False) == [(900, None), (900, None), (100, None)]


def test_hooks_follow_a_conclusion_no_earlier_than_its_routing_came() -> None:
    late = situation(Stable(FIVE), replace(MEMORY, record=Record(Stable(FIVE), 1000, BY_DEPLOY)))
    assert written(Conclude(follow_up=True), late).record.follow_up == 1000


def test_a_plan_that_is_executed_later_has_its_hooks_follow_later() -> None:
    decision = decided(Rollback(follow_up=True), situation())
    assert isinstance(decision, Plan)
    assert decision.write is not None
    record = stamped(decision.write, 950, ARN).memory.record
    assert (record.since, record.follow_up) == (950, 950)


def test_once_that_is_done_all_else_stays_as_it_is() -> None:
    done = replace(MEMORY, record=replace(RECORD, operation=Operation(Verb.DEPLOY, "me")))
    assert written(THROUGH, situation(memory=OWING)) == done
    held = replace(OWING, record=replace(OWING.record, on_hold=True))
    assert written(THROUGH, situation(memory=held)).record == replace(done.record, on_hold=True)


def test_what_a_rollback_left_stays_a_rollback_when_its_hooks_are_through() -> None:
    record = Record(Stable(FOUR), 100, Operation(Verb.ROLLBACK, "x"), follow_up=100)
    memory = replace(MEMORY, record=record)
    done = replace(record, operation=Operation(Verb.ROLLBACK, "me"), follow_up=None)
    assert written(FollowedUp(Stable(FOUR), 100), situation(Stable(FOUR), memory)).record == done


@pytest.mark.parametrize("request_", [Hold(), Resume()], ids=str)
def test_whoever_holds_does_not_say_that_hooks_are_through(request_: Request) -> None:
    record = replace(OWING.record, on_hold=isinstance(request_, Resume))
    assert written(request_, situation(memory=replace(OWING, record=record))).record.follow_up == 100


def test_any_other_move_leaves_nothing_to_follow() -> None:
    moves = [
        decided(Promote(), situation(memory=OWING)),
        decided(Route(EDITED), situation(memory=OWING)),
        decided(Rollback(), situation(memory=OWING)),
        decided(Deploy(), situation(memory=OWING), wanted=HOLDS[FIVE]),
    ]
    assert [move.write.memory.record.follow_up for move in moves if isinstance(move, Plan) and move.write] == [None] * 4


@pytest.mark.parametrize(
    ("state", "memory", "of"),
    [
        (UNDER_WAY, MEMORY, UNDER_WAY),
        (UNDER_WAY, None, UNDER_WAY),
        (EDITED, OWING, UNDER_WAY),
        (EDITED, OWING, EDITED),
        # Somebody else's, later or of other versions: whoever ran them does not speak for those.
        (UNDER_WAY, replace(OWING, record=replace(RECORD, follow_up=101)), UNDER_WAY),
        (UNDER_WAY, OWING, Stable(FIVE)),
        # Lambda has yet to move capacity: the alias is best left alone.
        (
            Settling(FIVE, FOUR, Move.UNDER_WAY),
            replace(MEMORY, record=Record(Stable(FIVE), 100, BY_DEPLOY, follow_up=100)),
            Stable(FIVE),
        ),
    ],
)
@pytest.mark.parametrize("claimed", [False, True])
def test_where_nothing_of_that_is_to_follow_nothing_is_written(
    state: AliasState, memory: Memory | None, of: Routing, claimed: bool
) -> None:
    decision = decided(FollowedUp(of, 100, claimed), situation(state, memory))
    assert isinstance(decision, Plan)
    assert decision.actions == ()
    said = [notice.text for notice in decision.notices if notice.topic is Topic.ALREADY]
    assert said == ["nothing of that is to follow"]


def test_whoever_claims_hooks_has_all_their_time_for_them() -> None:
    claimed = written(replace(THROUGH, claimed=True), situation(memory=OWING))
    operation = Operation(Verb.DEPLOY, "me")
    assert claimed == replace(OWING, record=replace(OWING.record, operation=operation, follow_up=900))
    late = replace(MEMORY, record=replace(RECORD, since=1000, follow_up=1000))
    again = written(FollowedUp(UNDER_WAY, 1000, claimed=True), situation(memory=late))
    assert again.record.follow_up == 1000
