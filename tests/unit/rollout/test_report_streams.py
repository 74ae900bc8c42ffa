"""Whatever a stream holds, its page can be read."""

from hypothesis import given
from hypothesis import strategies as st
from report_pages import NOON, read

from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import PERIOD, Alarm, AlarmState, Observation, Period
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Subject,
    Tried,
    Waited,
)
from deployer.rollout.event import Tested as WasTested  # a name that pytest does not take for a class of tests
from deployer.rollout.report import render
from deployer.testing import percents, routings, states

texts = st.text(max_size=12) | st.sampled_from(["<b>", "&amp;", '"', "\x00", "\ud800", "]]>", "-->"])
numbers = st.floats() | st.floats(0, 1e6)
counts = st.integers(0, 10**6)


@st.composite
def periods(draw: st.DrawFn) -> tuple[Period, ...]:
    starts = draw(st.lists(st.integers(0, 300) | st.integers(0, 10**8), unique=True, max_size=6).map(sorted))
    return tuple(draw(period(NOON // PERIOD * PERIOD + PERIOD * start)) for start in starts)


@st.composite
def period(draw: st.DrawFn, start: int) -> Period:
    calls = draw(counts)
    durations = draw(st.dictionaries(st.sampled_from([50.0, 95.0, 99.9]) | numbers, numbers, max_size=3))
    return Period(start, calls, draw(st.integers(0, calls)), draw(counts), durations)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    new, old = draw(periods()), draw(periods())
    through = max((one.start + PERIOD for one in (*new, *old)), default=NOON)
    alarms = draw(st.lists(st.builds(Alarm, texts, st.sampled_from(AlarmState)), max_size=2))
    return Observation(through, new, old, tuple(alarms))


maybe = st.none() | numbers
findings = st.builds(Finding, texts, st.sampled_from(Judged), texts, maybe, maybe, maybe, maybe)
judgements = st.builds(Judgement, st.sampled_from(Judged), st.lists(findings, max_size=3).map(tuple), counts)
schedules = st.lists(percents(), max_size=4).map(tuple)
tried = st.builds(Tried, texts, texts, numbers, texts, texts)
happenings = st.one_of(
    st.builds(Began, states(), schedules, st.none() | texts),
    st.builds(WasTested, texts, st.lists(tried, max_size=3).map(tuple)),
    st.builds(Hooked, texts, texts, numbers, texts),
    st.builds(Stepped, states(), routings(), texts, texts, st.none() | texts),
    st.builds(Looked, states(), counts, observations(), judgements),
    st.builds(Waited, st.integers(0, 10**11), texts, texts),
    st.builds(RolledBack, states(), routings(), texts, texts),
    st.builds(Held, states(), texts, texts),
    st.builds(Resumed, states()),
    st.builds(Noticed, texts, texts, st.booleans()),
    st.builds(Ended, st.sampled_from(End), states(), texts),
)
subjects = st.builds(Subject, texts, texts, texts, texts, texts, texts)
times = st.floats() | st.floats(NOON, NOON + 10**6)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    about = draw(st.lists(subjects, min_size=1, max_size=2))
    return draw(st.lists(st.builds(Event, times, st.sampled_from(about), happenings), max_size=25))


@given(streams())
def test_every_stream_has_a_page_that_can_be_read(events: list[Event]) -> None:
    written = render(events)
    written.encode()
    read(written)
    assert written == render(events)
