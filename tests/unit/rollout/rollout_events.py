"""Every event that can happen, for property tests, and one of each kind for all others."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from deployer.core import Percent, Published, Stable, Transition
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import PERIOD, Alarm, AlarmState, Observation, Period
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
    Tested,
    Tried,
    Waited,
)
from deployer.testing import percents, states

AT: Final = 1_795_000_000.25
SUBJECT: Final = Subject("shop-orders-prd", "LIVE", "orders", "prd", "eu-central-1", "123456789012")
FOUR: Final = Stable(Published(4))
FIVE: Final = Stable(Published(5))
QUARTER: Final = Transition(Published(5), Published(4), Percent(7500))
SEEN: Final = Observation(
    1_794_999_960,
    (Period(1_794_999_900, 40, 4, 0, {50: 12.5, 99.9: 80.0}),),
    (Period(1_794_999_840, 120), Period(1_794_999_900, 120, 1, 2)),
    (Alarm("5xx", AlarmState.OK, 1_794_000_000), Alarm("gone", AlarmState.MISSING)),
)
JUDGED: Final = Judgement(
    Judged.FAIL,
    (Finding("errors", Judged.FAIL, "10 % of 40 against 0.4 % of 240", 431.0, 400.0, 10.0, 0.4),),
    40,
)
HAPPENINGS: Final[tuple[Happening, ...]] = (
    Began(FOUR, (Percent(2500), Percent(10_000)), "v2"),
    Tested("5", (Tried("smoke", "5", 12.0), Tried("order", "5", 8.5, "statusCode is 500, not 200", "$.a: 1 → 2"))),
    Hooked("warm-up", "before", 1.5),
    Stepped(FOUR, QUARTER, "op-1", "the first step", "5"),
    Looked(QUARTER, 1_794_999_900, SEEN, JUDGED),
    Waited(1_795_000_060, "the bake of 60 s"),
    RolledBack(QUARTER, FOUR, "op-2", "errors"),
    Held(QUARTER, "too few calls", "deployer resume"),
    Resumed(QUARTER),
    Noticed("clock", "this machine's clock is late", loud=True),
    Ended(End.ROLLED_BACK, FOUR, "rolled back to 4"),
)


def event(what: Happening) -> Event:
    """It, at AT, in the rollout of SUBJECT."""
    return Event(AT, SUBJECT, what)


_TEXTS = st.text(max_size=8)
_OPTIONAL = st.none() | _TEXTS
_TIMES = st.integers(0, 4_000_000_000)
_NUMBERS = st.floats(allow_nan=False)
_SECONDS = st.floats(0, 1e6)


def _periods(through: int) -> st.SearchStrategy[tuple[Period, ...]]:
    durations = st.dictionaries(st.sampled_from([50.0, 95.0, 99.9]), st.floats(0, 900_000), max_size=2)
    counts = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), durations)

    def periods(given: list[tuple[int, int, int, dict[float, float]]]) -> tuple[Period, ...]:
        first = through // PERIOD - len(given)
        return tuple(
            Period((first + index) * PERIOD, good + bad, bad, throttled, spent)
            for index, (good, bad, throttled, spent) in enumerate(given)
        )

    return st.lists(counts, max_size=3).map(periods)


def _observations() -> st.SearchStrategy[Observation]:
    alarms = st.lists(st.builds(Alarm, _TEXTS, st.sampled_from(AlarmState), st.none() | _TIMES), max_size=2).map(tuple)
    return st.integers(1_000_000, 4_000_000_000).flatmap(
        lambda through: st.builds(Observation, st.just(through), _periods(through), _periods(through), alarms)
    )


def _judgements() -> st.SearchStrategy[Judgement]:
    maybe = st.none() | _NUMBERS
    findings = st.builds(Finding, _TEXTS, st.sampled_from(Judged), _TEXTS, maybe, maybe, maybe, maybe)
    return st.builds(Judgement, st.sampled_from(Judged), st.lists(findings, max_size=2).map(tuple), st.integers(0))


def happenings() -> st.SearchStrategy[Happening]:
    """Whatever can happen."""
    tried = st.builds(Tried, _TEXTS, _TEXTS, _SECONDS, _TEXTS, _TEXTS)
    return st.one_of(
        st.builds(Began, states(), st.lists(percents(), max_size=4).map(tuple), _OPTIONAL),
        st.builds(Tested, _TEXTS, st.lists(tried, max_size=3).map(tuple)),
        st.builds(Hooked, _TEXTS, _TEXTS, _SECONDS, _TEXTS),
        st.builds(Stepped, states(), states(), _TEXTS, _TEXTS, _OPTIONAL),
        st.builds(Looked, states(), _TIMES, _observations(), _judgements()),
        st.builds(Waited, _TIMES, _TEXTS),
        st.builds(RolledBack, states(), states(), _TEXTS, _TEXTS),
        st.builds(Held, states(), _TEXTS, _TEXTS),
        st.builds(Resumed, states()),
        st.builds(Noticed, _TEXTS, _TEXTS, st.booleans()),
        st.builds(Ended, st.sampled_from(End), states(), _TEXTS),
    )


def events() -> st.SearchStrategy[Event]:
    """Any of them, at any millisecond."""
    at = st.integers(0, 4_000_000_000_000).map(lambda milliseconds: milliseconds / 1000)
    subjects = st.builds(Subject, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS)
    return st.builds(Event, at, subjects, happenings())
