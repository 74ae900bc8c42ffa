"""One rollout, shown: its events as scenes, and between them the calls that its versions answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from deployer.core import AliasState, Transition
from deployer.core.watch.judgement import Finding, Judged
from deployer.core.watch.observation import PERIOD
from deployer.core.watch.policy import ALL, Watch
from deployer.demo.load import Answer
from deployer.demo.scene import Moved, Said, Scene, Tone
from deployer.demo.traffic import Traffic, shares
from deployer.rollout.event import (
    Began,
    Ended,
    Event,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Tested,
    Waited,
)

_TONES: Final = {
    Judged.PASS: Tone.GOOD,
    Judged.FAIL: Tone.BAD,
    Judged.INCONCLUSIVE: Tone.PLAIN,
    Judged.NO_DATA: Tone.PLAIN,
}


@dataclass(slots=True)
class Watching:
    """A listener of one driver, whom `called` tells of the calls; `rounds` has what was answered at each step.

    `state` is where the alias stands when it begins, `a_minute` how many calls are to be expected. Of a step under way
    the calls so far are shown as unfinished traffic; once it is over, as finished.
    """

    show: Callable[[Scene], None]
    watch: Watch
    state: AliasState
    a_minute: float
    rounds: list[Traffic] = field(default_factory=list)
    steps: list[AliasState] = field(default_factory=list)
    _traffic: Traffic | None = None
    _looked: Looked | None = None

    def called(self, answers: Sequence[Answer]) -> None:
        """Count answers to calls that came through the alias, while a release is under way."""
        if not isinstance(self.state, Transition):
            return
        traffic = self._traffic or Traffic(self._expected(), 0, shares(self.state))
        for answer in answers:
            traffic = traffic.counted(answer.version, failed=answer.failed)
        self._traffic = replace(traffic, calls=max(traffic.calls, traffic.made + 1))  # there may be more to come
        self.show(self._traffic)

    def __call__(self, event: Event) -> None:
        """Show what happened."""
        match event.what:
            case Tested(version, tests):
                for test in tests:
                    tried = f"published version {version}; without traffic, test {test.name}"
                    self.show(Said(f"{tried} {test.problem or 'passed'}", Tone.BAD if test.problem else Tone.PLAIN))
            case Looked():
                self._looked = event.what
            case Stepped(before, after):
                self._over(event.at)
                self._moved((), event, before, after)
            case RolledBack(before, after):
                self._over(event.at)
                self._moved(("rolled back",), event, before, after)
            case Held(_, why):
                self._over(event.at)
                self.show(Said(f"on hold: {why}", Tone.BAD))
            case Noticed(_, text, loud=True):
                self.show(Said(text))
            case Began() | Hooked() | Waited() | Resumed() | Noticed() | Ended():
                pass

    def _moved(self, done: tuple[str, ...], event: Event, before: AliasState, after: AliasState) -> None:
        self.state = after
        self.steps.append(after)
        self.show(Moved(done, event.subject.alias, before, after))

    def _expected(self) -> int:
        """The calls that will have come by the end of the bake, metrics being late."""
        share = self.state.share if isinstance(self.state, Transition) else ALL
        return round(self.a_minute * (self.watch.bake_at(share).seconds + self.watch.delay) / PERIOD)

    def _over(self, at: float) -> None:
        """Show how a step went."""
        if self._traffic is not None:
            whole = replace(self._traffic, calls=self._traffic.made)
            self.rounds.append(whole)
            self.show(whole)
        if self._looked is not None:
            for said in _verdict(self._looked, at):
                self.show(said)
        self._traffic = self._looked = None


def _verdict(looked: Looked, at: float) -> Iterator[Said]:
    judgement, minutes = looked.judgement, round((at - looked.since) / PERIOD)
    numbers = judgement.failed or judgement.findings
    if judgement.judged is Judged.PASS:
        yield Said(f"pass after {minutes} minutes: {', '.join(map(_numbers, numbers))}", Tone.GOOD)
        return
    yield Said(f"{judgement.judged} after {minutes} minutes", _TONES[judgement.judged])
    yield from (Said(finding.text) for finding in numbers)


def _numbers(finding: Finding) -> str:
    """What was compared, new against old."""
    if finding.new is None or finding.old is None:
        return finding.gate
    if finding.gate.startswith("duration"):
        return f"{finding.gate.removeprefix('duration ')} {finding.new:.0f} ms against {finding.old:.0f} ms"
    return f"{finding.gate} {finding.new:.1f} % against {finding.old:.1f} %"
