"""The rules of a deploy, written out by hand: every row of the design's table, both strategies, every setting."""

from dataclasses import dataclass, field
from typing import Final

import pytest
from core_world import FINGERPRINTS, FIVE, FOUR, HOLDS, NEWER, SCHEDULE, SIX, THREE, TWO, UNDER_WAY, described

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    AliasState,
    Await,
    BlueGreen,
    Canary,
    Content,
    CreateFunction,
    Decision,
    Deploy,
    Development,
    Manual,
    Memory,
    Move,
    New,
    Notice,
    OnNewer,
    Operation,
    Percent,
    Plan,
    Policy,
    Publish,
    Published,
    PushCode,
    Reason,
    Record,
    Refusal,
    Routing,
    Settling,
    Situation,
    Stable,
    Strategy,
    Topic,
    Transition,
    Verb,
    Verdict,
    plan,
    versions_on,
)

BLUE_GREEN: Final = BlueGreen()
BLUE_GREEN_REFUSING: Final = BlueGreen(refuse_newer=True)
ADVANCING: Final = Canary(SCHEDULE)
RESTARTING: Final = Canary(SCHEDULE, OnNewer.RESTART)
REFUSING: Final = Canary(SCHEDULE, OnNewer.REFUSE)
CANARIES: Final = (ADVANCING, RESTARTING, REFUSING)
BLUE_GREENS: Final = (BLUE_GREEN, BLUE_GREEN_REFUSING)
STRATEGIES: Final = (*BLUE_GREENS, *CANARIES)


def at(version1: Published | New, version2: Published, share: float) -> Transition:
    """A transition by version1's share in percent."""
    return Transition(version1, version2, Percent.of(share).rest)


@dataclass(frozen=True)
class To:
    """The alias goes to `after`; what is wanted is published first where `publishes`."""

    after: Routing
    publishes: bool
    topics: tuple[Topic, ...] = ()
    head: Published | New | None = None
    trail: tuple[Published, ...] = (THREE, TWO)
    left: tuple[Published, ...] = ()


@dataclass(frozen=True)
class Nothing:
    """Neither push nor publish nor write."""

    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Wait:
    """Until Lambda's own move has ended."""


@dataclass(frozen=True)
class No:
    """A refusal."""

    reason: Reason
    topics: tuple[Topic, ...] = ()


Expected = To | Nothing | Wait | No


@dataclass(frozen=True)
class Row:
    """One cell of the table: `head` is what the alias remembers to have been deployed last."""

    state: AliasState
    wanted: Content
    strategies: tuple[Strategy, ...]
    expected: Expected
    head: Published | None = FIVE
    deploy: Deploy = field(default_factory=Deploy)
    verdict: Verdict | None = None
    manual: Manual | None = None


BY_HAND: Final = Manual(FOUR)
FIRST, NO_WEIGHTS, WAITS = Topic.FIRST_RELEASE, Topic.LATEST_NO_WEIGHTS, Topic.NEWER_WAITS
REPLACED = Topic.REPLACED
CHANGED, UNCHANGED, REVERTED, HELD = Verdict.CHANGED, Verdict.UNCHANGED, Verdict.REVERTED, Verdict.HELD

ROWS: Final = {
    # absent
    "absent, blue/green": Row(Absent(), NEWER, BLUE_GREENS, To(Stable(NEW), True, (), NEW), None, verdict=CHANGED),
    "absent, canary": Row(Absent(), NEWER, CANARIES, To(Stable(NEW), True, (FIRST,), NEW), None, verdict=CHANGED),
    # stable on $LATEST
    "on $LATEST, blue/green": Row(
        Stable(LATEST), NEWER, BLUE_GREENS, To(Stable(NEW), True, (), NEW, left=(FIVE,)), verdict=CHANGED
    ),
    "on $LATEST, canary": Row(
        Stable(LATEST), NEWER, CANARIES, To(Stable(NEW), True, (NO_WEIGHTS,), NEW, left=(FIVE,)), verdict=CHANGED
    ),
    "on $LATEST, head was taken off before": Row(
        Stable(LATEST), HOLDS[FIVE], STRATEGIES, Nothing((Topic.HELD,)), verdict=HELD
    ),
    "on $LATEST, head was taken off before, again": Row(
        Stable(LATEST),
        HOLDS[FIVE],
        BLUE_GREENS,
        To(Stable(FIVE), False, (), FIVE),
        deploy=Deploy(again=True),
        verdict=CHANGED,
    ),
    "on $LATEST, head was stable until then, blue/green": Row(
        Stable(LATEST), HOLDS[THREE], BLUE_GREENS, To(Stable(THREE), False, (), THREE, (TWO,)), THREE, verdict=CHANGED
    ),
    "on $LATEST, head was stable until then, canary": Row(
        Stable(LATEST),
        HOLDS[THREE],
        CANARIES,
        To(Stable(THREE), False, (NO_WEIGHTS,), THREE, (TWO,)),
        THREE,
        verdict=CHANGED,
    ),
    # stable on a number
    "stable, unchanged": Row(Stable(FIVE), HOLDS[FIVE], STRATEGIES, Nothing((Topic.UNCHANGED,)), verdict=UNCHANGED),
    "stable, changed, blue/green": Row(
        Stable(FIVE), NEWER, BLUE_GREENS, To(Stable(NEW), True, (), NEW, (FIVE, THREE, TWO)), verdict=CHANGED
    ),
    "stable, changed, canary": Row(
        Stable(FIVE), NEWER, CANARIES, To(at(NEW, FIVE, 25), True, (), NEW), verdict=CHANGED
    ),
    "stable, an older version wanted": Row(
        Stable(FIVE), HOLDS[THREE], CANARIES, To(at(NEW, FIVE, 25), True, (), NEW), verdict=CHANGED
    ),
    # transition
    "transition, unchanged, blue/green": Row(
        UNDER_WAY, HOLDS[FIVE], BLUE_GREENS, To(Stable(FIVE), False, (), FIVE, (FOUR, THREE, TWO)), verdict=UNCHANGED
    ),
    "transition at 25, unchanged, canary": Row(
        UNDER_WAY, HOLDS[FIVE], CANARIES, To(at(FIVE, FOUR, 50), False, (), FIVE), verdict=UNCHANGED
    ),
    "transition at 33, unchanged, canary": Row(
        at(FIVE, FOUR, 33), HOLDS[FIVE], CANARIES, To(at(FIVE, FOUR, 50), False, (), FIVE), verdict=UNCHANGED
    ),
    "transition at 10, unchanged, canary": Row(
        at(FIVE, FOUR, 10), HOLDS[FIVE], CANARIES, To(at(FIVE, FOUR, 25), False, (), FIVE), verdict=UNCHANGED
    ),
    "transition at 75, unchanged, canary": Row(
        at(FIVE, FOUR, 75),
        HOLDS[FIVE],
        CANARIES,
        To(Stable(FIVE), False, (), FIVE, (FOUR, THREE, TWO)),
        verdict=UNCHANGED,
    ),
    "transition, changed, blue/green": Row(
        UNDER_WAY, NEWER, (BLUE_GREEN,), To(Stable(NEW), True, (REPLACED,), NEW, (FOUR, THREE, TWO)), verdict=CHANGED
    ),
    "transition, changed, blue/green refusing": Row(
        UNDER_WAY, NEWER, (BLUE_GREEN_REFUSING,), No(Reason.NEWER), verdict=CHANGED
    ),
    "transition, changed, advance": Row(
        UNDER_WAY, NEWER, (ADVANCING,), To(at(FIVE, FOUR, 50), False, (WAITS,), FIVE), verdict=CHANGED
    ),
    "transition at 75, changed, advance": Row(
        at(FIVE, FOUR, 75),
        NEWER,
        (ADVANCING,),
        To(Stable(FIVE), False, (WAITS,), FIVE, (FOUR, THREE, TWO)),
        verdict=CHANGED,
    ),
    "transition, changed, restart": Row(
        UNDER_WAY, NEWER, (RESTARTING,), To(at(NEW, FOUR, 25), True, (REPLACED,), NEW), verdict=CHANGED
    ),
    "transition, changed, refuse": Row(UNDER_WAY, NEWER, (REFUSING,), No(Reason.NEWER), verdict=CHANGED),
    "transition, reverted": Row(UNDER_WAY, HOLDS[FOUR], STRATEGIES, No(Reason.REVERTED), verdict=REVERTED),
    # a transition that no deploy began
    "by hand, unchanged": Row(
        at(FIVE, FOUR, 25),
        HOLDS[FIVE],
        STRATEGIES,
        Nothing((Topic.MANUAL,)),
        head=SIX,
        verdict=UNCHANGED,
        manual=BY_HAND,
    ),
    "by hand, changed, advance": Row(
        at(FIVE, FOUR, 25), NEWER, (ADVANCING,), Nothing((Topic.MANUAL,)), head=SIX, verdict=CHANGED, manual=BY_HAND
    ),
    "by hand, reverted": Row(
        at(FIVE, FOUR, 25), HOLDS[FOUR], STRATEGIES, No(Reason.REVERTED), head=SIX, verdict=REVERTED, manual=BY_HAND
    ),
    "by hand, changed, restart": Row(
        at(FIVE, FOUR, 25),
        NEWER,
        (RESTARTING,),
        To(at(NEW, FOUR, 25), True, (REPLACED,), NEW, left=(FIVE, SIX)),
        head=SIX,
        verdict=CHANGED,
        manual=BY_HAND,
    ),
    # held
    "stable, held": Row(Stable(FIVE), HOLDS[SIX], STRATEGIES, Nothing((Topic.HELD,)), head=SIX, verdict=HELD),
    "transition, held": Row(UNDER_WAY, HOLDS[SIX], STRATEGIES, Nothing((Topic.HELD,)), head=SIX, verdict=HELD),
    "settling, held": Row(
        Settling(FIVE, FOUR, Move.FAILED), HOLDS[SIX], STRATEGIES, Nothing((Topic.HELD,)), head=SIX, verdict=HELD
    ),
    "stable, held, again, blue/green": Row(
        Stable(FIVE),
        HOLDS[SIX],
        BLUE_GREENS,
        To(Stable(SIX), False, (), SIX, (FIVE, THREE, TWO)),
        head=SIX,
        deploy=Deploy(again=True),
        verdict=CHANGED,
    ),
    "stable, held, again, canary": Row(
        Stable(FIVE),
        HOLDS[SIX],
        CANARIES,
        To(at(SIX, FIVE, 25), False, (), SIX),
        head=SIX,
        deploy=Deploy(again=True),
        verdict=CHANGED,
    ),
    "transition by hand, held, again, advance": Row(
        UNDER_WAY,
        HOLDS[SIX],
        (ADVANCING,),
        Nothing((Topic.MANUAL,)),
        head=SIX,
        deploy=Deploy(again=True),
        verdict=CHANGED,
        manual=BY_HAND,
    ),
    "stable, unchanged, again is no reason": Row(
        Stable(FIVE),
        HOLDS[FIVE],
        STRATEGIES,
        Nothing((Topic.UNCHANGED,)),
        deploy=Deploy(again=True),
        verdict=UNCHANGED,
    ),
    # settling
    **{
        f"settling under way, {name}": Row(Settling(FIVE, FOUR, Move.UNDER_WAY), wanted, STRATEGIES, Wait())
        for name, wanted in (("unchanged", HOLDS[FIVE]), ("reverted", HOLDS[FOUR]), ("changed", NEWER))
    },
    **{
        f"settling failed, {name}": Row(Settling(FIVE, FOUR, Move.FAILED), wanted, STRATEGIES, No(Reason.MOVE_FAILED))
        for name, wanted in (("unchanged", HOLDS[FIVE]), ("reverted", HOLDS[FOUR]), ("changed", NEWER))
    },
    "settling, by hand": Row(Settling(FIVE, FOUR, Move.NONE), NEWER, STRATEGIES, No(Reason.ALL_ON_SECOND)),
    # development
    "development, absent": Row(
        Absent(), NEWER, (Development(),), To(Stable(LATEST), False, (), None, (THREE, TWO)), head=None
    ),
    "development, stable": Row(
        Stable(FIVE), NEWER, (Development(),), To(Stable(LATEST), False, (), FIVE, (FIVE, THREE, TWO))
    ),
    "development, transition": Row(
        UNDER_WAY, HOLDS[FOUR], (Development(),), To(Stable(LATEST), False, (), FIVE, (FOUR, THREE, TWO))
    ),
    "development, settling": Row(
        Settling(FIVE, FOUR, Move.FAILED),
        NEWER,
        (Development(),),
        To(Stable(LATEST), False, (), FIVE, (FOUR, THREE, TWO)),
    ),
    "development, held elsewhere": Row(
        Stable(FIVE), HOLDS[SIX], (Development(),), To(Stable(LATEST), False, (), SIX, (FIVE, THREE, TWO)), head=SIX
    ),
}
CELLS: Final = [
    pytest.param(row, strategy, id=f"{name} [{strategy}]") for name, row in ROWS.items() for strategy in row.strategies
]
OURS = Operation(Verb.DEPLOY, "before")
ME = Operation(Verb.DEPLOY, "now")


def situation_of(row: Row, latest: Content) -> Situation:
    """The alias as the row has it, its memory written with just that, two versions on its trail."""
    description = ""
    if not isinstance(row.state, Absent):
        routing = Stable(row.state.version1) if isinstance(row.state, Settling) else row.state
        fingerprint = HOLDS[row.head].fingerprint if row.head in HOLDS else None
        operation = OURS if row.manual is None else Operation(Verb.ROUTE, "before")
        memory = Memory(row.head, fingerprint, (THREE, TWO), Record(routing, 1, operation, row.manual))
        description = described(memory, "mine")
    return Situation(row.state, description, latest, FINGERPRINTS)


def record_of(row: Row, after: Routing) -> Record:
    """A release that a deploy began goes on with another share, and began when it did."""
    goes_on = isinstance(row.state, Transition) and row.manual is None and versions_on(after)[0] == row.state.version1
    return Record(after, 9, ME, began=1 if goes_on else None)


def decide(row: Row, strategy: Strategy, latest: Content) -> Decision:
    situation = situation_of(row, latest)
    return plan(situation, row.deploy, Policy(strategy), row.wanted, now=9, operation_id="now")


@pytest.mark.parametrize(("row", "strategy"), CELLS)
def test_every_cell_of_the_table_holds(row: Row, strategy: Strategy) -> None:
    latest = HOLDS[TWO]
    decision = decide(row, strategy, latest)
    push = PushCode(latest.fingerprint, row.wanted.fingerprint, row.wanted.code_sha256)
    assert decision.verdict == (row.verdict if not isinstance(row.expected, Wait) else None)
    match row.expected:
        case To(after, publishes, topics, head, trail, left):
            assert isinstance(decision, Plan)
            write = decision.write
            assert write is not None
            pushes = publishes or isinstance(strategy, Development)
            published = (Publish(row.wanted.fingerprint),) if publishes else ()
            assert decision.actions == (*((push,) if pushes else ()), *published, write)
            assert (write.before, write.after) == (row.state, after)
            fingerprint = row.wanted.fingerprint if head == NEW else None
            if head is not None and head != NEW:
                fingerprint = HOLDS[head].fingerprint  # type: ignore[index]  # New is excluded just above
            expected_trail = () if isinstance(row.state, Absent) else trail
            assert write.memory == Memory(head, fingerprint, expected_trail, record_of(row, after), left)
            assert write.description.text.startswith("" if isinstance(row.state, Absent) else "mine lr1:")
            assert tuple(notice.topic for notice in decision.notices) == topics
        case Nothing(topics):
            assert decision == Plan((), decision.notices, row.verdict)
            assert tuple(notice.topic for notice in decision.notices) == topics
        case Wait():
            assert isinstance(row.state, Settling)
            assert decision == Plan((Await(row.state),), decision.notices)
            assert [notice.topic for notice in decision.notices] == [Topic.SETTLING]
        case No(reason, topics):
            assert isinstance(decision, Refusal)
            assert (decision.reason, decision.actions) == (reason, ())
            assert tuple(notice.topic for notice in decision.notices) == topics


@pytest.mark.parametrize(("row", "strategy"), CELLS)
def test_what_is_there_already_is_not_pushed(row: Row, strategy: Strategy) -> None:
    decision = decide(row, strategy, latest=row.wanted)
    assert not any(isinstance(action, PushCode) for action in decision.actions)


@pytest.mark.parametrize("strategy", [*STRATEGIES, Development()])
def test_a_function_that_is_not_there_is_created(strategy: Strategy) -> None:
    decision = plan(Situation(Absent()), Deploy(), Policy(strategy), NEWER, now=9, operation_id="now")
    assert decision.actions[0] == CreateFunction(NEWER.fingerprint)


def test_development_on_latest_only_pushes() -> None:
    row = Row(Stable(LATEST), NEWER, (Development(),), Nothing(()))
    push = PushCode(HOLDS[TWO].fingerprint, NEWER.fingerprint, "code-newer")
    assert decide(row, Development(), HOLDS[TWO]) == Plan((push,), (), Verdict.CHANGED)
    done = decide(row, Development(), NEWER)
    assert done == Plan((), (Notice(Topic.UNCHANGED, "$LATEST already holds what is wanted"),))
