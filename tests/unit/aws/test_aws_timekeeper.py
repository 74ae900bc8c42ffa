"""The time of AWS, as answers tell it: a clock that is right is left alone, one that is wrong does not count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from hypothesis import given
from hypothesis import strategies as st

from deployer.aws.session import Session
from deployer.aws.timekeeper import TOLERANCE, Timekeeper
from deployer.core import Notice, Topic

NOON = 1_795_000_000.0  # by AWS's time


@dataclass
class Skewed:
    """A clock that is `off` by so many seconds."""

    off: float = 0.0
    true: float = NOON
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.true + self.off

    def monotonic(self) -> float:
        return self.true - NOON

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.true += seconds


def answered(timekeeper: Timekeeper, there: float = 0.0, back: float = 0.0) -> None:
    """An answer that was `there` seconds on its way to AWS, and `back` seconds from it."""
    clock = timekeeper.clock
    assert isinstance(clock, Skewed)
    asked = clock.now()
    date = formatdate(clock.true + there, usegmt=True)
    clock.true += there + back
    timekeeper.heard(date, asked)


def hearing(off: float) -> Timekeeper:
    """What has heard one answer, at once, by a clock that is `off`."""
    timekeeper = Timekeeper(Skewed(off))
    answered(timekeeper)
    return timekeeper


TRANSIT = st.floats(0, 60)
ANSWERS = st.lists(st.tuples(TRANSIT, TRANSIT, st.floats(0, 3600)), min_size=1, max_size=6)
CLOSE = st.floats(-TOLERANCE, TOLERANCE)
ANY = st.floats(-1e6, 1e6)


@given(CLOSE, ANSWERS)
def test_a_clock_within_the_tolerance_is_never_corrected_however_slow_answers_are(
    off: float, answers: list[tuple[float, float, float]]
) -> None:
    timekeeper = Timekeeper(Skewed(off))
    for there, back, pause in answers:
        answered(timekeeper, there, back)
        assert (timekeeper.now(), timekeeper.notices) == (timekeeper.clock.now(), ())
        timekeeper.clock.sleep(pause)


@given(st.lists(st.tuples(ANY, TRANSIT, TRANSIT), min_size=1, max_size=6))
def test_after_each_answer_it_is_no_further_off_than_the_tolerance_and_what_the_answer_leaves_open(
    answers: list[tuple[float, float, float]],
) -> None:
    """Whatever was heard before, of a clock that may have been set in between."""
    clock = Skewed()
    timekeeper = Timekeeper(clock)
    for off, there, back in answers:
        clock.off = off
        answered(timekeeper, there, back)
        left_open = 1 + there + back
        wrong = abs(timekeeper.now() - clock.true)
        assert wrong <= left_open + (0 if timekeeper.correction else TOLERANCE) + 1e-6


@given(ANY, ANSWERS)
def test_a_clock_that_is_corrected_is_never_ahead_of_awss(
    off: float, answers: list[tuple[float, float, float]]
) -> None:
    clock = Skewed(off)
    timekeeper = Timekeeper(clock)
    for there, back, pause in answers:
        answered(timekeeper, there, back)
        assert not timekeeper.correction or timekeeper.now() <= clock.true + 1e-6
        clock.sleep(pause)


@pytest.mark.parametrize("off", [-240.0, 240.0, -40_000_000.0, 40_000_000.0])
def test_a_clock_that_is_wrong_goes_by_awss_time(off: float) -> None:
    timekeeper = hearing(off)
    assert timekeeper.now() == NOON
    timekeeper.clock.sleep(600)
    assert timekeeper.now() == NOON + 600


def test_time_does_not_jump_from_answer_to_answer() -> None:
    """The fractions of a second that a Date lacks are not taken for a clock that runs unevenly."""
    timekeeper = hearing(-240)
    seen = []
    for _ in range(40):
        timekeeper.clock.sleep(0.1)
        answered(timekeeper, 0.01, 0.01)
        seen.append(timekeeper.correction)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(240, abs=1)
    assert len(set(seen[10:])) == 1, "after a second of answers all is known"


def test_a_clock_that_was_set_right_counts_again() -> None:
    clock = Skewed(-240)
    timekeeper = Timekeeper(clock)
    answered(timekeeper)
    clock.off = 0
    answered(timekeeper)
    assert (timekeeper.now(), timekeeper.notices) == (clock.now(), ())


def test_an_answer_that_a_machine_slept_through_tells_nothing_of_its_clock() -> None:
    timekeeper = Timekeeper(Skewed())
    answered(timekeeper, back=8 * 3600)
    assert timekeeper.now() == timekeeper.clock.now()


def test_a_clock_that_was_put_back_while_it_waited_for_the_answer() -> None:
    clock = Skewed(3600)
    timekeeper = Timekeeper(clock)
    asked = clock.now()
    clock.off = 0
    timekeeper.heard(formatdate(NOON, usegmt=True), asked)
    assert timekeeper.now() == NOON


def test_before_any_answer_the_clock_counts() -> None:
    timekeeper = Timekeeper(Skewed(-240))
    assert (timekeeper.now(), timekeeper.correction, timekeeper.notices) == (NOON - 240, 0, ())


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "noon",
        "Thu, 99 Nov 2026 09:06:40 GMT",
        "Wed, 18 Nov 2026 09:06:40 -0000",
        "Wed, 18 Nov 2026 09:06:40 GMT, Wed, 18 Nov 2026 09:06:41 GMT",
        "Wed, 18 Nov 9999 09:06:40 +1400",
    ],
)
def test_a_date_that_is_missing_or_cannot_be_read_changes_nothing(date: str | None) -> None:
    for timekeeper in (hearing(-240), Timekeeper(Skewed(-240))):
        before = timekeeper.correction
        timekeeper.heard(date, timekeeper.clock.now())
        assert timekeeper.correction == before


@given(st.text())
def test_no_text_is_an_error(date: str) -> None:
    Timekeeper(Skewed()).heard(date, NOON)


@pytest.mark.parametrize(("off", "text"), [(-130, "130 s behind AWS's"), (130, "130 s ahead of AWS's")])
def test_a_clock_that_is_wrong_is_told(off: float, text: str) -> None:
    told = Notice(Topic.CLOCK, f"this machine's clock is {text}; AWS's counts", loud=True)
    assert hearing(off).notices == (told,)


def test_waiting_is_left_to_the_machine() -> None:
    timekeeper = hearing(-240)
    timekeeper.sleep(7)
    assert (timekeeper.clock.slept, timekeeper.monotonic()) == ([7], 7)  # type: ignore[attr-defined]  # a Skewed


# On the wire


class _Raw:
    def stream(self) -> list[bytes]:
        return [b"{}"]


def heard_by(clock: Skewed, *answers: Callable[[Any], AWSResponse]) -> Timekeeper:
    """What a session knows after one GetAlias whose attempts are answered so."""
    session = Session("eu-central-1", clock=clock)
    waiting = iter(answers)
    client: Any = session.lambda_client
    client.meta.events.register("before-send.lambda", lambda request, **_: next(waiting)(request))
    client.get_alias(FunctionName="orders", Name="LIVE")
    return session.timekeeper


def answer(status: int, headers: dict[str, str]) -> Callable[[Any], AWSResponse]:
    return lambda request: AWSResponse(request.url, status, headers, _Raw())  # type: ignore[arg-type]  # any mapping does


DATED = {"date": formatdate(NOON, usegmt=True)}


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)


@pytest.mark.usefixtures("_credentials")
def test_every_answer_tells_the_time_an_error_too() -> None:
    assert heard_by(Skewed(-240), answer(200, DATED)).now() == NOON
    assert heard_by(Skewed(-240), answer(503, DATED), answer(200, {})).now() == NOON


@pytest.mark.usefixtures("_credentials")
def test_an_answer_without_a_date_or_none_at_all_tells_nothing() -> None:
    def dropped(request: Any) -> AWSResponse:
        raise ConnectionClosedError(endpoint_url=request.url)

    assert heard_by(Skewed(-240), dropped, answer(200, {})).now() == NOON - 240
    assert heard_by(Skewed(-240), dropped, answer(200, DATED)).now() == NOON


@pytest.mark.usefixtures("_credentials")
def test_each_attempt_is_timed_by_itself() -> None:
    """Else one that was tried again after a minute would leave open what the time is."""
    clock = Skewed(-240)

    def late(request: Any) -> AWSResponse:
        clock.sleep(60)
        return answer(503, {})(request)

    then = {"Date": formatdate(NOON + 60, usegmt=True)}
    assert heard_by(clock, late, answer(200, then)).now() == NOON + 60
