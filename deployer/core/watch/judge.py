"""New version against old one, since the present step began: what one look says.

What the guarantee is: over a whole rollout, however often it is looked at, the chance that the statistical gates call a
version bad that is no worse than they allow is at most `gates.alpha`. Each test is an e-process (`share.py`,
`slowness.py`) over the complete periods of one step, which may be looked at any time (`mixture.py`); it fails at
`tests` / alpha, so that the chances of all tests of a rollout, steps times gates, add up to alpha at most (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from deployer.core.errors import InvalidValue
from deployer.core.watch import phrase
from deployer.core.watch.alarm import alarm_findings
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.mixture import e_value
from deployer.core.watch.observation import Observation, Period
from deployer.core.watch.policy import DurationGate, ErrorGate, Gates, ThrottleGate
from deployer.core.watch.share import Block, above_ceiling, worse_than_old
from deployer.core.watch.slowness import comparable, slower_than_old

LEAST_PERIODS: Final = 3
"""Fewer comparable periods of durations say nothing."""

_GRAVITY: Final = (Judged.FAIL, Judged.NO_DATA, Judged.INCONCLUSIVE, Judged.PASS)


@dataclass(frozen=True, slots=True)
class _Step:
    """What counts: the periods of both versions since the step began, and what is needed to say anything."""

    new: tuple[Period, ...]
    old: tuple[Period, ...]
    needed: float
    least: int

    @property
    def invocations(self) -> int:
        """The new version's."""
        return sum(period.invocations for period in self.new)

    @property
    def pairs(self) -> list[tuple[Period, Period]]:
        """The periods in which both did something, new and old."""
        old = {period.start: period for period in self.old}
        return [(period, old[period.start]) for period in self.new if period.start in old]

    def finding(self, gate: str, log: float, said: str, shown: tuple[float | None, float | None], lack: str) -> Finding:
        """The verdict by evidence (a logarithm), then by what there was to go by; `lack` is why it says nothing."""
        evidence = e_value(log)
        text = phrase.with_evidence(said, evidence, self.needed)
        if evidence >= self.needed:
            judged = Judged.FAIL
        elif self.invocations == 0:
            judged, text = Judged.NO_DATA, phrase.NO_CALLS
        elif lack:
            judged, text = Judged.INCONCLUSIVE, f"{text}; {lack}"
        else:
            judged = Judged.PASS
        return Finding(gate, judged, text, evidence, self.needed, *shown)

    def lack(self, *, compared: bool) -> str:
        """Which version has been called too rarely to say anything; empty where none was."""
        versions = [("new", self.new), ("old", self.old)][: 1 + compared]
        few = [name for name, periods in versions if sum(each.invocations for each in periods) < self.least]
        return phrase.too_few(few, self.least) if few else ""


def judge(
    observation: Observation,
    gates: Gates,
    *,
    since: int,
    tests: int,
    release_began: int,
    compared: bool = True,
) -> Judgement:
    """Judge the new version by what was seen since `since` (Unix seconds), when the present step began.

    `tests` is how many statistical tests share `gates.alpha` over the whole rollout. `release_began` (Unix seconds)
    tells alarms that were red before. Not `compared` is a new version that has all traffic: there is no old one to
    compare with, so only ceiling and alarms are judged. Without any finding it passes.
    Raises InvalidValue where `tests` are fewer than those of one step.
    """
    if tests < gates.statistical:
        raise InvalidValue(tests, f"alpha is shared by the {gates.statistical} tests of one step at least")
    step = _Step(
        _counted(observation.new, since), _counted(observation.old, since), tests / gates.alpha, gates.least_invocations
    )
    findings = (*_measured(step, gates, compared=compared), *alarm_findings(observation, gates.alarms, release_began))
    return Judgement(_gravest(findings), findings, step.invocations)


def _counted(periods: Iterable[Period], since: int) -> tuple[Period, ...]:
    """Those that began no earlier than the step: in the minute of the step itself the shares were others before it."""
    return tuple(period for period in periods if period.start >= since)


def _gravest(findings: Iterable[Finding]) -> Judged:
    return min((finding.judged for finding in findings), key=_GRAVITY.index, default=Judged.PASS)


def _measured(step: _Step, gates: Gates, *, compared: bool) -> Iterator[Finding]:
    if gates.errors is not None:
        yield from _errors(step, gates.errors, compared=compared)
    if compared:
        yield from (_slower(step, gate) for gate in gates.durations)
        if gates.throttles is not None:
            yield _throttled(step, gates.throttles)


def _errors(step: _Step, gate: ErrorGate, *, compared: bool) -> Iterator[Finding]:
    new, old = _failed(step.new), _failed(step.old)
    if gate.ratio is not None and compared:
        blocks = [Block(one.invocations, one.errors, two.invocations, two.errors) for one, two in step.pairs]
        said = phrase.shares(phrase.FAILED, new, old, gate.ratio)
        log = worse_than_old(blocks, gate.ratio)
        yield step.finding("errors", log, said, (new.percent, old.percent), step.lack(compared=True))
    if gate.ceiling is not None:
        said = phrase.ceiling(new, gate.ceiling)
        log = above_ceiling(new.calls, new.bad, gate.ceiling.fraction)
        yield step.finding("error ceiling", log, said, (new.percent, None), step.lack(compared=False))


def _failed(periods: Iterable[Period]) -> phrase.Share:
    counted = tuple(periods)
    return phrase.Share(sum(each.invocations for each in counted), sum(each.errors for each in counted))


def _throttled(step: _Step, gate: ThrottleGate) -> Finding:
    def tried(period: Period) -> tuple[int, int]:
        return period.invocations + period.throttles, period.throttles

    def share(periods: Iterable[Period]) -> phrase.Share:
        counts = [tried(period) for period in periods]
        return phrase.Share(sum(calls for calls, _ in counts), sum(throttles for _, throttles in counts))

    new, old = share(step.new), share(step.old)
    log = worse_than_old([Block(*tried(one), *tried(two)) for one, two in step.pairs], gate.ratio)
    said = phrase.shares(phrase.THROTTLED, new, old, gate.ratio)
    return step.finding("throttles", log, said, (new.percent, old.percent), step.lack(compared=True))


def _slower(step: _Step, gate: DurationGate) -> Finding:
    pairs = comparable(step.pairs, gate)
    new = _typical([one for one, _ in pairs], gate.percentile)
    old = _typical([two for _, two in pairs], gate.percentile)
    wins = sum(one.durations[gate.percentile] > gate.ratio * two.durations[gate.percentile] for one, two in pairs)
    lack = step.lack(compared=True) or (phrase.too_few_periods(LEAST_PERIODS) if len(pairs) < LEAST_PERIODS else "")
    said = phrase.durations(gate, new, old, wins, len(pairs))
    name, log = phrase.duration_gate(gate.percentile), slower_than_old(step.pairs, gate)
    return step.finding(name, log, said, (new, old), lack)


def _typical(periods: list[Period], percentile: float) -> float | None:
    """The mean of the periods' percentiles by calls: about the percentile of all, which nobody measured."""
    calls = sum(period.invocations for period in periods)
    return sum(period.invocations * period.durations[percentile] for period in periods) / calls if calls else None
