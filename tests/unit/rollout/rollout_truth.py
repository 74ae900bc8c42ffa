"""The truth about a rollout, as an onlooker knows it who writes everything down; nothing of it is asked of the core.

When the alias really came to its routing, who put it there, what metrics could show at each look: by that every write
of a driver is judged the moment it takes effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from math import inf
from typing import Any, Final

from rollout_world import FakeDeployer, FakeEyes, Scene

from deployer.config.rollout.settings import Moment
from deployer.core import (
    Absent,
    AliasState,
    Canary,
    CreateAlias,
    OnNewer,
    Percent,
    Published,
    Shift,
    Stable,
    Transition,
    versions_on,
)
from deployer.core.memory import Verb
from deployer.core.watch.observation import AlarmState
from deployer.core.watch.policy import Bake, Then, Watch
from deployer.core.watch.sight import Sight
from deployer.rollout.context import HookContext
from deployer.rollout.ports import Seen

MINUTE: Final = 60
PLENTY: Final = 200
"""So many calls of each version leave no doubt of one that fails on half of them."""

_ALL: Final = Percent.of(100)


class Act(StrEnum):
    """What somebody is at. A driver may roll out, or take a look; the others are people."""

    ROLLOUT = auto()
    LOOK = auto()
    DEPLOY = auto()
    ROLLBACK = auto()
    PROMOTE = auto()
    ROUTE = auto()
    HOLD = auto()
    RESUME = auto()
    CONCLUDE = auto()  # by a driver

    @property
    def drives(self) -> bool:
        return self in {Act.ROLLOUT, Act.LOOK}

    @property
    def drives_or_concludes(self) -> bool:
        return self.drives or self is Act.CONCLUDE


@dataclass(frozen=True, slots=True)
class Glance:
    """What one look could show: calls and errors since the alias came to its routing, and how the alias stood."""

    at: int
    revision: int
    new: tuple[int, int]
    old: tuple[int, int]
    paired: tuple[int, int, int, int]
    red: bool
    alone: bool
    ours: bool

    def plainly_bad(self, ceiling: bool) -> bool:
        """Beyond doubt: half of many calls fail, and none of the old version's."""
        new, new_bad, old, old_bad = self.paired
        compared = not self.alone and min(new, old) >= PLENTY and new_bad * 2 >= new and old_bad == 0
        return self.red or compared or (ceiling and self.new[0] >= PLENTY and self.new[1] * 2 >= self.new[0])

    def looks_worse(self, ceiling: float) -> bool:
        """Whether there is anything at all to say against the new version."""
        (new, new_bad), (old, old_bad) = self.new, self.old
        return self.red or new_bad * max(old, 1) > old_bad * max(new, 1) or new_bad > ceiling * new


@dataclass(slots=True)
class Truth:
    """`came`, `began`: when the alias really came to its routing, and its release to the alias, in Unix seconds."""

    watch: Watch
    written: AliasState = field(default_factory=Absent)
    came: int = 0
    began: int = 0
    base: Published | None = None
    deployed: bool = False
    held: bool = False
    scribbled: bool = False
    left: set[Published] = field(default_factory=set)
    frozen: tuple[int, int] = (0, 0)
    stopped: bool = False
    overriding: set[str] = field(default_factory=set)
    acts: dict[str, Act] = field(default_factory=dict)
    glances: dict[str, Glance] = field(default_factory=dict)
    hook: Then | None = None
    demanded: dict[str, Then] = field(default_factory=dict)
    red_since: int | None = None
    shut: dict[str, bool] = field(default_factory=dict)
    flagged: bool = False
    verb: Verb = Verb.DEPLOY
    owing: set[Moment] = field(default_factory=set)

    # What was to be seen

    def stands(self, by: str, now: int) -> None:
        """Settings and clock as somebody reads them, right before he decides."""
        self.shut[by] = self.stopped or self.frozen[0] <= now < self.frozen[1]

    def glance(self, scene: Scene, by: str, now: int) -> Glance:
        """What `by` can see, who looked at the clock at `now`."""
        state = scene.world.state
        new, *others = versions_on(state)
        seen = self._counted(scene, new, now)
        beside = self._counted(scene, others[0], now) if others else {}
        both = [minute for minute in seen if minute in beside]
        found = Glance(
            now,
            scene.revision,
            _sum(seen),
            _sum(beside),
            (*_sum({one: seen[one] for one in both}), *_sum({one: beside[one] for one in both})),
            red=self._red(scene),
            alone=not others,
            ours=self.ours(state),
        )
        self.glances[by] = found
        return found

    def _counted(self, scene: Scene, version: object, now: int) -> dict[int, tuple[int, int]]:
        if scene.outage:
            return {}
        known = min((now - self.watch.delay) // MINUTE * MINUTE, int(scene.clock.time) - scene.lag)
        return {
            minute: (period.invocations, period.errors)
            for (of, minute), period in scene.metrics.items()
            if of == version and self.came <= minute < self._end(scene) and minute + MINUTE <= known
        }

    def _end(self, scene: Scene) -> float:
        """With all traffic on one version, nothing counts after the last bake."""
        final = self.watch.final
        return inf if isinstance(scene.world.state, Transition) else self.came + max(final.seconds, final.longest or 0)

    def _red(self, scene: Scene) -> bool:
        gated = self.watch.gates.alarms is not None
        red = any(alarm.state is AlarmState.ALARM for alarm in scene.alarms)
        return gated and red and self.red_since is not None and self.red_since > self.began

    # What is known of the alias

    def ours(self, state: AliasState) -> bool:
        """Whether a deploy put it there just so, and nobody has touched it or its memory since."""
        return self.deployed and not self.scribbled and state == self.written

    def console(self) -> None:
        """Somebody has edited the alias by other means: what was left is not surely remembered any more."""
        self.left.clear()

    def scribble(self) -> None:
        self.scribbled, self.held = True, False
        self.left.clear()

    # Writes

    def write(self, scene: Scene, by: str, before: AliasState, write: CreateAlias | Shift, text: str) -> None:
        """A write that is about to take effect, from the state that the alias really has."""
        after, now, act = write.after, int(scene.clock.time), self.acts[by]
        assert write.before == before, "a write starts from the state that the alias has"
        assert write.description.text.startswith(text), "a person's own text stays"
        if act.drives and before == after and self._follows_up(write):
            return
        if act.drives and before == after and write.memory.record.operation.verb is Verb.PROMOTE:
            act = Act.CONCLUDE
            self._concludes(by, before, now)
        elif act.drives:
            self._driven(scene, by, before, after)
        self._to_follow(act, before, after, write)
        self._noted(act, before, after, now)

    # Hooks

    def _follows_up(self, write: CreateAlias | Shift) -> bool:
        """Whether it only says that hooks are through, or that somebody runs what was left undone."""
        record = write.memory.record
        if not self.flagged or record.on_hold != self.held or record.operation.verb is not self.verb:
            return False
        if record.follow_up is not None:
            return True
        assert not self.owing, "hooks are through that have been run"
        self.flagged = False
        return True

    def _to_follow(self, act: Act, before: AliasState, after: AliasState, write: CreateAlias | Shift) -> None:
        """Which hooks are to follow; whoever holds leaves that as it is."""
        self.verb = write.memory.record.operation.verb
        if before != after or act in {Act.CONCLUDE, Act.ROUTE}:
            self.flagged = act.drives_or_concludes and self.watch.hooked
            self.owing = self._moments(act, before, after) if self.flagged else set()
        elif self.scribbled or before != self.written:
            self.flagged, self.owing = False, set()
        assert (write.memory.record.follow_up is not None) == self.flagged, (
            "who carries on knows of hooks that are to follow"
        )

    def _moments(self, act: Act, before: AliasState, after: AliasState) -> set[Moment]:
        if act is Act.CONCLUDE or self._is_back(act, before, after):
            return {Moment.END}
        over = isinstance(after, Stable) and self.watch.final == Bake(0)
        return {Moment.AFTER, Moment.END} if over else {Moment.AFTER}

    def hooked(self, context: HookContext, *, failed: bool) -> None:
        """A hook has been run; what comes of its failure is for those who hold the driver to it."""
        versions = [str(version) for version in versions_on(self.written)]
        if [context.version1, *([context.version2] if context.version2 else [])] != versions:
            return
        if isinstance(self.written, Transition) and context.share != self.written.share:
            return
        self.owing = set() if failed and context.moment is Moment.AFTER else self.owing - {context.moment}

    def _driven(self, scene: Scene, by: str, before: AliasState, after: AliasState) -> None:
        policy = scene.policy
        assert isinstance(policy.strategy, Canary)
        if after == before:
            assert by in self.demanded, "a driver puts on hold what a hook says"
            return
        version1 = versions_on(after)[0]
        if version1 not in versions_on(before):
            self._begins(scene, by, before, after)
        elif isinstance(before, Transition) and version1 == before.version1:
            self._steps(scene, by, before, after)
        else:
            self._goes_back(by, before, after)

    def _concludes(self, by: str, before: AliasState, now: int) -> None:
        """The last bake has passed, and nothing is watched any more."""
        assert not self.owing, "the hooks of the last step are run before the end"
        assert isinstance(before, Stable)
        assert self.ours(before)
        assert now - self.came >= self.watch.final.seconds, "it is watched to its end"
        assert not self.glances.pop(by).plainly_bad(self._ceiling < 1), "what is bad goes back"

    def _begins(self, scene: Scene, by: str, before: AliasState, after: AliasState) -> None:
        if isinstance(before, Stable) and isinstance(after, Stable):
            # The version with all traffic goes back to where it came from.
            return self._goes_back(by, before, after)
        strategy = scene.policy.strategy
        assert isinstance(strategy, Canary)
        assert self.acts[by] is Act.ROLLOUT, "a look begins nothing"
        self._may_go_forward(by, before)
        assert isinstance(after, Transition)
        assert after.share == strategy.increments.shares[0], "it begins at the first increment"
        assert after.version1 not in self.left, "what was rolled back does not come back by itself"
        if isinstance(before, Stable):
            assert after.version2 == before.version
        else:
            assert strategy.on_newer is OnNewer.RESTART, "newer code waits"
        return None

    def _steps(self, scene: Scene, by: str, before: Transition, after: AliasState) -> None:
        strategy = scene.policy.strategy
        assert isinstance(strategy, Canary)
        above = [share for share in strategy.increments.shares if share > before.share]
        expected = Transition(before.version1, before.version2, above[0].rest) if above else Stable(before.version1)
        assert after == expected, "no increment is skipped, and no share falls"
        assert self.ours(before), "what a deploy did not put there is left alone"
        assert Moment.AFTER not in self.owing, "the hooks of a step are run before the next one"
        self._may_go_forward(by, before)
        glance = self.glances.pop(by)
        assert glance.revision == scene.revision, "what was seen is of the routing that is left"
        self._passed(glance, self.watch.bakes.get(before.share, self.watch.bake))

    def _may_go_forward(self, by: str, before: AliasState) -> None:
        held = self.held and (self._same(before) or isinstance(before, Stable))
        assert not held, "nothing goes forward on hold"
        assert by in self.overriding or not self.shut[by], "nothing goes forward when stopped or frozen"

    def _same(self, state: AliasState) -> bool:
        return not self.scribbled and versions_on(state) == versions_on(self.written)

    def _passed(self, glance: Glance, bake: Bake) -> None:
        gates, passed = self.watch.gates, glance.at - self.came
        assert passed >= bake.seconds, "no two steps within one bake"
        measured = (glance.at - self.watch.delay) // MINUTE * MINUTE
        over = (self.came + bake.seconds) // MINUTE * MINUTE
        assert measured >= max(over, -(-self.came // MINUTE) * MINUTE + MINUTE), "all of the bake has been measured"
        assert not glance.plainly_bad(self._ceiling < 1), "what is bad goes back"
        calls = glance.new[0]
        if calls < bake.invocations:
            assert bake.at_longest is Then.GO_ON
            assert bake.longest is not None
            assert passed >= bake.longest, "it waits for calls as long as it is told to"
        if calls == 0:
            assert gates.on_no_data is Then.GO_ON, "no data is no pass"
        elif min(calls, glance.old[0]) < gates.least_invocations:
            assert gates.on_inconclusive is Then.GO_ON, "too few calls are no pass"

    @property
    def _ceiling(self) -> float:
        errors = self.watch.gates.errors
        return 1.0 if errors is None or errors.ceiling is None else errors.ceiling.fraction

    def _goes_back(self, by: str, before: AliasState, after: AliasState) -> None:
        assert isinstance(after, Stable), "a rollback is one write, past all increments"
        assert self.base in {None, after.version}, "straight to where the release came from"
        assert self.ours(before), "what a deploy did not put there is left alone"
        if self.demanded.get(by) is Then.ROLL_BACK:
            return
        gates, bake = self.watch.gates, self.watch.bake
        glance = self.glances.pop(by)
        few = min(glance.new[0], glance.old[0]) < gates.least_invocations
        by_policy = (
            (few and gates.on_inconclusive is Then.ROLL_BACK)
            or (glance.new[0] == 0 and gates.on_no_data is Then.ROLL_BACK)
            or (glance.new[0] < bake.invocations and bake.at_longest is Then.ROLL_BACK)
        )
        assert by_policy or glance.looks_worse(self._ceiling), "it goes back for a reason"

    # What is remembered of them

    def _noted(self, act: Act, before: AliasState, after: AliasState, now: int) -> None:
        fits = not self.scribbled and before == self.written
        if before == after and act is not Act.ROUTE:
            if not fits:
                self.came = now
                self.deployed = self.deployed and self._same(before) and isinstance(before, Transition)
            self.deployed = self.deployed and act is not Act.CONCLUDE
            self.held = self.held if act is Act.CONCLUDE else act is not Act.RESUME
        else:
            self._moved(act, before, after, now, fits=fits)
            self.held, self.came = False, now
        self.written, self.scribbled = after, False
        if isinstance(after, Stable) and isinstance(after.version, Published):
            self.left.discard(after.version)

    def _is_back(self, act: Act, before: AliasState, after: AliasState) -> bool:
        same_pair = isinstance(before, Transition) and versions_on(before)[0] == versions_on(after)[0]
        return act is Act.ROLLBACK or (act.drives and isinstance(after, Stable) and not same_pair)

    def _moved(self, act: Act, before: AliasState, after: AliasState, now: int, *, fits: bool) -> None:
        same_pair = isinstance(before, Transition) and versions_on(before)[0] == versions_on(after)[0]
        goes_on = same_pair and self._same(before) and self.deployed
        deploys = act in {Act.ROLLOUT, Act.LOOK, Act.DEPLOY}
        back = self._is_back(act, before, after)
        if act is Act.ROUTE and self.deployed and self._same(before) and versions_on(before) == versions_on(after):
            # Another weight leaves a release what it is.
            return
        if back:
            gone = set(versions_on(before)) - set(versions_on(after))
            self.left |= {one for one in gone if isinstance(one, Published)} if self.deployed and fits else set()
        self.deployed = deploys and not back
        if goes_on and deploys:
            return
        self.began = now
        self.base = None
        if deploys and not same_pair and isinstance(after, Transition):
            self.base = after.version2


def _sum(counted: Mapping[int, tuple[int, int]]) -> tuple[int, int]:
    return sum(calls for calls, _ in counted.values()), sum(bad for _, bad in counted.values())


@dataclass(slots=True, kw_only=True)
class WatchedScene(Scene):
    """A scene whose every write is held against the truth."""

    truth: Truth
    text: str = ""

    def force(self, by: str, write: CreateAlias | Shift) -> None:
        self.truth.write(self, by, self.world.state, write, self.text)
        # By its whole name: a class with slots is made twice, and `super()` knows the first.
        Scene.force(self, by, write)

    def console(self, routing: Any, description: str | None = None) -> None:
        Scene.console(self, routing, description)
        self.truth.console()


@dataclass(slots=True)
class WatchedDeployer(FakeDeployer):
    """A deployer of whom it is known when he last read the settings and the clock."""

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        done = FakeDeployer.call(self, name, effect)
        scene = self.scene
        if name not in {"observe", "write"} and isinstance(scene, WatchedScene):
            scene.truth.stands(self.by, int(scene.clock.time))
        return done


@dataclass(slots=True)
class WatchedEyes(FakeEyes):
    """Eyes over whose shoulder the truth looks."""

    def _observed(self, sight: Sight, now: int) -> Seen:
        scene = self.deployer.scene
        if not isinstance(scene, WatchedScene):
            raise TypeError(scene)
        scene.truth.glance(scene, self.deployer.by, now)
        return FakeEyes._observed(self, sight, now)
