"""Of a file to which every release is appended, the page tells the last one."""

import itertools
import re
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_pages import NEW, NOON, OLD, QUARTER, looked, period, read, told
from test_report_streams import streams

from deployer.core.percent import Percent
from deployer.core.state import Absent, Stable, Transition
from deployer.core.version import Published
from deployer.core.watch.judgement import Judged
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
    Subject,
    Waited,
)
from deployer.rollout.event import Tested as WasTested  # a name that pytest does not take for a class of tests
from deployer.rollout.report import render
from deployer.rollout.report.headline import sentence
from deployer.rollout.report.releases import releases
from deployer.rollout.report.story import stories
from tools.rollouts import by_hand, long, passed, rolled_back

SAMPLES = {"rolled back": rolled_back(), "passed": passed(), "by hand": by_hand(), "long": long(210)}
LINE = re.compile(r'<p class="quiet">[\d,]+ earlier releases? (?:is|are) in the same events, and not shown here\.</p>')
DAY = 86_400

BEGAN, AGAIN, NEXT = (Began(state, (Percent.of(25), Percent.of(100))) for state in (OLD, QUARTER, NEW))
SIX, HALF = Stable(Published(6)), Transition(Published(5), Published(4), Percent.of(50))
SIXTH = Transition(Published(6), Published(5), Percent.of(75))
SWAPPED = Transition(Published(4), Published(5), Percent.of(50))
TESTED, TESTED_6 = WasTested("5", ()), WasTested("6", ())
STEP, MORE, FINISH = (
    Stepped(before, after, "op", "") for before, after in ((OLD, QUARTER), (QUARTER, HALF), (HALF, NEW))
)
STEP_6 = Stepped(NEW, SIXTH, "op", "")
BACK = RolledBack(QUARTER, OLD, "op", "")
LOOK, LOOK_NEW = looked(), looked(state=NEW)
DONE, WAITS = Ended(End.DONE, NEW, ""), Ended(End.WAITING, QUARTER, "")
IDLE, IDLE_BACK = replace(DONE, idle=True), Ended(End.ROLLED_BACK, OLD, "", idle=True)
UNTESTED = Ended(End.TESTS_FAILED, OLD, "")
HOOKED, NOTICED = Hooked("a", "before", 1.0), Noticed("a", "b")


def shifted(thing: object, versions: int) -> object:
    """The same of versions that were published later."""
    if isinstance(thing, Published):
        return Published(thing.number + versions)
    if isinstance(thing, tuple):
        return tuple(shifted(part, versions) for part in thing)
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    made = {each.name: shifted(getattr(thing, each.name), versions) for each in fields(thing)}
    for name in {"version", "published"} & made.keys():
        if isinstance(made[name], str):
            made[name] = str(int(str(made[name])) + versions)
    return type(thing)(**made)


def later(events: tuple[Event, ...], days: int, versions: int = 0) -> tuple[Event, ...]:
    """The same rollout `days` later: its looks saw their periods then."""
    moved = []
    for event in events:
        what = event.what
        if isinstance(what, Looked):
            seen = what.observation
            new, old = (tuple(replace(one, start=one.start + days * DAY) for one in of) for of in (seen.new, seen.old))
            what = replace(
                what,
                since=what.since + days * DAY,
                observation=replace(seen, through=seen.through + days * DAY, new=new, old=old),
            )
        changed = shifted(what, versions)
        moved.append(Event(event.at + days * DAY, event.subject, changed))  # type: ignore[arg-type]  # the same type
    return tuple(moved)


def cut(*happenings: Happening) -> list[list[Happening]]:
    return [[event.what for event in release] for release in releases(told(*enumerate(happenings)))]


@pytest.mark.parametrize("versions", [0, 1])
@pytest.mark.parametrize("second", SAMPLES)
@pytest.mark.parametrize("first", SAMPLES)
def test_two_releases_have_the_page_of_the_second_one_but_for_one_line(first: str, second: str, versions: int) -> None:
    last = later(SAMPLES[second], 3, versions)
    page = render((*SAMPLES[first], *last))
    assert len(LINE.findall(page)) == 1
    assert LINE.sub("", page) == render(last)


@given(st.lists(st.sampled_from(list(SAMPLES)), min_size=2, max_size=4), st.integers(0, 1), st.data())
def test_any_number_of_releases_has_the_page_of_the_last_one(
    names: list[str], versions: int, data: st.DataObject
) -> None:
    streams = [later(SAMPLES[name], place, versions * place) for place, name in enumerate(names)]
    missing = data.draw(st.integers(0, len(streams[0]) - 1))
    whole = (*streams[0][missing:], *itertools.chain.from_iterable(streams[1:]))
    (story,) = stories(whole)
    (alone,) = stories(streams[-1])
    assert replace(story, earlier=0) == alone
    assert len(names) - 2 <= story.earlier <= len(names) - 1
    if not missing:
        assert story.earlier == len(names) - 1


@given(streams())
def test_no_event_is_told_twice_and_their_order_stays(events: list[Event]) -> None:
    found = [id(event) for release in releases(events) for event in release]
    assert len(set(found)) == len(found)
    assert all(releases(events))
    for release in releases(events):
        places = [[id(event) for event in events].index(id(event)) for event in release]
        assert places == sorted(places)


@pytest.mark.parametrize(
    "release",
    [
        (BEGAN, NOTICED, TESTED, HOOKED, STEP, LOOK, WAITS, AGAIN, LOOK, MORE, FINISH, LOOK_NEW, DONE, IDLE, IDLE),
        (BEGAN, STEP, LOOK, BACK, IDLE_BACK, BEGAN, NOTICED, IDLE_BACK, IDLE_BACK),
        (STEP, Stepped(QUARTER, OLD, "op", "by `route`"), Ended(End.DONE, OLD, ""), IDLE_BACK),
        (STEP, MORE, Stepped(HALF, QUARTER, "op", "by `route`"), Held(QUARTER, "", ""), Resumed(QUARTER), LOOK),
        (BEGAN, STEP, MORE, FINISH, DONE, NEXT, DONE, NEXT, LOOK_NEW, DONE),
        (STEP, MORE, FINISH, DONE, Stepped(NEW, HALF, "op", "by `route`"), LOOK),
        (STEP, MORE, FINISH, RolledBack(NEW, OLD, "op", ""), IDLE_BACK),
        (AGAIN, LOOK, BACK),
        (LOOK_NEW, DONE),
        (NOTICED, IDLE),
        (BEGAN, TESTED, BEGAN, TESTED, STEP, LOOK),
        (BEGAN, TESTED, Stepped(OLD, NEW, "op", ""), LOOK_NEW),
        (BEGAN, TESTED, IDLE_BACK, STEP),
        (Began(Absent(), (Percent.of(100),)), Stepped(Absent(), NEW, "op", ""), DONE),
    ],
)
def test_one_release_stays_whole(release: tuple[Happening, ...]) -> None:
    assert cut(*release) == [list(release)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((BEGAN, STEP, MORE, FINISH, DONE, IDLE), (NEXT, NOTICED, TESTED_6, HOOKED, STEP_6)),
        ((BEGAN, STEP, MORE, FINISH, DONE, IDLE), (NEXT, HOOKED, STEP_6)),
        ((BEGAN, STEP, MORE, FINISH, DONE, IDLE), (STEP_6, NOTICED)),
        ((STEP, BACK, NOTICED, IDLE_BACK), (STEP,)),
        ((BEGAN, STEP, BACK, IDLE_BACK), (BEGAN, TESTED, STEP, LOOK)),
        ((BEGAN, STEP, BACK, IDLE_BACK), (BEGAN, TESTED, UNTESTED)),
        ((BEGAN, STEP, MORE, FINISH, DONE), (NEXT, TESTED_6, Ended(End.TESTS_FAILED, NEW, ""))),
        ((BEGAN, STEP, MORE, FINISH, DONE), (NEXT, HOOKED, Ended(End.FAILED, NEW, ""))),
        ((BEGAN, TESTED, UNTESTED), (BEGAN, TESTED, STEP)),
        ((STEP, LOOK), (Stepped(QUARTER, Transition(Published(6), Published(4), Percent.of(90)), "op", ""),)),
        ((STEP, LOOK), (AGAIN, TESTED_6, Stepped(QUARTER, SIXTH, "op", ""))),
        ((STEP, LOOK), (Stepped(QUARTER, SIX, "op", "by `deploy`"),)),
        ((STEP, MORE, FINISH), (Stepped(NEW, OLD, "op", "by `route`"),)),
        ((STEP, MORE), (Stepped(HALF, SWAPPED, "op", "by `route`"), looked(state=SWAPPED))),
        ((STEP, LOOK, Waited(NOON, "")), (looked(state=SIXTH), Waited(NOON, ""))),
        ((STEP, LOOK), (looked(state=SIX),)),
        ((STEP, LOOK), (RolledBack(SIX, NEW, "op", ""),)),
        ((STEP, LOOK, Stepped(QUARTER, OLD, "op", "by `route`")), (STEP,)),
    ],
)
def test_another_release_begins(before: tuple[Happening, ...], after: tuple[Happening, ...]) -> None:
    assert cut(*before, *after) == [list(before), list(after)]


def test_what_comes_before_the_first_release_is_none() -> None:
    assert cut(IDLE_BACK, IDLE_BACK, BEGAN, TESTED, STEP) == [[BEGAN, TESTED, STEP]]
    assert cut() == []


def test_a_look_at_the_version_before_while_the_next_is_tested_is_of_the_release_before() -> None:
    wait, waiting = Waited(NOON, ""), Ended(End.WAITING, NEW, "", idle=True)
    assert cut(STEP, MORE, FINISH, LOOK_NEW, NEXT, TESTED_6, LOOK_NEW, wait, waiting, HOOKED, STEP_6) == [
        [STEP, MORE, FINISH, LOOK_NEW, LOOK_NEW],
        [NEXT, TESTED_6, wait, waiting, HOOKED, STEP_6],
    ]
    assert cut(STEP, MORE, FINISH, DONE, NEXT, HOOKED, IDLE, STEP_6) == [
        [STEP, MORE, FINISH, DONE, IDLE],
        [NEXT, HOOKED, STEP_6],
    ]


def test_the_headline_and_the_errors_are_those_of_the_latest_release() -> None:
    bad = looked(Judged.FAIL, new=(period(1, 100, 90),), old=(period(1, 100, 1),))
    good = looked(new=(period(9, 50, 0),), old=(period(9, 150, 3),), state=SIXTH)
    happenings: list[Happening] = [STEP, bad, MORE, FINISH, DONE, STEP_6, good]
    (story,) = stories(told(*enumerate(happenings)))
    assert sentence(story).startswith("The rollout of version 6 of orders on LIVE in prd ")
    assert [(point.invocations, point.errors) for point in (*story.series.new, *story.series.old)] == [
        (50, 0),
        (150, 3),
    ]
    assert story.earlier == 1


def test_each_function_has_its_own_latest_release() -> None:
    payments = Subject("payments", "LIVE")
    events = (
        *told((0, STEP), (1, MORE), (2, FINISH), (3, DONE), (4, STEP_6)),
        *told((0, STEP), (9, LOOK), subject=payments),
    )
    page = read(render(sorted(events, key=lambda event: event.at)))
    assert [[p.text for p in part.all("p", "quiet")] for part in page.all("article")] == [
        ["1 earlier release is in the same events, and not shown here."],
        [],
    ]
