"""The one function around the rules: what it needs, what it asks for first, routes, and previews."""

from dataclasses import replace

import pytest
from core_world import FIVE, FOUR, HOLDS, NEWER, SCHEDULE, SIX, THREE, UNDER_WAY, described

from deployer.core import (
    ALL_VERSIONS,
    LATEST,
    NEW,
    Absent,
    AliasState,
    AllVersions,
    BlueGreen,
    Canary,
    Content,
    Deploy,
    Development,
    InvalidRequest,
    InvalidValue,
    Memory,
    Move,
    New,
    Notice,
    Operation,
    Percent,
    Plan,
    Policy,
    Promote,
    Publish,
    Published,
    Reason,
    Record,
    Refusal,
    Rollback,
    Route,
    Routing,
    Settling,
    Situation,
    Stable,
    Topic,
    Transition,
    Verb,
    Verdict,
    after,
    plan,
    rollout,
    unread,
)

SEVEN = Published(7)
CANARY = Policy(Canary(SCHEDULE))
Contents = dict[Published | New, str | None]


def remembering(head: Published, routing: Routing, *, known: bool = False) -> str:
    fingerprint = HOLDS[head].fingerprint if known else None
    memory = Memory(head, fingerprint, (THREE,), Record(routing, 1, Operation(Verb.DEPLOY, "before")))
    return described(memory)


# What must be read first


@pytest.mark.parametrize(
    ("state", "head", "known", "wanted", "asked"),
    [
        (Stable(FIVE), FIVE, False, NEWER, [FIVE]),
        (Stable(FIVE), FIVE, True, NEWER, []),
        (Stable(FIVE), SIX, False, NEWER, [FIVE, SIX]),
        (Stable(FIVE), SIX, True, NEWER, [FIVE]),
        (Stable(FIVE), SIX, False, HOLDS[FIVE], [FIVE]),
        (UNDER_WAY, FIVE, True, NEWER, [FOUR]),
        (UNDER_WAY, FIVE, True, HOLDS[FIVE], []),
        (UNDER_WAY, SIX, False, NEWER, [FIVE, FOUR, SIX]),
        (UNDER_WAY, SIX, False, HOLDS[FOUR], [FIVE, FOUR]),
        (Settling(FIVE, FOUR, Move.NONE), SIX, False, HOLDS[SIX], [FIVE, FOUR, SIX]),
        (Stable(LATEST), FIVE, False, NEWER, [FIVE]),
        # remembered with other settings: reckoned by another botocore, it may be the same after all
        (Stable(FIVE), FIVE, True, Content("code-5", {"Timeout": 9}), [FIVE]),
        (Stable(FIVE), SIX, True, Content("code-6", {"Timeout": 9}), [FIVE, SIX]),
    ],
)
def test_no_more_is_read_than_decides(
    state: Routing | Settling, head: Published, known: bool, wanted: Content, asked: list[Published]
) -> None:
    routing = Stable(state.version1) if isinstance(state, Settling) else state
    situation = Situation(state, remembering(head, routing, known=known), NEWER)
    read = []
    while isinstance(version := unread(situation, Deploy(), CANARY, wanted), Published):
        with pytest.raises(InvalidRequest) as caught:
            plan(situation, Deploy(), CANARY, wanted, now=0, operation_id="x")
        assert str(caught.value) == f"request '{version}': the contents must be read before planning"
        read.append(version)
        situation = situation.knowing(version, HOLDS[version].fingerprint)
    assert read == asked
    plan(situation, Deploy(), CANARY, wanted, now=0, operation_id="x")


@pytest.mark.parametrize(
    ("state", "request_", "trail", "asked"),
    [
        (Stable(FIVE), Deploy(), (THREE,), None),
        (Stable(FIVE), Deploy(again=True), (THREE,), SIX),
        (Stable(LATEST), Deploy(), (FIVE,), None),
        (Stable(LATEST), Deploy(), (SIX, FIVE), SIX),
        (Stable(SIX), Deploy(again=True), (FIVE,), None),
    ],
)
def test_a_version_that_comes_back_is_looked_at_first(
    state: Routing, request_: Deploy, trail: tuple[Published, ...], asked: Published | None
) -> None:
    memory = Memory(SIX, HOLDS[SIX].fingerprint, trail, Record(state, 1, Operation(Verb.DEPLOY, "before")))
    situation = Situation(state, described(memory), NEWER, {FIVE: HOLDS[FIVE].fingerprint})
    assert unread(situation, request_, CANARY, HOLDS[SIX]) == asked
    if asked is not None:
        with pytest.raises(InvalidRequest):
            plan(situation, request_, CANARY, HOLDS[SIX], now=0, operation_id="x")
        gone = situation.knowing(SIX, None)
        decision = plan(gone, request_, CANARY, HOLDS[SIX], now=0, operation_id="x")
        assert Publish(HOLDS[SIX].fingerprint) in decision.actions


def test_a_version_that_does_not_exist_is_asked_for_once() -> None:
    situation = Situation(Stable(FIVE), remembering(SIX, Stable(FIVE)), NEWER, {FIVE: HOLDS[FIVE].fingerprint})
    assert unread(situation, Deploy(), CANARY, NEWER) == SIX
    gone = situation.knowing(SIX, None)
    assert unread(gone, Deploy(), CANARY, NEWER) == ALL_VERSIONS
    assert unread(gone.listing({}), Deploy(), CANARY, NEWER) is None
    assert plan(gone, Deploy(), CANARY, NEWER, now=0, operation_id="x").verdict is Verdict.CHANGED


def test_what_was_read_counts_more_than_what_was_remembered() -> None:
    situation = Situation(Stable(FIVE), remembering(FIVE, Stable(FIVE), known=True), NEWER)
    assert situation.fingerprint(FIVE) == HOLDS[FIVE].fingerprint
    assert situation.knowing(FIVE, "read").fingerprint(FIVE) == "read"
    assert situation.knowing(SIX, "six").contents == {SIX: "six"}
    assert situation.knowing(SIX, "six").knowing(FIVE, None).contents == {SIX: "six", FIVE: None}
    assert situation.fingerprint(FOUR) is None


# What a run that died may have published


OLDER = Content("code-older", {})
SLOWER = Content("code-newer", {"Timeout": 9})
IN_FULL: Contents = {FOUR: HOLDS[FOUR].fingerprint, FIVE: HOLDS[FIVE].fingerprint}


@pytest.mark.parametrize(
    ("state", "latest", "request_", "policy", "asked"),
    [
        # nothing is to be pushed, or half of it: a run may have died after publishing
        (Stable(FIVE), NEWER, Deploy(), CANARY, ALL_VERSIONS),
        (Stable(FIVE), NEWER, Deploy(), Policy(BlueGreen()), ALL_VERSIONS),
        (Stable(FIVE), OLDER, Deploy(), CANARY, ALL_VERSIONS),
        (Stable(FIVE), SLOWER, Deploy(), CANARY, ALL_VERSIONS),
        (Absent(), NEWER, Deploy(), CANARY, ALL_VERSIONS),
        # somebody has replaced all of it since, or there is no function
        (Stable(FIVE), Content("code-older", {"Timeout": 9}), Deploy(), CANARY, None),
        (Absent(), None, Deploy(), CANARY, None),
        # nothing is to be published
        (UNDER_WAY, NEWER, Deploy(), CANARY, None),
        (Stable(LATEST), NEWER, Deploy(), Policy(Development()), None),
    ],
)
def test_versions_are_listed_where_one_may_have_been_left_behind(
    state: Routing | Absent, latest: Content | None, request_: Deploy, policy: Policy, asked: AllVersions | None
) -> None:
    described = "" if isinstance(state, Absent) else remembering(FIVE, state, known=True)
    situation = Situation(state, described, latest, dict(IN_FULL))
    assert unread(situation, request_, policy, NEWER) == asked
    assert unread(situation.listing({}), request_, policy, NEWER) is None


@pytest.mark.parametrize(
    ("there", "goes"),
    [
        ({SIX: NEWER}, SIX),
        ({SIX: NEWER, SEVEN: NEWER}, SEVEN),
        ({SIX: NEWER, SEVEN: OLDER}, SIX),
        ({SIX: OLDER}, NEW),
        # older than what the alias knows: it has been routed, or passed over
        ({THREE: NEWER}, NEW),
        ({FOUR: NEWER}, NEW),
    ],
)
@pytest.mark.parametrize("latest", [NEWER, OLDER])
def test_what_was_published_and_not_routed_is_not_published_again(
    there: dict[Published, Content], goes: Published | New, latest: Content
) -> None:
    situation = Situation(Stable(FIVE), remembering(FIVE, Stable(FIVE), known=True), latest)
    listed = situation.listing({version: content.fingerprint for version, content in there.items()})
    decision = plan(listed, Deploy(), CANARY, NEWER, now=0, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.after == Transition(goes, FIVE, Percent(7500))
    assert decision.write.memory.fingerprint == NEWER.fingerprint
    if goes == NEW:
        assert Publish(NEWER.fingerprint) in decision.actions
    else:
        text = f"version {goes} holds it already, and is newer than all that the alias remembers: none is published"
        assert decision == Plan((decision.write,), (Notice(Topic.LEFT_BEHIND, text),), Verdict.CHANGED)


def test_what_the_trail_remembers_has_been_routed_and_is_published_anew() -> None:
    memory = Memory(FIVE, HOLDS[FIVE].fingerprint, (SIX,), Record(Stable(FIVE), 1, Operation(Verb.ROUTE, "before")))
    listed = Situation(Stable(FIVE), described(memory), NEWER).listing({SIX: NEWER.fingerprint})
    decision = plan(listed, Deploy(), CANARY, NEWER, now=0, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.after == Transition(NEW, FIVE, Percent(7500))


def test_without_a_memory_and_an_alias_any_version_that_holds_it_will_do() -> None:
    listed = Situation(Absent(), "", NEWER).listing({THREE: NEWER.fingerprint, FOUR: OLDER.fingerprint})
    decision = plan(listed, Deploy(), CANARY, NEWER, now=0, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert (len(decision.actions), decision.write.after) == (1, Stable(THREE))


def test_what_was_read_by_itself_counts_more_than_the_list() -> None:
    situation = Situation(Stable(FIVE)).knowing(FIVE, "read").listing({FIVE: "listed", FOUR: "listed"})
    assert (situation.contents, situation.listed) == ({FIVE: "read", FOUR: "listed"}, True)


@pytest.mark.parametrize(
    ("request_", "policy"),
    [(Promote(), CANARY), (Rollback(), CANARY), (Route(Stable(FIVE)), CANARY), (Deploy(), Policy(Development()))],
)
def test_nothing_is_read_where_no_content_is_compared(
    request_: Promote | Rollback | Route | Deploy, policy: Policy
) -> None:
    assert unread(Situation(Stable(FIVE), "", NEWER), request_, policy, NEWER) is None


@pytest.mark.parametrize("state", [Transition(FOUR, FIVE, Percent(5000)), Absent()])
def test_nothing_is_read_where_it_would_be_refused_anyway(state: AliasState) -> None:
    assert unread(Situation(state, "", NEWER, listed=True), Deploy(), CANARY, NEWER) is None
    assert unread(Situation(UNDER_WAY, "", NEWER), Deploy(), replace(CANARY, protected=True), NEWER) is None
    assert unread(Situation(UNDER_WAY, "", NEWER), Deploy(), CANARY, NEWER) == FIVE


def test_an_adopted_transition_is_read_in_our_orientation() -> None:
    situation = Situation(Transition(FOUR, FIVE, Percent(5000)), "", NEWER)
    assert unread(situation, Deploy(adopt=True), CANARY, NEWER) == FIVE
    knowing = situation.knowing(FIVE, HOLDS[FIVE].fingerprint)
    assert unread(knowing, Deploy(adopt=True), CANARY, HOLDS[FIVE]) is None
    assert unread(knowing, Deploy(adopt=True), CANARY, NEWER) == FOUR


def test_a_deploy_without_what_is_wanted_is_a_mistake() -> None:
    with pytest.raises(InvalidRequest) as caught:
        plan(Situation(Absent()), Deploy(), CANARY, now=0, operation_id="x")
    assert (
        str(caught.value)
        == "request Deploy(again=False, adopt=False, override=None, follow_up=False): a deploy needs what is wanted"
    )


def test_an_operation_id_that_no_token_can_hold_is_a_mistake() -> None:
    with pytest.raises(InvalidValue):
        plan(Situation(Absent()), Promote(), CANARY, now=0, operation_id="a:b")


# What a publish brought is judged again, by its number


@pytest.mark.parametrize(
    ("number", "verdict", "goes"),
    [
        (SEVEN, Verdict.CHANGED, Transition(SEVEN, FIVE, Percent(7500))),
        (FIVE, Verdict.UNCHANGED, None),
        (SIX, Verdict.HELD, None),
        (THREE, Verdict.CHANGED, Transition(THREE, FIVE, Percent(7500))),
    ],
)
def test_a_number_is_judged_by_the_same_rules(number: Published, verdict: Verdict, goes: Routing | None) -> None:
    situation = Situation(Stable(FIVE), remembering(SIX, Stable(FIVE)), NEWER).knowing(number, "its-fingerprint-")
    decision = plan(situation, Deploy(), CANARY, number, now=9, operation_id="x")
    assert decision.verdict is verdict
    if goes is None:
        assert decision.actions == ()
        return
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.actions == (decision.write,)
    assert decision.write.after == goes
    assert decision.write.memory == Memory(
        number,
        "its-fingerprint-",
        () if number == THREE else (THREE,),
        Record(goes, 9, Operation(Verb.DEPLOY, "x")),
        (SIX,),
    )


def test_a_number_that_is_where_the_release_comes_from_is_refused() -> None:
    situation = Situation(UNDER_WAY, remembering(FIVE, UNDER_WAY), NEWER)
    decision = plan(situation, Deploy(), CANARY, FOUR, now=9, operation_id="x")
    assert isinstance(decision, Refusal)
    assert decision.reason is Reason.REVERTED


def test_a_number_needs_no_push() -> None:
    decision = plan(Situation(Absent(), "", HOLDS[FOUR]), Deploy(), CANARY, FIVE, now=9, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.actions == (decision.write,)
    development = Policy(Development())
    decision = plan(Situation(Absent(), "", HOLDS[FOUR]), Deploy(), development, FIVE, now=9, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.actions == (decision.write,)


# Route


@pytest.mark.parametrize(
    ("state", "target", "trail"),
    [
        (Absent(), Stable(FIVE), ()),
        (Absent(), UNDER_WAY, ()),
        (Stable(FIVE), Transition(FIVE, FOUR, Percent(1000)), ()),
        (Stable(FIVE), Stable(FOUR), ()),
        (Stable(FOUR), Stable(FIVE), (FOUR,)),
        (UNDER_WAY, Transition(FIVE, FOUR, Percent(1000)), ()),
        (Settling(FIVE, FOUR, Move.FAILED), Stable(FIVE), (FOUR,)),
    ],
)
def test_a_route_publishes_nothing_and_goes_there(
    state: AliasState, target: Routing, trail: tuple[Published, ...]
) -> None:
    decision = plan(Situation(state, "", NEWER), Route(target), CANARY, now=9, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.actions == (decision.write,)
    assert (decision.write.before, decision.write.after) == (state, target)
    assert decision.write.memory.trail == trail
    manual = decision.write.memory.record.manual
    assert decision.write.memory.record == Record(target, 9, Operation(Verb.ROUTE, "x"), manual)
    assert (manual is not None) == isinstance(target, Transition)


@pytest.mark.parametrize("target", [Stable(FIVE), UNDER_WAY])
def test_a_route_to_what_is_there_does_nothing(target: Routing) -> None:
    described = "" if isinstance(target, Stable) else remembering(FIVE, target, known=False)
    decision = plan(Situation(target, described), Route(target), CANARY, now=9, operation_id="x")
    assert decision == Plan((), (Notice(Topic.ALREADY, f"the alias already shows {target}"),))


@pytest.mark.parametrize("target", [UNDER_WAY, Transition(FOUR, FIVE, Percent(2500))])
@pytest.mark.parametrize("described", ["", remembering(FOUR, Stable(FOUR), known=False)])
def test_a_route_to_what_a_foreign_alias_shows_makes_it_ours(target: Transition, described: str) -> None:
    policy = replace(CANARY, protected=True)
    before = Situation(target, described, NEWER)
    assert isinstance(plan(before, Rollback(), policy, now=9, operation_id="x"), Refusal)
    routed = plan(before, Route(target), policy, now=9, operation_id="x")
    assert isinstance(routed, Plan)
    assert routed.write is not None
    assert (routed.write.before, routed.write.after) == (target, target)
    ours = after(before, routed)
    again = plan(ours, Route(target), policy, now=9, operation_id="y")
    assert again == Plan((), (Notice(Topic.ALREADY, f"the alias already shows {target}"),))
    back = plan(ours, Rollback(), policy, now=9, operation_id="z")
    assert isinstance(back, Plan)
    assert back.write is not None
    assert back.write.after == Stable(FOUR)


def test_latest_is_routed_to_in_development_only() -> None:
    to_latest = Route(Stable(LATEST))
    assert plan(Situation(Stable(FIVE)), to_latest, Policy(BlueGreen()), now=9, operation_id="x") == Refusal(
        Reason.LATEST_OUTSIDE_DEVELOPMENT,
        "$LATEST changes under the traffic; only development environments may route to it",
        "name a number",
    )
    decision = plan(Situation(Stable(FIVE)), to_latest, Policy(Development()), now=9, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert decision.write.after == Stable(LATEST)


# Previews


def test_after_a_plan_the_alias_shows_what_it_wrote() -> None:
    situation = Situation(Stable(FIVE), "mine", NEWER, {FIVE: "five"})
    decision = plan(situation, Deploy(), CANARY, NEWER, now=9, operation_id="x")
    assert isinstance(decision, Plan)
    assert decision.write is not None
    assert after(situation, decision) == Situation(
        Transition(NEW, FIVE, Percent(7500)), decision.write.description.text, NEWER, {FIVE: "five"}
    )


def test_after_nothing_or_a_refusal_everything_is_as_it_was() -> None:
    situation = Situation(Stable(FIVE), "mine", HOLDS[FIVE], {FIVE: HOLDS[FIVE].fingerprint})
    nothing = plan(situation, Deploy(), CANARY, HOLDS[FIVE], now=9, operation_id="x")
    refusal = plan(situation, Rollback(), CANARY, now=9, operation_id="x")
    assert after(situation, nothing) is situation
    assert after(situation, refusal) is situation


def _shown(decisions: tuple[Plan | Refusal, ...]) -> list[str]:
    return [str(one.write.after) if isinstance(one, Plan) and one.write else type(one).__name__ for one in decisions]


@pytest.mark.parametrize(
    ("state", "head", "wanted", "policy", "shown"),
    [
        (
            Stable(FIVE),
            FIVE,
            NEWER,
            CANARY,
            ["new at 25 %, 5 at 75 %", "new at 50 %, 5 at 50 %", "new at 75 %, 5 at 25 %", "new"],
        ),
        (UNDER_WAY, FIVE, HOLDS[FIVE], CANARY, ["5 at 50 %, 4 at 50 %", "5 at 75 %, 4 at 25 %", "5"]),
        # What waits is not part of the rollout under way.
        (UNDER_WAY, FIVE, NEWER, CANARY, ["5 at 50 %, 4 at 50 %", "5 at 75 %, 4 at 25 %", "5"]),
        (Stable(FIVE), FIVE, NEWER, Policy(BlueGreen()), ["new"]),
        (Stable(FIVE), FIVE, HOLDS[FIVE], CANARY, ["Plan"]),
        (UNDER_WAY, FIVE, HOLDS[FOUR], CANARY, ["Refusal"]),
        (Settling(FIVE, FOUR, Move.UNDER_WAY), FIVE, NEWER, CANARY, ["Plan"]),
        (Absent(), FIVE, NEWER, CANARY, ["new"]),
        (
            Stable(FIVE),
            FIVE,
            SEVEN,
            CANARY,
            ["7 at 25 %, 5 at 75 %", "7 at 50 %, 5 at 50 %", "7 at 75 %, 5 at 25 %", "7"],
        ),
    ],
)
def test_a_whole_rollout_is_told_ahead(
    state: AliasState, head: Published, wanted: Content | Published, policy: Policy, shown: list[str]
) -> None:
    routing = Stable(FIVE) if isinstance(state, Absent | Settling) else state
    contents: Contents = {version: content.fingerprint for version, content in HOLDS.items()}
    situation = Situation(state, remembering(head, routing), HOLDS[THREE], contents)
    decisions = rollout(situation, Deploy(), policy, wanted, now=9, operation_id="x")
    assert _shown(decisions) == shown
    assert decisions[0] == plan(situation, Deploy(), policy, wanted, now=9, operation_id="x")


def test_the_memory_of_a_preview_can_be_read_back() -> None:
    contents: Contents = {FIVE: HOLDS[FIVE].fingerprint}
    situation = Situation(Stable(FIVE), "", HOLDS[FIVE], contents)
    decisions = rollout(situation, Deploy(), CANARY, NEWER, now=9, operation_id="x")
    last = decisions[-1]
    assert isinstance(last, Plan)
    assert last.write is not None
    assert last.write.memory == Memory(
        NEW, NEWER.fingerprint, (FIVE,), Record(Stable(NEW), 9, Operation(Verb.DEPLOY, "x"), began=9)
    )
    again = replace(situation, state=Stable(SIX), description=last.write.description.text)
    assert again.recollection.head == SIX
    assert again.recollection.fingerprint == NEWER.fingerprint
