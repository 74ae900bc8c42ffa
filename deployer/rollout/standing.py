"""Where a driver has come to, and how the rollout stands when it stops."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployer.core import Absent, AliasState, New, Stable, Version, versions_on
from deployer.core.memory import Verb
from deployer.core.watch.course import Course, Done, FollowUp, OnHold, RollBack, Step, Wait
from deployer.core.watch.policy import Bake, Watch
from deployer.rollout.event import End


@dataclass(slots=True)
class Standing:
    """What one driver knows.

    `state` is what the alias showed last; `new` what is rolled out, where that is known; `newer`: newer code waits that
    it has not released; `acted`: it has done anything at all.
    """

    watch: Watch
    state: AliasState = field(default_factory=Absent)
    new: Version | New | None = None
    newer: bool = False
    acted: bool = False

    def is_over(self, state: AliasState) -> bool:
        """Whether nothing is watched any more once a step has come to `state`."""
        return isinstance(state, Stable) and self.watch.final == Bake(0)

    def end(self, course: Course) -> tuple[End, str]:
        """How it ends after the last course, and in words."""
        state = self.state
        match course:
            case Wait(why=why):
                return End.WAITING, why
            case Step() if self.is_over(state):
                return End.DONE, f"version {versions_on(state)[0]} has all traffic"
            case Step():
                return End.WAITING, f"the alias shows {state}, and rests there"
            case FollowUp():
                return self._followed_up(course)
            case RollBack(why=why):
                return End.ROLLED_BACK, f"rolled back to {state}: {why}"
            case OnHold():
                return End.HELD, "nothing goes forward; once that is settled, `rollout` or `tick` carries on"
            case Done(why, rolled_back=rolled_back):
                return self._done(why, rolled_back=rolled_back)

    def _followed_up(self, course: FollowUp) -> tuple[End, str]:
        if not course.over:
            return End.WAITING, f"the alias shows {self.state}, and its hooks have been run"
        if course.verb is Verb.ROLLBACK:
            return End.ROLLED_BACK, f"rolled back to {self.state}, and its hooks have been run"
        return self._done(f"version {versions_on(self.state)[0]} has all traffic, and its hooks have been run")

    def _done(self, why: str, *, rolled_back: bool = False) -> tuple[End, str]:
        if self.new is not None and versions_on(self.state)[:1] != (self.new,):
            what = "rolled it back" if rolled_back else "ended it"
            return End.ROLLED_BACK, f"somebody else has {what}: the alias shows {self.state}"
        if rolled_back and self.new is None:  # else what was asked for is there, however it came there
            return End.ROLLED_BACK, why
        if self.newer:
            return End.WAITING, f"{why}; newer code waits: `rollout` releases it"
        return End.DONE, why
