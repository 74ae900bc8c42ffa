"""What is recognised before any verb decides: foreign transitions, and memories that do not fit."""

from dataclasses import replace

import pytest
from core_world import FINGERPRINTS, FIVE, FOUR, HOLDS, SCHEDULE, SIX, THREE, UNDER_WAY, described

from deployer.core import (
    BlueGreen,
    Canary,
    Content,
    Decision,
    Deploy,
    Manual,
    Memory,
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
    Situation,
    Stable,
    Through,
    Topic,
    Transition,
    Verb,
    Verdict,
    plan,
)
from deployer.core.request import verb_of

CANARY = Canary(SCHEDULE)
OPEN, PROTECTED = Policy(CANARY), Policy(CANARY, protected=True)
CODEDEPLOYS = Transition(FOUR, FIVE, Percent(2500))
BY_OTHER_MEANS = Notice(
    Topic.FOREIGN,
    "the transition 5 at 25 %, 4 at 75 % was not begun by a deploy of ours; carrying on with it as a canary",
    loud=True,
)
TAKEN_OVER = Notice(
    Topic.FOREIGN,
    "the transition 4 at 75 %, 5 at 25 % has the lower number first, as CodeDeploy does; taken over as a release to 5",
    loud=True,
)
OTHER_ROUTING = Notice(
    Topic.MEMORY_OTHER_ROUTING,
    "the alias was changed by other means since it was last written; head and trail are kept",
)
DAMAGED = Notice(
    Topic.MEMORY_DAMAGED, "the alias's memory is damaged, or another alias's, and counts as none", loud=True
)
STABLE_MEMORY = Memory(FOUR, HOLDS[FOUR].fingerprint, (THREE,), Record(Stable(FOUR), 1, Operation(Verb.DEPLOY, "b")))


def decide(
    state: Routing,
    request: Request,
    policy: Policy = OPEN,
    *,
    memory: Memory | None = None,
    description: str = "",
    wanted: Content = HOLDS[FIVE],
) -> Decision:
    text = description if memory is None else described(memory)
    situation = Situation(state, text, HOLDS[SIX], FINGERPRINTS)
    return plan(situation, request, policy, wanted, now=9, operation_id="now")


def target(decision: Decision) -> Routing:
    assert isinstance(decision, Plan)
    assert decision.write is not None
    return decision.write.after


REQUESTS = [Deploy(), Promote(), Rollback(), Rollback(to=THREE)]


@pytest.mark.parametrize("memory", [None, STABLE_MEMORY])
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_canary_by_other_means_is_left_alone_in_a_protected_environment(
    request_: Request, memory: Memory | None
) -> None:
    assert decide(UNDER_WAY, request_, PROTECTED, memory=memory) == Refusal(
        Reason.FOREIGN,
        "the transition 5 at 25 %, 4 at 75 % was not begun by a deploy of ours, and the environment is protected",
        "take it over with --adopt, or use `route`",
        () if memory is None else (OTHER_ROUTING,),
    )


@pytest.mark.parametrize("memory", [None, STABLE_MEMORY])
@pytest.mark.parametrize(
    ("request_", "policy"),
    [(Deploy(), OPEN), (Deploy(adopt=True), PROTECTED), (Deploy(adopt=True), OPEN)],
)
def test_a_canary_by_other_means_is_carried_on_with(request_: Request, policy: Policy, memory: Memory | None) -> None:
    decision = decide(UNDER_WAY, request_, policy, memory=memory)
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.after == Transition(FIVE, FOUR, Percent(5000))
    # From now on it is a release of ours, so that the next deploy goes on with it.
    assert (decision.write.memory.head, decision.write.memory.fingerprint) == (FIVE, HOLDS[FIVE].fingerprint)
    assert decision.notices == ((BY_OTHER_MEANS,) if memory is None else (OTHER_ROUTING, BY_OTHER_MEANS))


@pytest.mark.parametrize(
    ("request_", "after"),
    [
        (Promote(adopt=True), Stable(FIVE)),
        (Rollback(adopt=True), Stable(FOUR)),
        (Rollback(to=THREE, adopt=True), Stable(THREE)),
    ],
)
def test_a_canary_by_other_means_is_ended_as_asked(request_: Request, after: Routing) -> None:
    assert target(decide(UNDER_WAY, request_, PROTECTED)) == after


@pytest.mark.parametrize("policy", [OPEN, PROTECTED])
@pytest.mark.parametrize("memory", [None, STABLE_MEMORY])
@pytest.mark.parametrize("request_", REQUESTS)
def test_codedeploys_orientation_is_refused_everywhere(
    request_: Request, policy: Policy, memory: Memory | None
) -> None:
    assert decide(CODEDEPLOYS, request_, policy, memory=memory) == Refusal(
        Reason.FOREIGN_REVERSED,
        "the transition 4 at 75 %, 5 at 25 % has the lower number first, as CodeDeploy does; the release seems to go "
        "to 5",
        "let CodeDeploy finish or stop it; or set what you mean with `route`; or take it over with --adopt as a "
        "release to 5",
        () if memory is None else (OTHER_ROUTING,),
    )


@pytest.mark.parametrize("memory", [None, STABLE_MEMORY])
@pytest.mark.parametrize(
    ("request_", "after", "trail"),
    [
        (Deploy(adopt=True), Transition(FIVE, FOUR, Percent(5000)), ()),
        (Promote(adopt=True), Stable(FIVE), (FOUR,)),
        (Rollback(adopt=True), Stable(FOUR), ()),
    ],
)
def test_codedeploys_orientation_is_read_the_other_way_round_once_adopted(
    request_: Request, after: Routing, trail: tuple[Published, ...], memory: Memory | None
) -> None:
    decision = decide(CODEDEPLOYS, request_, PROTECTED, memory=memory)
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert (decision.write.before, decision.write.after) == (CODEDEPLOYS, after)
    assert decision.write.memory.trail == trail + (() if memory is None else (THREE,))
    head = FIVE if memory is None or isinstance(request_, Deploy) else FOUR
    assert decision.write.memory.head == head
    assert decision.notices == ((TAKEN_OVER,) if memory is None else (OTHER_ROUTING, TAKEN_OVER))


def test_an_adopted_transition_is_ours_from_then_on() -> None:
    first = decide(CODEDEPLOYS, Deploy(adopt=True), PROTECTED, memory=STABLE_MEMORY)
    assert isinstance(first, Plan)
    assert first.write is not None
    second = decide(first.write.after, Deploy(), PROTECTED, memory=first.write.memory)
    assert target(second) == Transition(FIVE, FOUR, Percent(2500))
    assert second.notices == ()


def test_carrying_on_brings_nothing_back_that_was_rolled_back() -> None:
    left_six = replace(STABLE_MEMORY, head=SIX, fingerprint=HOLDS[SIX].fingerprint)
    decision = decide(UNDER_WAY, Deploy(), memory=left_six, wanted=HOLDS[SIX])
    assert (decision.actions, decision.verdict) == ((), Verdict.HELD)


def test_finishing_a_canary_by_other_means_is_a_deploy_of_it() -> None:
    decision = decide(UNDER_WAY, Deploy(), Policy(BlueGreen()), memory=STABLE_MEMORY)
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.after == Stable(FIVE)
    assert (decision.write.memory.head, decision.write.memory.trail) == (FIVE, (FOUR, THREE))


@pytest.mark.parametrize(
    ("state", "routing", "trail"),
    [
        (UNDER_WAY, Stable(SIX), (FOUR,)),
        # The older version had been stable, whichever stands first.
        (CODEDEPLOYS, Stable(SIX), (FOUR,)),
        (CODEDEPLOYS, UNDER_WAY, ()),
    ],
)
def test_a_route_goes_where_it_says_without_recognising_anything(
    state: Routing, routing: Routing, trail: tuple[Published, ...]
) -> None:
    decision = decide(state, Route(routing), PROTECTED)
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert (decision.write.after, decision.write.memory.trail, decision.notices) == (routing, trail, ())


@pytest.mark.parametrize("request_", [*REQUESTS, Route(Stable(FOUR)), Deploy(again=True, adopt=True)])
@pytest.mark.parametrize("state", [UNDER_WAY, Stable(FIVE)])
def test_a_memory_of_a_later_format_stops_every_verb(state: Routing, request_: Request) -> None:
    assert decide(state, request_, description="mine lr2:h5.whatever-it-says") == Refusal(
        Reason.MEMORY_TOO_NEW,
        "the alias's memory is in format lr2; this deployer knows lr1: upgrade it",
        "install the newer deployer that wrote it",
    )


def test_a_damaged_memory_is_told_and_counts_as_none() -> None:
    damaged = described(STABLE_MEMORY) + "x"
    no_memory = Notice(Topic.NO_MEMORY, "the alias has no memory of ours: version 4 counts as what was last deployed")
    assert decide(Stable(FOUR), Deploy(), description=damaged).notices == (DAMAGED, no_memory)
    assert decide(Stable(FOUR), Deploy()).notices == (no_memory,)
    assert decide(Stable(FOUR), Deploy(), memory=STABLE_MEMORY).notices == ()
    assert decide(UNDER_WAY, Deploy(), description=damaged).notices == (DAMAGED, BY_OTHER_MEANS)
    assert decide(Stable(FOUR), Promote(), description=damaged).notices == (
        DAMAGED,
        Notice(Topic.ALREADY, "the alias already points at 4 alone"),
    )


def test_a_memory_for_another_routing_is_told() -> None:
    assert decide(Stable(THREE), Deploy(), memory=STABLE_MEMORY).notices == (OTHER_ROUTING,)
    # Our own pair at another weight is our own release; only the record is lost.
    described = replace(STABLE_MEMORY, head=FIVE, record=replace(STABLE_MEMORY.record, routing=UNDER_WAY))
    off_schedule = Transition(FIVE, FOUR, Percent(6700))
    decision = decide(off_schedule, Deploy(), PROTECTED, memory=described)
    assert target(decision) == Transition(FIVE, FOUR, Percent(5000))
    assert decision.notices == (OTHER_ROUTING,)


def test_a_persons_text_that_must_be_cut_is_told() -> None:
    decision = decide(Stable(FOUR), Deploy(), description="x" * 256)
    assert decision.notices[-1] == Notice(
        Topic.TEXT_CUT, "the alias's own description is cut to make room for the memory"
    )
    assert len(decision.notices) == 2


def test_what_is_known_of_head_goes_into_the_memory() -> None:
    decision = decide(Stable(FOUR), Route(Stable(SIX)))
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.memory == Memory(
        FOUR, HOLDS[FOUR].fingerprint, (FOUR,), Record(Stable(SIX), 9, Operation(Verb.ROUTE, "now"))
    )
    remembered = replace(STABLE_MEMORY, fingerprint="AAAABBBBCCCCDDDD")
    decision = decide(Stable(FOUR), Route(Stable(SIX)), memory=remembered)
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.memory.fingerprint == "AAAABBBBCCCCDDDD"


# One function has one publisher


IN_A_STACK = replace(
    STABLE_MEMORY, record=replace(STABLE_MEMORY.record, operation=Operation(Verb.DEPLOY, "b", Through.STACK))
)
BY_STACK = replace(OPEN, through=Through.STACK)


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(
    ("memory", "policy", "owner"),
    [(IN_A_STACK, OPEN, "a CloudFormation stack"), (STABLE_MEMORY, BY_STACK, "Lambda's own API")],
)
@pytest.mark.parametrize("state", [Stable(FOUR), Stable(FIVE), UNDER_WAY])
def test_an_alias_that_the_other_adapter_releases_is_left_to_it(
    request_: Deploy | Promote | Rollback, memory: Memory, policy: Policy, owner: str, state: Routing
) -> None:
    decision = decide(state, request_, policy, memory=memory)
    assert isinstance(decision, Refusal)
    assert (decision.reason, decision.text, decision.way_out) == (
        Reason.OTHER_ADAPTER,
        f"the alias is released through {owner}, and one function has one publisher",
        "go on releasing it that way; or change over for good with --adopt (docs/cdk.md tells how)",
    )
    assert not isinstance(decide(state, replace(request_, adopt=True), policy, memory=memory), Refusal) or (
        request_ == Rollback(to=FIVE)
    )


def test_the_adapter_that_an_alias_belongs_to_changes_over_with_adopt() -> None:
    adopted = decide(Stable(FOUR), Deploy(adopt=True), memory=IN_A_STACK)
    assert isinstance(adopted, Plan)
    assert adopted.write is not None
    assert adopted.write.memory.record.operation == Operation(Verb.DEPLOY, "now", Through.API)


@pytest.mark.parametrize("policy", [OPEN, BY_STACK])
def test_the_first_write_says_whose_the_alias_is(policy: Policy) -> None:
    written = decide(Stable(FOUR), Deploy(), policy)
    assert isinstance(written, Plan)
    assert written.write is not None
    assert written.write.memory.record.operation.through is policy.through


@pytest.mark.parametrize(
    ("memory", "policy", "owner", "through"),
    [
        (IN_A_STACK, OPEN, "a CloudFormation stack", Through.STACK),
        (STABLE_MEMORY, BY_STACK, "Lambda's own API", Through.API),
    ],
)
def test_whoever_routes_in_a_hurry_changes_no_owner(
    memory: Memory, policy: Policy, owner: str, through: Through
) -> None:
    routed = decide(Stable(FOUR), Route(Stable(THREE)), policy, memory=memory)
    assert isinstance(routed, Plan)
    assert routed.write is not None
    assert routed.write.memory.record.operation == Operation(Verb.ROUTE, "now", through)
    assert routed.notices == (
        Notice(Topic.OTHER_ADAPTER, f"the alias is released through {owner}, and stays so", loud=True),
    )


# When a release began, and its steps; it is 9 by our own clock


BEGUN = replace(
    STABLE_MEMORY, head=FIVE, record=Record(UNDER_WAY, 8, Operation(Verb.DEPLOY, "b"), began=5), fingerprint=None
)
BY_HAND = replace(BEGUN, record=Record(UNDER_WAY, 8, Operation(Verb.ROUTE, "b"), Manual(FOUR)))
HALF = Transition(FIVE, FOUR, Percent(5000))


def written(decision: Decision) -> Record:
    assert isinstance(decision, Plan)
    assert decision.write is not None
    return decision.write.memory.record


def dated(memory: Memory, since: int, began: int | None) -> Memory:
    return replace(memory, record=replace(memory.record, since=since, began=began))


@pytest.mark.parametrize(
    ("state", "memory", "since", "began"),
    [
        (UNDER_WAY, BEGUN, 9, 5),
        (UNDER_WAY, dated(BEGUN, 8, None), 9, 8),
        # By the clock of another machine.
        (UNDER_WAY, dated(BEGUN, 20, 15), 20, 15),
        # Somebody has set the weight since; nobody knows when.
        (Transition(FIVE, FOUR, Percent(6700)), dated(BEGUN, 20, 15), 15, 15),
        (Transition(FIVE, FOUR, Percent(6700)), BEGUN, 9, 5),
    ],
)
@pytest.mark.parametrize("request_", [Deploy(), Route(HALF)])
def test_a_step_keeps_when_its_release_began_and_comes_no_earlier_than_the_one_before(
    request_: Request, state: Routing, memory: Memory, since: int, began: int
) -> None:
    operation = Operation(verb_of(request_), "now")
    assert written(decide(state, request_, memory=memory)) == Record(HALF, since, operation, began=began)


@pytest.mark.parametrize(
    "request_", [Promote(), Rollback(), Route(Stable(THREE)), Route(Transition(SIX, FOUR, Percent(1)))]
)
def test_whatever_ends_a_release_is_no_step_of_it_and_has_a_time_of_its_own(request_: Request) -> None:
    record = written(decide(UNDER_WAY, request_, memory=dated(BEGUN, 20, 15)))
    assert (record.since, record.began) == (9, None)


def test_all_traffic_is_a_step_too() -> None:
    last = Transition(FIVE, FOUR, Percent(2500))
    memory = replace(BEGUN, record=replace(BEGUN.record, routing=last))
    for request in (Deploy(), Route(Stable(FIVE))):
        record = written(decide(last, request, memory=memory))
        assert (record.routing, record.since, record.began) == (Stable(FIVE), 9, 5)


def test_a_pair_by_hand_is_no_release_that_began() -> None:
    record = written(decide(UNDER_WAY, Route(HALF), memory=BY_HAND))
    assert (record.since, record.began) == (9, None)


def test_a_release_begins_now() -> None:
    late = dated(STABLE_MEMORY, 20, 15)
    record = written(decide(Stable(FOUR), Deploy(), memory=late, wanted=HOLDS[FIVE]))
    assert (record.since, record.began) == (9, None)
