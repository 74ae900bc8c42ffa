"""Events of a rollout in words: a line or a few for each, with the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from deployer.cli.paper import Line, Span, Tone, line
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Happening,
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

if TYPE_CHECKING:
    from deployer.cli.commands import Commands

TONES: Final = {
    Judged.PASS: Tone.GOOD,
    Judged.FAIL: Tone.BAD,
    Judged.INCONCLUSIVE: Tone.LOUD,
    Judged.NO_DATA: Tone.LOUD,
}
_ENDS: Final = {End.DONE: Tone.GOOD, End.WAITING: Tone.PLAIN}


def event_lines(event: Event, commands: Commands) -> Iterator[Line]:
    """What happened; the first line has the time (UTC) and the function."""
    name = event.subject.function or event.subject.function_name
    when = f"{datetime.fromtimestamp(event.at, UTC):%H:%M:%S} {name}: "
    for index, text in enumerate(_lines(event.what, commands)):
        yield line(Span(when if index == 0 else " " * len(when), Tone.DIM), *text)


def _lines(what: Happening, commands: Commands) -> Iterator[Line]:  # noqa: C901  # a case for each kind of event
    match what:
        case Began(state, schedule):
            shares = " → ".join(str(share) for share in schedule)
            yield line(f"begins at {state}; {shares} %")
        case Tested():
            yield from _tested(what)
        case Hooked(name, moment, seconds, problem):
            yield line(f"hook {name} ({moment}), {seconds:.1f} s: ", *_result(problem))
        case Stepped(before, after, _, why, published):
            told = "" if published is None else f"published version {published}; "
            yield line(f"step: {told}", Span(f"{before} → {after}", Tone.STRONG), f" ({why})")
        case Looked(judgement=judgement):
            yield from judged_lines(judgement)
        case Waited(_, why, frozen) if frozen:
            yield line(f"waits: {why}")
        case Waited(until, why, _):
            yield line(f"waits until {datetime.fromtimestamp(until, UTC):%H:%M:%S}: {why}")
        case RolledBack(before, after, _, why):
            yield line(Span(f"rolled back: {before} → {after}", Tone.BAD), f": {why}")
        case Held(_, why, way_on):
            yield line(Span(f"on hold: {why}", Tone.LOUD))
            yield line(commands.whole(way_on))
        case Resumed(state):
            yield line(f"resumed at {state}: it may go forward again")
        case Noticed(_, text, loud):
            yield line(Span(commands.whole(text), Tone.LOUD if loud else Tone.PLAIN))
        case Ended(end, _, text):
            yield line(Span(f"{end}: ", _ENDS.get(end, Tone.BAD)), commands.whole(text))


def _tested(tested: Tested) -> Iterator[Line]:
    for test in tested.tests:
        took = f"test {test.name} of version {tested.version}, {test.milliseconds:.0f} ms: "
        yield line(took, *_result(test.problem))
        if test.difference:
            yield line(Span(f"  differs from the version with the traffic: {test.difference}", Tone.LOUD))


def _result(problem: str) -> Line:
    return (Span("passed", Tone.GOOD),) if not problem else (Span(problem, Tone.BAD),)


def judged_lines(judgement: Judgement) -> Iterator[Line]:
    """The verdict, and what each gate says."""
    calls = f"{judgement.invocations:,} calls of the new version: "
    yield line(calls, Span(str(judgement.judged), TONES[judgement.judged]))
    for finding in judgement.findings:
        yield finding_line(finding)


def finding_line(finding: Finding) -> Line:
    """One gate, with its numbers."""
    return line(f"  {finding.gate}: ", Span(str(finding.judged), TONES[finding.judged]), f", {finding.text}")
