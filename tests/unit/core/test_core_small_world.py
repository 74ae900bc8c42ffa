"""Every state, memory, request and strategy of a small world, held to what must always be true.

Versions 1, 2 and 3 exist, hold A, B and C, and C is on `$LATEST`, published last. D is what no version holds yet.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, permutations, product
from typing import Final

import pytest
from core_world import numbered

from deployer.core import (
    LATEST,
    NEW,
    Absent,
    Action,
    AliasState,
    Await,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Conclude,
    Content,
    CreateAlias,
    CreateFunction,
    Decision,
    Deploy,
    Description,
    Development,
    Hold,
    Manual,
    Memory,
    Move,
    OnNewer,
    Operation,
    Percent,
    Plan,
    Policy,
    Promote,
    Publish,
    Published,
    PushCode,
    PushSettings,
    Record,
    Refusal,
    Request,
    Resume,
    Rollback,
    Route,
    Routing,
    Settling,
    Shift,
    Situation,
    Stable,
    Transition,
    Verb,
    Verdict,
    compose,
    parse_description,
    plan,
    recollect,
    rollout,
    unread,
    versions_on,
)
from deployer.core import situation as situation_module
from deployer.core.recollection import way_back
from deployer.testing import Dedupe, World

ONE, TWO, THREE, FOUR = (Published(number) for number in range(1, 5))
A, B, C, D = (Content(f"code-{name}", {"Timeout": 3}) for name in "ABCD")
# Both what is code and what is a setting differ, so that a push takes two actions.
NEWER: Final = Content("code-D", {"Timeout": 9})
VERSIONS: Final = {ONE: A, TWO: B, THREE: C}
SCHEDULE: Final = CanaryIncrements.of([25, 50, 75])
SCHEDULES: Final = [
    CanaryIncrements.of(shares)
    for shares in (
        [50],
        [1],
        [99],
        [25, 50, 75],
        [10, 20, 30, 40, 50, 60, 70, 80, 90],
        ["0.01", "99.99"],
        [5, 33, 34],
        [12.5, 62.5],
    )
]


def _states() -> Iterator[AliasState]:
    yield Absent()
    yield Stable(LATEST)
    yield from (Stable(version) for version in VERSIONS)
    for first, second in permutations(VERSIONS, 2):
        yield from (Transition(first, second, Percent.of(share).rest) for share in (25, 33, 75))
        yield from (Settling(first, second, move) for move in Move)


STATES: Final = list(_states())
REQUESTS: Final[list[Request]] = [
    Deploy(),
    Deploy(again=True, adopt=True),
    Route(Stable(ONE)),
    Route(Stable(LATEST)),
    Route(Transition(TWO, ONE, Percent(5000))),
    Promote(),
    Promote(adopt=True),
    Rollback(),
    Rollback(adopt=True),
    Rollback(to=ONE, adopt=True),
    Hold(),
    Resume(),
    Conclude(),
]
POLICIES: Final = [
    Policy(Development()),
    Policy(BlueGreen()),
    Policy(BlueGreen(refuse_newer=True), protected=True),
    Policy(Canary(SCHEDULE), protected=True),
    Policy(Canary(SCHEDULE, OnNewer.RESTART)),
    Policy(Canary(SCHEDULE, OnNewer.REFUSE)),
]


def _descriptions(state: AliasState) -> Iterator[str]:
    """No memory; a damaged one; one for another routing; and such as were written with what the alias shows."""
    shown = Stable(state.version1) if isinstance(state, Settling) else state
    written = Stable(TWO) if isinstance(shown, Absent) else shown
    yield "mine"
    if isinstance(state, Absent):
        return
    yield _description(None, written, Verb.DEPLOY).replace(":s1:", ":s2:")
    yield _description(THREE, Transition(THREE, TWO, Percent(1)), Verb.DEPLOY)
    yield _description(ONE, written, Verb.DEPLOY)
    yield _description(THREE, written, Verb.ROUTE)
    yield _description(THREE, written, Verb.ROLLBACK)
    yield _description(ONE, written, Verb.DEPLOY, on_hold=True)
    if isinstance(written, Transition) and isinstance(written.version1, Published):
        yield _description(written.version1, replace(written, weight=Percent(7)), Verb.DEPLOY)
        yield _description(written.version1, written, Verb.ROUTE, Manual(written.version1))


def _description(
    head: Published | None, routing: Routing, verb: Verb, manual: Manual | None = None, *, on_hold: bool = False
) -> str:
    trail = tuple(version for version in (TWO, ONE) if version not in versions_on(routing))
    fingerprint = None if head is None else VERSIONS[head].fingerprint
    record = Record(routing, 1, Operation(verb, "before"), manual, on_hold=on_hold)
    memory = Memory(head, fingerprint, trail, record)
    return compose(Description("mine", "", None), memory).text


@pytest.fixture(autouse=True)
def _read_each_description_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a token takes most of the time of planning, and the same few stand in all of these worlds."""
    monkeypatch.setattr(situation_module, "parse_description", lru_cache(maxsize=None)(parse_description))


def world_of(state: AliasState, description: str, dedupe: Dedupe = Dedupe.TOUCH) -> World:
    return World(dedupe, C, dict(VERSIONS), state, "" if isinstance(state, Absent) else description, touched=False)


def copy_of(world: World) -> World:
    return replace(world, versions=dict(world.versions))


def decide(world: World, request: Request, policy: Policy, wanted: Content | None) -> tuple[Situation, Decision]:
    situation = world.look(request, policy, wanted)
    if wanted is not None:
        assert unread(situation, request, policy, wanted) is None
    return situation, plan(situation, request, policy, wanted, now=5, operation_id="me")


def wanted_of(request: Request) -> list[Content | None]:
    return [A, B, C, NEWER] if isinstance(request, Deploy) else [None]


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_what_must_always_be_true_is(policy: Policy, request_: Request) -> None:
    for state in STATES:
        for description in _descriptions(state):
            for wanted in wanted_of(request_):
                world = world_of(state, description)
                situation, decision = decide(world, request_, policy, wanted)
                case = f"{state}; {description!r}; wanted {wanted}"
                _actions_are_in_order(decision, world, wanted, case)
                _nothing_on_hold_goes_forward(situation, request_, decision, case)
                _no_release_without_being_asked(decision, request_, policy, case)
                if isinstance(request_, Conclude):
                    _only_the_verb_changes(world, decision, case)
                elif isinstance(request_, Hold | Resume):
                    _only_the_hold_changes(world, request_, policy, decision, case)
                elif isinstance(decision, Plan) and decision.write is not None:
                    _the_write_is_legal(decision.write, world, policy, case)
                    _a_rollback_takes_it_back(decision.write, world, request_, policy, wanted, case=case)
                    if isinstance(policy.strategy, Canary) and isinstance(request_, Deploy):
                        _share_never_falls(decision.write, case)
                if isinstance(request_, Deploy):
                    assert wanted is not None
                    _the_rollout_begins_with_the_plan(situation, request_, policy, wanted, decision=decision, case=case)
                    _what_is_held_stays_away(situation, request_, policy, wanted, decision=decision, case=case)
                else:
                    _again_is_nothing(world, request_, policy, decision, case)


def _actions_are_in_order(decision: Decision, world: World, wanted: Content | None, case: str) -> None:
    """Push, publish, write: each from where the one before ended, the write last and alone."""
    if isinstance(decision, Refusal):
        assert decision.actions == (), case
        assert decision.way_out, case
        return
    order: list[type[Action]] = [CreateFunction, PushSettings, PushCode, Publish, CreateAlias, Shift, Await]
    places = [order.index(type(action)) for action in decision.actions]
    assert places == sorted(set(places)), case
    holds = C.fingerprint
    for action in decision.actions:
        match action:
            case PushSettings(before, after) | PushCode(before, after):
                assert before == holds, case
                holds = after
            case Publish(content):
                assert wanted is not None
                assert content == holds == wanted.fingerprint, case
            case CreateAlias() | Shift():
                assert action.before == world.state, case
                assert action is decision.write, case
            case Await(before):
                assert before == world.state, case
                assert len(decision.actions) == 1, case
            case CreateFunction():
                pytest.fail(case)


def _no_release_without_being_asked(decision: Decision, request: Request, policy: Policy, case: str) -> None:
    """What is not released now is not pushed either, and only a deploy outside development publishes."""
    kinds = {type(action) for action in decision.actions}
    development = isinstance(policy.strategy, Development)
    if not isinstance(request, Deploy):
        assert kinds <= {CreateAlias, Shift}, case
    elif kinds & {PushSettings, PushCode} and not development:
        assert Publish in kinds, case
    if development:
        assert Publish not in kinds, case
    if Publish in kinds:
        assert kinds & {CreateAlias, Shift}, case


def _the_write_is_legal(write: CreateAlias | Shift, world: World, policy: Policy, case: str) -> None:
    assert isinstance(write, CreateAlias) == isinstance(world.state, Absent), case
    described = parse_description(world.description).memory
    ours = described is not None and versions_on(described.record.routing) == versions_on(world.state)
    assert write.after != write.before or (isinstance(world.state, Transition) and not ours), case
    if write.after == Stable(LATEST):
        assert isinstance(policy.strategy, Development), case
    verb, manual = write.memory.record.operation.verb, write.memory.record.manual
    named = versions_on(write.after)
    assert all(version == NEW or world.exists(version) for version in named), case
    trail = write.memory.trail
    assert len(set(trail)) == len(trail), case
    assert verb is Verb.ROUTE or not set(trail) & set(named), case
    assert not set(trail) & set(write.memory.left), case
    assert write.memory.head not in write.memory.left, case
    assert not isinstance(write.after, Stable) or write.after.version not in write.memory.left, case
    began = 1 if _goes_on(write, described, world.state) else None
    assert write.memory.record == Record(write.after, 5, Operation(verb, "me"), manual, began), case
    found = parse_description(write.description.text)
    assert found.memory == write.memory, case
    assert found.before == ("" if isinstance(world.state, Absent) else "mine"), case


def _goes_on(write: CreateAlias | Shift, described: Memory | None, state: AliasState) -> bool:
    """Whether a release that a deploy began only gets another share, be it from a weight that somebody else has set.

    One that shows the other way round, the older version first, may be taken over as what it was.
    """
    pair = () if described is None or described.record.manual is not None else versions_on(described.record.routing)
    if not isinstance(state, Transition) or pair not in (versions_on(state), versions_on(state)[::-1]):
        return False
    verb = write.memory.record.operation.verb
    if pair != versions_on(state) and (verb is Verb.ROUTE or state.version1 > state.version2):  # type: ignore[operator] # numbers
        return False
    same = write.after == Stable(pair[0]) or versions_on(write.after) == pair
    return same and verb in {Verb.DEPLOY, Verb.ROUTE}


def _nothing_on_hold_goes_forward(situation: Situation, request: Request, decision: Decision, case: str) -> None:
    if isinstance(request, Deploy | Promote) and situation.recollection.on_hold:
        assert decision.actions == (), case


def _only_the_verb_changes(world: World, decision: Decision, case: str) -> None:
    write = decision.write if isinstance(decision, Plan) else None
    if write is None:
        return
    described = parse_description(world.description).memory
    assert described is not None, case
    assert write.after == write.before == world.state == described.record.routing, case
    concluded = replace(described.record, operation=Operation(Verb.PROMOTE, "me"))
    assert described.record.operation.verb is Verb.DEPLOY, case
    assert write.memory == replace(described, record=concluded), case


def _only_the_hold_changes(world: World, request: Hold | Resume, policy: Policy, decision: Decision, case: str) -> None:
    """The routing stays, and what is remembered; only what is known of the alias can be held."""
    write = decision.write if isinstance(decision, Plan) else None
    if write is None:
        return
    assert write.after == write.before == world.state, case
    record = write.memory.record
    assert record.on_hold is isinstance(request, Hold), case
    assert record.operation.id == "me", case
    described = parse_description(world.description).memory
    if described is not None and described.record.routing == world.state:
        assert (record.since, record.operation.verb) == (1, described.record.operation.verb), case
        assert replace(write.memory, record=described.record) == described, case
    else:
        # Somebody else has set it: another weight of our release, or one version alone.
        verb = Verb.DEPLOY if isinstance(world.state, Transition) else Verb.ROUTE
        assert (record.since, record.operation.verb) == (5, verb), case
    held, plain = copy_of(world), copy_of(world)
    held.perform(write)
    held.run(Rollback(adopt=True), policy)
    plain.run(Rollback(adopt=True), policy)
    assert held.state == plain.state, case


def _a_rollback_takes_it_back(
    write: CreateAlias | Shift, world: World, request: Request, policy: Policy, wanted: Content | None, *, case: str
) -> None:
    """From a pair all traffic goes to the version that was stable before it, whatever the order of their numbers."""
    if not isinstance(write.after, Transition):
        return
    moved = copy_of(world)
    moved.run(request, policy, wanted)
    moved.run(Rollback(), policy)
    back = way_back(write.after, recollect(write.after, write.memory))
    assert moved.state == Stable(back), case
    if isinstance(write.before, Stable) and write.memory.record.operation.verb is Verb.DEPLOY:
        assert back == write.before.version, case


def _share_never_falls(write: CreateAlias | Shift, case: str) -> None:
    before, after = write.before, write.after
    if isinstance(before, Transition) and isinstance(after, Transition) and before.version1 == after.version1:
        assert after.share > before.share, case
        between = [share for share in SCHEDULE.shares if before.share < share < after.share]
        assert between == [], case


def _the_rollout_begins_with_the_plan(
    situation: Situation, request: Deploy, policy: Policy, wanted: Content, *, decision: Decision, case: str
) -> None:
    steps = rollout(situation, request, policy, wanted, now=5, operation_id="me")
    assert steps[0] == decision, case
    assert len(steps) <= len(SCHEDULE.shares) + 1, case
    for earlier, later in pairwise(steps):
        assert isinstance(earlier, Plan), case
        assert isinstance(later, Plan), case
        assert earlier.write is not None, case
        assert later.write is not None, case
        assert later.write.before == earlier.write.after, case


def _what_is_held_stays_away(
    situation: Situation, request: Deploy, policy: Policy, wanted: Content, *, decision: Decision, case: str
) -> None:
    recollection = situation.recollection
    at_once = isinstance(situation.state, Absent) or situation.state == Stable(LATEST)
    if isinstance(policy.strategy, Development) or at_once or request.again or not recollection.remembered:
        return
    head = recollection.head
    if isinstance(head, Published) and head not in versions_on(situation.state) and VERSIONS[head] == wanted:
        assert decision.actions == (), case
        assert isinstance(decision, Refusal) or decision.verdict is Verdict.HELD, case


def _again_is_nothing(world: World, request: Request, policy: Policy, decision: Decision, case: str) -> None:
    """Route, promote and rollback may be repeated: the second time there is nothing to do, and no refusal."""
    if isinstance(decision, Refusal):
        return
    moved = copy_of(world)
    for action in decision.actions:
        moved.perform(action)
    _, again = decide(moved, request, policy, None)
    assert isinstance(again, Plan), case
    assert again.actions == (), case
    assert again.notices, case


RELEASES: Final = [
    *((Dedupe.TOUCH, policy, Deploy(again=True, adopt=True)) for policy in POLICIES),
    # What publishing answers matters to those that publish alone.
    *((Dedupe.CONTENT, policy, Deploy()) for policy in POLICIES if policy.strategy == BlueGreen()),
]


@pytest.mark.parametrize(("dedupe", "policy", "request_"), RELEASES, ids=str)
def test_planning_again_after_any_prefix_gives_the_rest(dedupe: Dedupe, policy: Policy, request_: Deploy) -> None:
    for state in STATES:
        for description in _descriptions(state):
            for wanted in (A, C, NEWER):
                world = world_of(state, description, dedupe)
                _, decision = decide(world, request_, policy, wanted)
                if any(isinstance(action, Await) for action in decision.actions):
                    continue
                whole = copy_of(world)
                last = whole.run(request_, policy, wanted, now=5, operation_id="me")
                case = f"{state}; {description!r}; wanted {wanted}"
                _the_number_takes_its_place(decision, last, whole, case)
                for done in range(len(decision.actions)):
                    again = copy_of(world)
                    again.run(request_, policy, wanted, now=5, operation_id="me", dies_after=done)
                    assert again.state == world.state, case
                    _, rest = decide(again, request_, policy, wanted)
                    assert rest.actions == _the_rest(decision, done, again), case
                    again.run(request_, policy, wanted, now=5, operation_id="me")
                    assert again == whole, case


def _the_rest(decision: Decision, done: int, world: World) -> tuple[Action, ...]:
    """What is left of a plan: once a number was cut it is found, and takes the place of NEW."""
    left = decision.actions[done:]
    if FOUR in world.versions:
        return tuple(numbered(action, FOUR) for action in left if isinstance(action, CreateAlias | Shift))
    # A publish that answered with a number that was there is asked for again, and answers the same.
    return (*(action for action in decision.actions[:done] if isinstance(action, Publish)), *left)


def _the_number_takes_its_place(decision: Decision, last: Decision, whole: World, case: str) -> None:
    """What is planned for the number that publishing brought is what was planned for NEW."""
    if not any(isinstance(action, Publish) for action in decision.actions):
        assert last == decision, case
        return
    assert isinstance(decision, Plan), case
    assert decision.write is not None, case
    if FOUR in whole.versions:
        assert isinstance(last, Plan), case
        assert last.write == numbered(decision.write, FOUR), case
    else:
        # It brought a number that there was already, and was judged again.
        assert set(whole.versions) == set(VERSIONS), case


@pytest.mark.parametrize("on_newer", OnNewer)
@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: "-".join(map(str, schedule.shares)))
def test_a_canary_rests_at_every_increment_and_ends(schedule: CanaryIncrements, on_newer: OnNewer) -> None:
    policy = Policy(Canary(schedule, on_newer))
    begun = [None, *(Percent.of(share) for share in (1, 25, 33, "62.5", "99.99")), *schedule.shares]
    for share, remembered in product(begun, [True, False]):
        state: Routing = Stable(TWO) if share is None else Transition(THREE, TWO, share.rest)
        description = _description(TWO if share is None else THREE, state, Verb.DEPLOY) if remembered else ""
        world = world_of(state, description)
        seen = _deploy_until_stable(world, policy, NEWER if share is None else C)
        expected = [one for one in schedule.shares if share is None or one > share]
        assert seen == [*expected, Percent(10_000)]
        assert len(seen) <= len(schedule.shares) + 1
        assert world.state == Stable(FOUR if share is None else THREE)
        assert world.run(Deploy(), policy, NEWER if share is None else C).actions == ()


def _deploy_until_stable(world: World, policy: Policy, wanted: Content) -> list[Percent]:
    """The shares of version1 that one deploy after the other brings."""
    seen: list[Percent] = []
    while not seen or isinstance(world.state, Transition):
        decision = world.run(Deploy(), policy, wanted)
        assert isinstance(decision, Plan)
        assert decision.write is not None
        seen.append(world.state.share if isinstance(world.state, Transition) else Percent(10_000))
    return seen


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: "-".join(map(str, schedule.shares)))
@pytest.mark.parametrize("on_newer", [OnNewer.ADVANCE, OnNewer.RESTART])
def test_newer_code_every_time_still_ends(schedule: CanaryIncrements, on_newer: OnNewer) -> None:
    """Under `advance` a release takes its own steps whatever comes meanwhile; under `restart` it starts anew."""
    policy = Policy(Canary(schedule, on_newer))
    world = world_of(Stable(TWO), _description(TWO, Stable(TWO), Verb.DEPLOY))
    for turn, share in enumerate([*schedule.shares, Percent(10_000)]):
        decision = world.run(Deploy(), policy, Content(f"code-{turn}", {}))
        assert decision.verdict is Verdict.CHANGED
        if on_newer is OnNewer.ADVANCE:
            expected = Stable(FOUR) if share == Percent(10_000) else Transition(FOUR, TWO, share.rest)
            assert world.state == expected
            assert set(world.versions) == {*VERSIONS, FOUR}
        else:
            assert world.state == Transition(Published(4 + turn), TWO, schedule.first.rest)
