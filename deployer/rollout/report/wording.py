"""Every event in words: what kind it is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.core.percent import Percent
from deployer.core.state import AliasState
from deployer.core.watch.judgement import Judgement
from deployer.rollout.event import (
    Began,
    End,
    Ended,
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
from deployer.rollout.report.figures import clock, counted, day, exact, seconds
from deployer.rollout.report.mark import JUDGED

ENDS = {
    End.DONE: "done",
    End.WAITING: "waiting",
    End.HELD: "held",
    End.ROLLED_BACK: "rolled back",
    End.TESTS_FAILED: "tests failed",
    End.OVERTAKEN: "overtaken",
    End.INTERRUPTED: "interrupted",
    End.FAILED: "failed",
}
"""What people call each end."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`tone` is a class: good, bad, warn, or empty."""

    kind: str
    text: str
    tone: str = ""


def wording(what: Happening) -> Wording:
    """One event in words."""
    match what:
        case Began() | Ended():
            return _edge(what)
        case Stepped() | RolledBack():
            return _moved(what)
        case Waited() | Held() | Resumed():
            return _stopped(what)
        case Tested():
            return _tested(what)
        case Hooked(name, moment, took, problem):
            ran = f"{name} ({moment}), {seconds(took)}"
            return Wording("hook", f"{ran}: {problem}" if problem else ran, "bad" if problem else "")
        case Looked(judgement=judgement):
            return Wording("look", judged(judgement), _tone(judgement))
        case Noticed(topic, text, loud):
            return Wording("notice", f"{text} ({topic})", "warn" if loud else "")


def _edge(what: Began | Ended) -> Wording:
    match what:
        case Began(state, schedule, release):
            named = f" {release}" if release else ""
            return Wording("began", f"Rollout{named} taken up at {shown(state)}. {_schedule(schedule)}")
        case Ended(end, state, text):
            return Wording("ended", _sentences(f"{ENDS[end].capitalize()}, at {shown(state)}", text), tone_of(end))


def _moved(what: Stepped | RolledBack) -> Wording:
    moved = _sentences(f"{shown(what.before)} → {shown(what.after)}: {what.why}")
    match what:
        case Stepped(published=published):
            number = f" Version {published} was published." if published else ""
            return Wording("step", moved + number, "good")
        case RolledBack():
            return Wording("rolled back", moved, "bad")


def _stopped(what: Waited | Held | Resumed) -> Wording:
    match what:
        case Waited(until, why, frozen):
            text = _sentences(f"Until {day(until)} {clock(until)}: {why}", frozen)
            return Wording("frozen", text, "warn") if frozen else Wording("wait", text)
        case Held(state, why, way_on):
            return Wording("held", _sentences(f"At {shown(state)}: {why}", way_on), "warn")
        case Resumed(state):
            return Wording("resumed", _sentences(f"At {shown(state)}: it may go forward again"))


def shown(state: AliasState) -> str:
    """A state of the alias, whose percent signs stay with their numbers."""
    return str(state).replace(" %", "\N{NO-BREAK SPACE}%")


def judged(judgement: Judgement) -> str:
    """A verdict with all that led to it."""
    said = "".join(f"\n{finding.gate}: {finding.text}" for finding in judgement.findings)
    calls = counted(judgement.invocations, "invocation")
    return f"{JUDGED[judgement.judged].capitalize()} after {calls}{said}"


def _tested(what: Tested) -> Wording:
    failed = [test for test in what.tests if test.problem]
    number = counted(len(what.tests), "test")
    if not failed:
        return Wording("tests", f"Version {what.version} passed {number}", "good")
    names = "; ".join(f"{test.name}: {test.problem}" for test in failed)
    return Wording("tests", f"Version {what.version} failed {len(failed):,} of {number}. {names}", "bad")


def _schedule(schedule: tuple[Percent, ...]) -> str:
    steps = ", ".join(exact(share) for share in schedule)
    return f"Steps to come: {steps}." if steps else "No steps to come."


def _tone(judgement: Judgement) -> str:
    return {"fail": "bad", "pass": "good"}.get(judgement.judged, "")


def tone_of(end: End) -> str:
    """The class of an end."""
    return {End.DONE: "good", End.WAITING: "", End.HELD: "warn", End.INTERRUPTED: "warn"}.get(end, "bad")


def _sentences(*texts: str) -> str:
    """One after the other, with a full stop between them where none stands."""
    return " ".join(text if text[-1:] in ".!?" else f"{text}." for text in texts if text)
