"""What there is to see of a rollout: which versions to measure, and since when; or why there is nothing to watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deployer.core.memory import Record, Verb
from deployer.core.percent import Percent
from deployer.core.plan import Reason, Refusal
from deployer.core.recollection import Recollection
from deployer.core.situation import Situation
from deployer.core.state import Absent, Move, Settling, Stable, Transition
from deployer.core.strategy import Development, Policy
from deployer.core.token import TokenTooNew
from deployer.core.version import LATEST, New, Published, Version
from deployer.core.watch.course import Course, Done, FollowUp, OnHold, Wait
from deployer.core.watch.observation import PERIOD
from deployer.core.watch.policy import ALL, Bake, Watch

SETTLES: Final = 30
"""Seconds between two looks at Lambda's own move, which takes minutes."""


UNKNOWN: Final = 600
"""Seconds that hooks are given by whoever has none, and does not know how long they take."""

_A_DAY: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Sight:
    """The new version has `share` of the traffic since `since`, in a release that began at `began` (Unix seconds).

    `old` is None once the new version has all traffic. `measured`: whether metrics are needed to decide. `follow_up`:
    since when hooks are to follow, in Unix seconds; None where none are.
    """

    new: Published
    old: Published | None
    share: Percent
    bake: Bake
    since: int
    began: int
    measured: bool
    follow_up: int | None = None

    @property
    def span(self) -> int:
        """Seconds from the step to the end of its bake at the latest."""
        return max(self.bake.seconds, self.bake.longest or 0)

    def counted(self, moment: int) -> int:
        """Until when metrics have to be in, at `moment`: whole minutes since the step count, and one at least."""
        first = self.since + -self.since % PERIOD
        return max(moment - moment % PERIOD, first + PERIOD)

    def complete(self, delay: int) -> int:
        """When all of the bake has been measured, metrics coming `delay` seconds late; in Unix seconds."""
        over = self.since + self.bake.seconds
        return max(over, self.counted(over) + delay) if self.measured else over


def sight(situation: Situation, policy: Policy, watch: Watch, now: int) -> Sight | Course:
    """What has to be measured before `decide` can say what follows; or what follows without a look."""
    try:
        known = situation.recollection
    except TokenTooNew as error:
        return OnHold(str(error), "install the newer deployer that wrote it")
    match situation.state:
        case Absent():
            return Done("there is no such alias yet")
        case Stable(version):
            return _final(version, known, watch, now)
        case Settling() as state:
            return _settling(state, now)
        case Transition() as state:
            return _under_way(state, known, policy, watch)


def _final(version: Version | New, known: Recollection, watch: Watch, now: int) -> Sight | Course:
    record = known.record
    done = _at_an_end(version, known)
    ours = record is not None and record.operation.verb is Verb.DEPLOY and version == known.head
    if record is not None and record.follow_up is not None and (not ours or watch.final == Bake(0)):
        return following_up(record.operation.verb, record.follow_up, watch, now, over=True)
    if record is None or not ours or not isinstance(version, Published) or watch.final == Bake(0):
        return done
    found = _seen(version, None, ALL, record, watch)
    # What nobody has watched until then is no release any more; it may be what has served for months.
    if now <= record.since + found.span + _A_DAY:
        return found
    return done if record.follow_up is None else following_up(Verb.DEPLOY, record.follow_up, watch, now, over=True)


def _at_an_end(version: Version | New, known: Recollection) -> Done:
    text = f"version {version} has all traffic"
    if known.rolled_back:
        return Done(f"{text}: the last release was rolled back", rolled_back=True)
    return Done(text)


def following_up(verb: Verb, of: int, watch: Watch, now: int, *, over: bool) -> Wait | FollowUp:
    """For a while whoever made the last write, `of` then, may be running its hooks; after that, anybody does."""
    free = of + (UNKNOWN if watch.follow_up is None else watch.follow_up)
    if now < free:
        return Wait(free, "the hooks of the last move may be running")
    return FollowUp(verb, over, of)


def _settling(state: Settling, now: int) -> Course:
    if state.move is Move.UNDER_WAY:
        text = f"Lambda is moving provisioned concurrency from {state.version2} to {state.version1}"
        return Wait(now + SETTLES, text)
    text = f"the alias names {state.version1}, and gives {state.version2} all traffic"
    return OnHold(text, f"`promote` or `route {state.version1}` goes forward, `rollback` back")


def _under_way(state: Transition, known: Recollection, policy: Policy, watch: Watch) -> Sight | Course:
    if isinstance(policy.strategy, Development):
        return OnHold("a development environment has nothing to roll out", "`deploy` puts the alias on $LATEST")
    if known.through is not None and known.through is not policy.through:
        return OnHold("the alias is released through a CloudFormation stack", "go on there: docs/cdk.md")
    if not known.described or known.manual or not isinstance(state.version1, Published):
        text = f"the transition {state} was not begun by a deploy"
        return OnHold(text, "`promote`, `rollback` or `route` move it; `deploy --adopt` takes it over")
    if known.record is None:
        text = f"somebody set the weight by other means: {state}"
        return OnHold(text, "`resume` goes on from there, `rollback` goes back")
    return _seen(state.version1, state.version2, state.share, known.record, watch)


def _seen(new: Published, old: Published | None, share: Percent, record: Record, watch: Watch) -> Sight:
    measured = watch.measured_at(share)
    return Sight(new, old, share, watch.bake_at(share), record.since, record.release_began, measured, record.follow_up)


def unwatchable(situation: Situation) -> Refusal | None:
    """Why a rollout cannot begin from there, where it cannot."""
    if situation.state != Stable(LATEST):
        return None
    text = "the alias follows $LATEST: code that is pushed has all its traffic before it can be tested"
    return Refusal(Reason.FOLLOWS_LATEST, text, "`deploy` puts it on a version once; rollouts begin from there")
