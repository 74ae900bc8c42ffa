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
    TokenTooNew,
    Transition,
    Verdict,
    parse_description,
    versions_on,
)
from deployer.testing import Dedupe, Run, Step, World, contents, histories, increments, percents, play

CODES = contents(most=3)
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
        # What a deploy that died saw before it, and the version that it published and did not route.
        self.crash: tuple[AliasState, str, Deploy, Content, Published] | None = None

    @initialize(
        dedupe=st.sampled_from(Dedupe), schedule=increments(most=4), newer=st.sampled_from(OnNewer), kind=st.booleans()
    )
    def begin(self, dedupe: Dedupe, schedule: CanaryIncrements, newer: OnNewer, kind: bool) -> None:
        self.world = World(dedupe)
        strategy = Canary(schedule, newer) if kind else BlueGreen(refuse_newer=newer is OnNewer.REFUSE)
        self.policy = Policy(strategy, protected=newer is not OnNewer.RESTART)

    # What happens

    @rule(content=CODES)
    def change_the_code(self, content: Content) -> None:
        self.wanted = content

    @rule(again=st.sampled_from([False, False, True]), adopt=st.booleans(), dies_after=DIES)
    def deploy(self, again: bool, adopt: bool, dies_after: int | None) -> None:
        request = Deploy(again, adopt)
        before, versions, crash = self.world.state, set(self.world.versions), self.crash
        alike = (before, self.world.description, request, self.wanted)
        fresh = self.world.latest == self.wanted and not self.world.touched
        held = self._held(again=again)
        decision = self._run(request, self.policy, dies_after)
        born = set(self.world.versions) - versions
        if fresh:
            assert not born, "what was published is not published twice"
        if held:
            assert (self.world.state, born) == (before, set()), "what was rolled back does not return by itself"
        if crash is not None and crash[:-1] == alike and fresh and dies_after is None:
            assert crash[-1] in versions_on(self.world.state), "what was published and not routed is not forgotten"
        if self.world.state != before:
            assert isinstance(decision, Plan)
            self._moved_forward(before, decision)
            version1 = versions_on(self.world.state)[0]
            assert isinstance(version1, Published)
            self.head, self.crash = version1, None
        elif born:
            self.crash = (*alike, min(born))

    @rule()
    def deploy_to_development(self) -> None:
        if isinstance(self._run(Deploy(adopt=True), Policy(Development())), Plan):
            assert self.world.state == Stable(LATEST)
            assert self.world.latest == self.wanted

    @rule(adopt=st.booleans())
    def roll_back(self, adopt: bool) -> None:
        before = self.world.state
        decision = self._run(Rollback(adopt=adopt), self.policy)
        if self.world.state != before:
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
        target = self._a_routing(data, weight)
        decision = self._run(Route(target), self.policy)
        assert self.world.state == target
        self._again_is_nothing(decision, Route(target))

    @precondition(lambda self: self.world.versions and not isinstance(self.world.state, Absent))
    @rule(data=st.data(), weight=percents(inside=True))
    def route_in_the_console(self, data: st.DataObject, weight: Percent) -> None:
        target = self._a_routing(data, weight)
        self.world.write(target, self.world.description)
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
        self.text = text
        damaged = self.world.description.replace(":s", ":s1", 1) if mangles else ""
        self.world.description = f"{text} {damaged}".strip()
        self.head = None

    @precondition(lambda self: self.world.latest is not None)
    @rule(content=CODES)
    def edit_latest_in_the_console(self, content: Content) -> None:
        self.world.push(content)

    # What must hold

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
        if again or head is None or isinstance(state, Absent) or state == Stable(LATEST):
            return False
        on_alias = [self.world.versions[one] for one in versions_on(state) if isinstance(one, Published)]
        return head not in versions_on(state) and self.world.versions[head] == self.wanted not in on_alias

    def _moved_forward(self, before: object, decision: Plan) -> None:
        after = self.world.state
        strategy = self.policy.strategy
        if not isinstance(before, Transition) or not isinstance(after, Transition):
            return
        assert isinstance(strategy, Canary)
        if after.version1 == before.version1:
            assert after.share > before.share, "the share of version1 never falls"
            assert after.share == strategy.increments.above(before.share), "no increment is skipped"
        elif decision.verdict is Verdict.CHANGED and strategy.on_newer is OnNewer.RESTART:
            assert after.share == strategy.increments.first

    def _went_back(self, before: object) -> None:
        memory = parse_description(self.world.description).memory
        assert memory is not None
        assert isinstance(before, Stable | Transition)
        left = set(versions_on(before)) - set(versions_on(self.world.state))
        assert not set(memory.trail) & left, "what a rollback leaves behind never goes on the trail"
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


TestHistories = Histories.TestCase


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
