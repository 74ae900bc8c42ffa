"""How a rollout that watches itself is shown, and the time in which it happens."""

from __future__ import annotations

import pytest

from deployer.core import Percent, Published, Stable, Transition
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import Observation
from deployer.core.watch.policy import Bake, Watch
from deployer.demo.clock import STRETCH, SkippingClock
from deployer.demo.load import Answer
from deployer.demo.scene import Moved, Said, Scene, Tone
from deployer.demo.traffic import Answers, Traffic
from deployer.demo.watching import Watching
from deployer.rollout.event import Event, Happening, Held, Looked, Noticed, RolledBack, Stepped, Subject, Tested, Tried

BEGAN = 1_798_200_000
OLD = Stable(Published(1))
QUARTER = Transition(Published(2), Published(1), Percent.of(75))
ERRORS = Finding("errors", Judged.PASS, "said at length", 0.1, 800.0, 0.0, 1.25)
LATENCY = Finding("duration p90", Judged.PASS, "said at length", 0.1, 800.0, 21.4, 20.6)


@pytest.fixture
def shown() -> list[Scene]:
    return []


@pytest.fixture
def watching(shown: list[Scene]) -> Watching:
    return Watching(shown.append, Watch(Bake(300), delay=120), OLD, a_minute=1.0)


def tell(watching: Watching, what: Happening, minutes: int = 0) -> None:
    watching(Event(BEGAN + 60 * minutes, Subject("orders", "LIVE"), what))


def looked(judged: Judged, *findings: Finding) -> Looked:
    return Looked(QUARTER, BEGAN, Observation(BEGAN), Judgement(judged, findings, 40))


def test_calls_are_shown_as_they_come_and_whole_when_the_step_is_over(watching: Watching, shown: list[Scene]) -> None:
    watching.called([Answer("1", failed=False)])  # before anything is under way
    tell(watching, Stepped(OLD, QUARTER, "op", "first step"))
    watching.called([Answer("2", failed=True), Answer("1", failed=False)])
    watching.called([Answer("1", failed=False)])
    tell(watching, RolledBack(QUARTER, OLD, "op", "worse"))
    two, three = (Answers("2", 25.0, 1, 1), Answers("1", 75.0, 1)), (Answers("2", 25.0, 1, 1), Answers("1", 75.0, 2))
    assert shown == [
        Moved((), "LIVE", OLD, QUARTER),
        Traffic(7, 2, two),
        Traffic(7, 3, three),
        Traffic(3, 3, three),
        Moved(("rolled back",), "LIVE", QUARTER, OLD),
    ]
    assert (watching.rounds, watching.steps) == ([Traffic(3, 3, three)], [QUARTER, OLD])


def test_more_calls_than_were_expected_are_still_not_all(watching: Watching, shown: list[Scene]) -> None:
    tell(watching, Stepped(OLD, QUARTER, "op", "first step"))
    watching.called([Answer("1", failed=False)] * 9)
    assert shown[-1] == Traffic(10, 9, (Answers("2", 25.0), Answers("1", 75.0, 9)))


def test_a_pass_is_one_line_with_its_numbers(watching: Watching, shown: list[Scene]) -> None:
    alarm = Finding("alarm 5xx", Judged.PASS, "alarm 5xx is OK")
    tell(watching, looked(Judged.PASS, ERRORS, LATENCY, alarm))
    tell(watching, Stepped(QUARTER, Stable(Published(2)), "op", "pass"), minutes=7)
    text = "pass after 7 minutes: errors 0.0 % against 1.2 %, p90 21 ms against 21 ms, alarm 5xx"
    assert shown[0] == Said(text, Tone.GOOD)


def test_a_fail_is_told_in_the_words_of_the_gate_that_says_so(watching: Watching, shown: list[Scene]) -> None:
    failed = Finding("errors", Judged.FAIL, "9.9 % of the calls failed")
    tell(watching, looked(Judged.FAIL, failed, LATENCY))
    tell(watching, RolledBack(QUARTER, OLD, "op", "9.9 % of the calls failed"), minutes=3)
    assert shown == [
        Said("fail after 3 minutes", Tone.BAD),
        Said("9.9 % of the calls failed"),
        Moved(("rolled back",), "LIVE", QUARTER, OLD),
    ]


def test_what_no_rollout_of_the_demo_should_come_to_is_told_too(watching: Watching, shown: list[Scene]) -> None:
    tell(watching, Tested("2", (Tried("a", "2", 9.0), Tried("b", "2", 9.0, "took 9 s"))))
    tell(watching, Noticed("look", "AWS cannot be reached", loud=True))
    tell(watching, Noticed("first", "there is no alias yet"))
    tell(watching, Held(QUARTER, "too few calls", "`deploy`"))
    assert shown == [
        Said("published version 2; without traffic, test a passed"),
        Said("published version 2; without traffic, test b took 9 s", Tone.BAD),
        Said("AWS cannot be reached"),
        Said("on hold: too few calls", Tone.BAD),
    ]


def test_whoever_sleeps_is_there_at_once_and_all_that_belongs_to_the_time_happens() -> None:
    passed: list[tuple[float, float]] = []
    clock = SkippingClock(1_000.0)
    clock.meanwhile = lambda seconds: passed.append((clock.now(), seconds))
    before = clock.monotonic()
    clock.sleep(2 * STRETCH + 1)
    assert passed == [(1_000 + STRETCH, STRETCH), (1_000 + 2 * STRETCH, STRETCH), (1_001 + 2 * STRETCH, 1)]
    assert (clock.now(), clock.skipped) == (1_001 + 2 * STRETCH, 2 * STRETCH + 1)
    assert clock.monotonic() - before >= clock.skipped
