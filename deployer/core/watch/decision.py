"""What follows from one look: wait, one step forward, back, a hold, hooks, or nothing, the rollout being done.

The first that holds decides:

    the new version is judged worse                         roll back, whatever else holds
    hooks were left undone, and nobody runs them now        run them
    on hold, or stopped                                     hold
    the bake is not over                                    wait until it is
    the longest bake has passed without enough calls        hold, go on or roll back, by policy
    too few calls to judge by, or no data at all            hold, go on or roll back, by policy
    hooks of the last step may be running                   wait until they are through
    a freeze window is shut                                 wait until it opens
    otherwise                                               the step that a deploy would take

Who decides knows nothing but the alias, its memory, what was measured and the time: another machine decides the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from deployer.core.memory import Verb
from deployer.core.plan import Decision, Plan, Refusal
from deployer.core.planner import plan
from deployer.core.request import Conclude, Deploy, Rollback
from deployer.core.situation import Situation
from deployer.core.standstill import Standstill, standstill
from deployer.core.strategy import BlueGreen, Canary, Development, Policy
from deployer.core.watch.course import Course, Done, FollowUp, OnHold, RollBack, Step, Wait
from deployer.core.watch.judge import judge
from deployer.core.watch.judgement import Judged, Judgement
from deployer.core.watch.observation import PERIOD, Observation
from deployer.core.watch.policy import Then, Watch
from deployer.core.watch.sight import Sight, following_up, sight

LATE: Final = 900
"""Seconds after which metrics that should have come are no data."""

_UNSAID: Final = (Judged.INCONCLUSIVE, Judged.NO_DATA)
_STRICTNESS: Final = (Then.ROLL_BACK, Then.HOLD, Then.GO_ON)


@dataclass(frozen=True, slots=True)
class Decided:
    """The course, and the judgement that it follows from; None where nothing was to be judged."""

    course: Course
    judgement: Judgement | None = None


def decide(
    situation: Situation,
    policy: Policy,
    watch: Watch,
    observation: Observation,
    *,
    now: int,
    operation_id: str,
    override: str | None = None,
) -> Decided:
    """What follows from `observation`, made at `now` (Unix seconds) of what `sight` asks for.

    `operation_id` names the run in the memory of what may be written; `override` is why a freeze or stop is passed.
    """
    seen = sight(situation, policy, watch, now)
    if not isinstance(seen, Sight):
        return Decided(seen)
    judgement = _judged(_within(observation, seen), seen, policy, watch)
    if seen.old is None and judgement.judged in _UNSAID:
        # Nothing after its end would be held against it; but it has said too little until then.
        judgement = _judged(observation, seen, policy, watch)
    look = _Look(situation, policy, watch, seen, judgement, observation.through, now, operation_id, override)
    return Decided(look.course(), judgement)


def _judged(observation: Observation, seen: Sight, policy: Policy, watch: Watch) -> Judgement:
    return judge(
        observation,
        watch.gates,
        since=seen.since,
        tests=bakes(policy) * watch.gates.statistical,
        release_began=seen.began,
        compared=seen.old is not None,
    )


def _within(observation: Observation, seen: Sight) -> Observation:
    """What counts of it: with all traffic on one version, nothing after the last bake."""
    if seen.old is not None:
        return observation
    end = seen.counted(seen.since + seen.span)
    return replace(observation, new=tuple(period for period in observation.new if period.start < end))


def bakes(policy: Policy) -> int:
    """How many bakes a rollout has at most, the final one included: their tests share alpha."""
    match policy.strategy:
        case Canary(increments):
            return len(increments.shares) + 1
        case BlueGreen() | Development():
            return 2  # one for a pair that somebody else began


@dataclass(frozen=True)
class _Look:
    situation: Situation
    policy: Policy
    watch: Watch
    seen: Sight
    judgement: Judgement
    through: int
    now: int
    operation_id: str
    override: str | None

    def course(self) -> Course:
        if self.judgement.judged is Judged.FAIL:
            return self._back("; ".join(finding.text for finding in self.judgement.failed))
        hooks = self._hooks()
        if isinstance(hooks, FollowUp):
            return hooks
        return self._at_rest() or self._baking() or self._unsaid() or hooks or self._forward()

    def _hooks(self) -> FollowUp | Wait | None:
        """What follows from hooks that somebody has left undone, or may be running."""
        if self.seen.follow_up is None:
            return None
        return following_up(Verb.DEPLOY, self.seen.follow_up, self.watch, self.now, over=False)

    @cached_property
    def _standstill(self) -> Standstill | None:
        """What keeps it from going forward, as long as there is anything ahead."""
        if self.seen.old is None:
            return None
        return standstill(self.policy, self.situation.recollection, self.now, self.override, "rollout")

    def _at_rest(self) -> Course | None:
        """A hold, until a person says otherwise."""
        stop = self._standstill
        return None if stop is None or stop.closed is not None else OnHold(stop.text, stop.way_out)

    def _baking(self) -> Course | None:
        """What follows while the bake is not over."""
        bake, seen = self.seen.bake, self.seen
        if not self._measured_until(seen.since + bake.seconds):
            due = seen.complete(self.watch.delay)
            return Wait(due if due > self.now else self.now + PERIOD, f"{self._at}, for {bake.seconds} s")
        missing = bake.invocations - self.judgement.invocations
        if missing <= 0 or bake.longest is None:
            return None
        if not self._measured_until(seen.since + bake.longest):
            return Wait(self.now + PERIOD, f"{self._at} until it has been invoked {missing} times more")
        text = f"{self._at}: {missing} of {bake.invocations} invocations are missing after {bake.longest} s"
        return self._then(bake.at_longest, text)

    def _measured_until(self, moment: int) -> bool:
        """Whether `moment` has come, and what happened in the whole minutes before it has been measured.

        What has not been by LATE seconds after it should have is waited for no longer, and is no data.
        """
        if self.now < moment or not self.seen.measured:
            return self.now >= moment
        counted = self.seen.counted(moment)
        return self.through >= counted or self.now >= counted + self.watch.delay + LATE

    def _unsaid(self) -> Course | None:
        """What follows where the judgement does not say that all is well."""
        gates = self.watch.gates
        policies = {Judged.INCONCLUSIVE: gates.on_inconclusive, Judged.NO_DATA: gates.on_no_data}
        unsaid = [finding for finding in self.judgement.findings if finding.judged in policies]
        if not unsaid:
            return None
        strictest = min((policies[finding.judged] for finding in unsaid), key=_STRICTNESS.index)
        return self._then(strictest, f"{self._at}: {'; '.join(finding.text for finding in unsaid)}")

    def _then(self, then: Then, why: str) -> Course | None:
        match then:
            case Then.HOLD:
                return OnHold(why, self._ways_on)
            case Then.ROLL_BACK:
                return self._back(why)
            case Then.GO_ON:
                return None

    def _forward(self) -> Course:
        if self.seen.old is None:
            return self._concluded()
        stop = self._standstill
        if stop is not None and stop.closed is not None:
            return Wait(stop.closed.until, stop.text, str(stop.closed.window))
        step = self._planned(Deploy(override=self.override, follow_up=self.watch.hooked))
        if isinstance(step, Refusal):
            return OnHold(step.text, step.way_out)
        return Step(step, f"{self._at}: {self.judgement.judged}")

    def _concluded(self) -> Course:
        end = self._planned(Conclude(self.watch.hooked))
        why = f"version {self.seen.new} has all traffic, and has passed"
        return Done(why, end) if isinstance(end, Plan) else OnHold(end.text, end.way_out)

    def _back(self, why: str) -> Course:
        back = self._planned(Rollback(follow_up=self.watch.hooked))
        if isinstance(back, Plan):
            return RollBack(back, why)
        return OnHold(f"{why}; and there is no way back: {back.text}", back.way_out)

    def _planned(self, request: Deploy | Conclude | Rollback) -> Decision:
        wanted = self.seen.new  # by a deploy alone
        return plan(self.situation, request, self.policy, wanted, now=self.now, operation_id=self.operation_id)

    @property
    def _at(self) -> str:
        return f"version {self.seen.new} rests at {self.seen.share} %"

    @property
    def _ways_on(self) -> str:
        if self.seen.old is None:
            return "`rollback` goes back"
        return "`deploy` takes the next step nevertheless, `rollback` goes back; or let more calls come"
