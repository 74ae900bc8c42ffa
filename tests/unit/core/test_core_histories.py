"""Long random histories: people and machines at one alias, with every crash, edit and damage in between."""

from collections.abc import Sequence

from hypothesis import given, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    BlueGreen,
    Canary,
    CanaryIncrements,
    Content,
    Decision,
    Deploy,
    Development,
    OnNewer,
    Percent,
    Plan,
    Policy,
    Promote,
    Published,
    Refusal,
    Request,
    Rollback,
    Route,
    Routing,
    Stable,
    Strategy,
    TokenTooNew,
    Topic,
    Transition,
    Verdict,
    parse_description,
    versions_on,
)
from deployer.core.memory import LEFT_LENGTH
from deployer.testing import Dedupe, Run, Step, World, histories, increments, percents, play

CODES = st.sampled_from([Content("code-1", {}), Content("code-2", {}), Content("code-2", {"Timeout": 9})])
SCHEDULES = st.just(CanaryIncrements.of([25, 50, 75])) | increments(most=4)
DIES = st.none() | st.integers(min_value=0, max_value=3)


class Histories(RuleBasedStateMachine):
    """One alias under one strategy. What is remembered here is what an onlooker would have written down."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.policy = Policy(BlueGreen())
        self.wanted = Content("code-1", {})
        self.text = ""
        self.named: set[object] = {LATEST}
        # The version that a deploy last put on the alias; None when the alias may not remember it.
        self.head: Published | None = None
        # What rollbacks left, newest first, until it has all traffic again; as many as the memory surely holds.
        self.left: tuple[Published, ...] = ()
        # What the alias showed last before it was put on `$LATEST`.
        self.off_latest: AliasState = Absent()
        self.last_stable: AliasState = Absent()
        # What was stable before the pair that is on the alias, where a deploy or a route put it beside another one.
        self.way_back: Published | None = None
        # What a deploy that died saw before it, and the version that it published and did not route.
        self.crash: tuple[AliasState, str, Deploy, Content, Published] | None = None

    @initialize(dedupe=st.sampled_from(Dedupe), schedule=SCHEDULES, protected=st.booleans())
    def begin(self, dedupe: Dedupe, schedule: CanaryIncrements, protected: bool) -> None:
        self.world = World(dedupe)
        self.policy = Policy(self.strategy(schedule), protected)

    def strategy(self, schedule: CanaryIncrements) -> Strategy:
        return Canary(schedule)

    # What happens

    @rule(content=CODES)
    def change_the_code(self, content: Content) -> None:
        self.wanted = content

    @rule(times=st.integers(min_value=1, max_value=4))
    def carry_on(self, times: int) -> None:
        for _ in range(times):
            self._deploy(Deploy(), None)

    @rule(one_after_the_other=st.lists(CODES, min_size=1, max_size=4))
    def release_newer_code(self, one_after_the_other: list[Content]) -> None:
        for content in one_after_the_other:
            self.wanted = content
            self._deploy(Deploy(), None)

    @rule(again=st.booleans(), adopt=st.booleans(), dies_after=DIES)
    def deploy(self, again: bool, adopt: bool, dies_after: int | None) -> None:
        self._deploy(Deploy(again, adopt), dies_after)

    def _deploy(self, request: Deploy, dies_after: int | None) -> None:
        before, versions, crash = self.world.state, set(self.world.versions), self.crash
        alike = (before, self.world.description, request, self.wanted)
        there = self.world.latest == self.wanted
        fresh = there and not self.world.touched
        held = self._held(again=request.again) or self._was_left(again=request.again)
        decision = self._run(request, self.policy, dies_after)
        born = set(self.world.versions) - versions
        if fresh:
            assert not born, "what was published is not published twice"
        if held:
            assert (self.world.state, born) == (before, set()), "what was rolled back does not return by itself"
        if crash is not None and crash[:-1] == alike and there and dies_after is None:
            assert crash[-1] in versions_on(self.world.state), "what was published and not routed is not forgotten"
            assert not born, "nor published twice, whoever touched $LATEST since"
        if self.world.state != before:
            assert isinstance(decision, Plan)
            self._moved_forward(before, decision)
            version1 = versions_on(self.world.state)[0]
            assert isinstance(version1, Published)
            self._begun(before)
            self.head, self.crash = version1, None
        elif born:
            self.crash = (*alike, min(born))
        if dies_after is None and isinstance(before, Transition) and isinstance(decision, Plan):
            waits = {notice.topic for notice in decision.notices} & {Topic.HELD, Topic.MANUAL}
            assert self.world.state != before or waits, "a canary does not stand still"

    def _begun(self, before: AliasState) -> None:
        if isinstance(before, Stable) and isinstance(self.world.state, Transition):
            assert isinstance(before.version, Published)
            self.way_back = before.version

    @rule()
    def deploy_to_development(self) -> None:
        if isinstance(self._run(Deploy(adopt=True), Policy(Development())), Plan):
            assert self.world.state == Stable(LATEST)
            assert self.world.latest == self.wanted

    @rule(adopt=st.booleans())
    def roll_back(self, adopt: bool) -> None:
        before, left = self.world.state, self.left
        decision = self._run(Rollback(adopt=adopt), self.policy)
        if self.world.state != before:
            assert self.way_back is None or self.world.state == Stable(self.way_back), "it takes a release back"
            # Only where somebody else has put it second to a newer one does the rule about pairs come first.
            second = isinstance(before, Transition) and max(before.version1, before.version2) == before.version1  # type: ignore[type-var]  # NEW is never written
            assert second or not set(versions_on(self.world.state)) & set(left), "there is no way back to what was left"
            self._went_back(before)
        self._again_is_nothing(decision, Rollback(adopt=adopt))

    @precondition(lambda self: self.world.versions)
    @rule(data=st.data(), adopt=st.booleans())
    def roll_back_to(self, data: st.DataObject, adopt: bool) -> None:
        before, to = self.world.state, self._a_version(data)
        decision = self._run(Rollback(to, adopt), self.policy)
        if self.world.state != before:
            assert self.world.state == Stable(to)
            self._went_back(before)
        self._again_is_nothing(decision, Rollback(to, adopt))

    @rule(adopt=st.booleans())
    def promote(self, adopt: bool) -> None:
        before = self.world.state
        decision = self._run(Promote(adopt), self.policy)
        if self.world.state != before:
            assert isinstance(before, Transition)
            turned = Stable(max(before.version1, before.version2))  # type: ignore[type-var]  # NEW is never written
            assert self.world.state in {Stable(before.version1), turned}
        self._again_is_nothing(decision, Promote(adopt))

    @precondition(lambda self: self.world.versions)
    @rule(data=st.data(), weight=percents(inside=True))
    def route(self, data: st.DataObject, weight: Percent) -> None:
        before, target = self.world.state, self._a_routing(data, weight)
        decision = self._run(Route(target), self.policy)
        assert self.world.state == target
        if self.world.state != before:
            self.way_back = None
        if isinstance(target, Transition) and before == Stable(target.version2):
            self.way_back = target.version2
        if isinstance(target, Transition) and isinstance(target.version1, Published):
            tries_a_newer_one = target.version1 < target.version2
            self.way_back = (
                target.version1 if before == Stable(target.version1) and tries_a_newer_one else self.way_back
            )
        self._again_is_nothing(decision, Route(target))

    @precondition(lambda self: self.world.versions and not isinstance(self.world.state, Absent))
    @rule(data=st.data(), weight=percents(inside=True))
    def route_in_the_console(self, data: st.DataObject, weight: Percent) -> None:
        target = self._a_routing(data, weight)
        self.world.write(target, self.world.description)
        self.way_back = None
        self.named |= set(versions_on(target))

    @precondition(lambda self: isinstance(self.world.state, Transition))
    @rule(weight=percents(inside=True))
    def weigh_in_the_console(self, weight: Percent) -> None:
        state = self.world.state
        assert isinstance(state, Transition)
        self.world.write(Transition(state.version1, state.version2, weight), self.world.description)

    @precondition(lambda self: not isinstance(self.world.state, Absent))
    @rule(text=st.sampled_from(["", "mine", "the alias of the shop 🚀"]), mangles=st.booleans())
    def write_over_the_memory(self, text: str, mangles: bool) -> None:
        self.text, self.left, self.way_back = text, (), None
        damaged = self.world.description.replace(":s", ":s1", 1) if mangles else ""
        self.world.description = f"{text} {damaged}".strip()
        self.head = None

    @precondition(lambda self: self.world.latest is not None)
    @rule(content=CODES)
    def edit_latest_in_the_console(self, content: Content) -> None:
        self.world.push(content)

    # What must hold

    @invariant()
    def what_has_all_traffic_again_is_not_left(self) -> None:
        if isinstance(self.world.state, Stable | Absent):
            self.left = tuple(one for one in self.left if one not in versions_on(self.world.state))

    @invariant()
    def only_of_a_pair_there_is_a_way_back(self) -> None:
        if not isinstance(self.world.state, Transition):
            self.way_back = None

    @invariant()
    def remember_what_was_before_latest(self) -> None:
        if self.world.state != Stable(LATEST):
            self.off_latest = self.world.state
        if isinstance(self.off_latest, Stable):
            self.last_stable = self.off_latest

    @invariant()
    def traffic_goes_only_where_somebody_said(self) -> None:
        assert set(versions_on(self.world.state)) <= self.named

    @invariant()
    def the_description_keeps_a_persons_text_and_fits(self) -> None:
        found = parse_description(self.world.description)
        assert len(self.world.description.encode("utf-16-le")) // 2 <= 256
        if not isinstance(self.world.state, Absent):
            assert found.text.startswith(self.text)

    @invariant()
    def the_trail_names_what_once_had_traffic(self) -> None:
        memory = parse_description(self.world.description).memory
        if memory is not None:
            assert set(memory.trail) <= self.named
            assert len(set(memory.trail)) == len(memory.trail)

    # How it is told

    def _run(self, request: Request, policy: Policy, dies_after: int | None = None) -> Decision:
        before = self.world.state
        wanted = self.wanted if isinstance(request, Deploy) else None
        decision = self.world.run(request, policy, wanted, dies_after=dies_after)
        note(f"{request} ({before} -> {self.world.state}): {decision.verdict}")
        if isinstance(decision, Refusal):
            assert self.world.state == before
            return decision
        if self.world.state != before:
            assert decision.write is not None
            assert decision.write.before == before
            assert decision.write.after == self.world.state
            self.named |= set(versions_on(decision.write.after))
        return decision

    def _held(self, *, again: bool) -> bool:
        state, head = self.world.state, self.head
        if again or head is None or isinstance(state, Absent):
            return False
        if state == Stable(LATEST):
            return self.last_stable != Stable(head) and self.world.versions[head] == self.wanted
        on_alias = [self.world.versions[one] for one in versions_on(state) if isinstance(one, Published)]
        return head not in versions_on(state) and self.world.versions[head] == self.wanted not in on_alias

    def _was_left(self, *, again: bool) -> bool:
        on_alias = [self.world.versions[one] for one in versions_on(self.world.state) if isinstance(one, Published)]
        return (
            not again and self.wanted in [self.world.versions[one] for one in self.left] and self.wanted not in on_alias
        )

    def _moved_forward(self, before: AliasState, decision: Plan) -> None:
        after, strategy = self.world.state, self.policy.strategy
        shares = strategy.increments.shares if isinstance(strategy, Canary) else ()
        if isinstance(before, Transition) and isinstance(after, Transition) and after.version1 == before.version1:
            assert after.share > before.share, "the share of version1 never falls"
        if not decision.notices and isinstance(before, Transition) and decision.verdict is Verdict.UNCHANGED:
            following = next((share for share in shares if share > before.share), None)
            rest = (before.version2, following.rest) if following is not None else None
            expected = Stable(before.version1) if rest is None else Transition(before.version1, *rest)
            assert after == expected, "no increment is skipped"
        if isinstance(after, Transition) and after.version1 not in versions_on(before):
            assert after.share == shares[0], "a canary begins at the first increment"

    def _went_back(self, before: object) -> None:
        memory = parse_description(self.world.description).memory
        assert memory is not None
        assert isinstance(before, Stable | Transition)
        left = set(versions_on(before)) - set(versions_on(self.world.state))
        assert not set(memory.trail) & left, "what a rollback leaves behind never goes on the trail"
        gone = [one for one in versions_on(before) if isinstance(one, Published) and one in left]
        self.left = tuple(dict.fromkeys((*gone, *self.left)))[:LEFT_LENGTH]
        assert isinstance(self.world.state, Stable)

    def _again_is_nothing(self, decision: Decision, request: Request) -> None:
        if isinstance(decision, Plan):
            again = self.world.run(request, self.policy, operation_id="again")
            assert isinstance(again, Plan)
            assert again.actions == ()

    def _a_version(self, data: st.DataObject) -> Published:
        return data.draw(st.sampled_from(self._versions()))

    def _a_routing(self, data: st.DataObject, weight: Percent) -> Routing:
        version1, version2 = self._a_version(data), self._a_version(data)
        return Stable(version1) if version1 == version2 else Transition(version1, version2, weight)

    def _versions(self) -> Sequence[Published]:
        return sorted(self.world.versions)


class Restarting(Histories):
    def strategy(self, schedule: CanaryIncrements) -> Strategy:
        return Canary(schedule, OnNewer.RESTART)


class Refusing(Histories):
    def strategy(self, schedule: CanaryIncrements) -> Strategy:
        return Canary(schedule, OnNewer.REFUSE)


class AllAtOnce(Histories):
    def strategy(self, schedule: CanaryIncrements) -> Strategy:  # noqa: ARG002  # nothing to rest at
        return BlueGreen()


class AllAtOnceRefusing(Histories):
    def strategy(self, schedule: CanaryIncrements) -> Strategy:  # noqa: ARG002  # nothing to rest at
        return BlueGreen(refuse_newer=True)


TestAdvancing = Histories.TestCase
TestRestarting = Restarting.TestCase
TestRefusing = Refusing.TestCase
TestAllAtOnce = AllAtOnce.TestCase
TestAllAtOnceRefusing = AllAtOnceRefusing.TestCase


@given(histories())
def test_whatever_happens_traffic_goes_to_what_exists(history: Sequence[Step]) -> None:
    world = World()
    for step in history:
        versions, before = dict(world.versions), world.state
        try:
            decision = play(world, step)
        except TokenTooNew:
            raise AssertionError from None
        assert all(world.exists(version) for version in versions_on(world.state))
        assert versions.items() <= world.versions.items(), "a version never changes"
        if isinstance(decision, Refusal):
            assert world.state == before
        if not isinstance(step, Run) or not isinstance(step.request, Deploy):
            assert world.versions == versions, "nothing but a deploy publishes"


@given(histories(), st.sampled_from(Dedupe))
def test_a_history_ends_the_same_each_time_it_is_played(history: Sequence[Step], dedupe: Dedupe) -> None:
    first, second = World(dedupe), World(dedupe)
    for step in history:
        assert play(first, step) == play(second, step)
    assert first == second
