import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core.errors import InvalidValue
from deployer.core.percent import Percent
from deployer.core.watch.judge import judge
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import PERIOD, Alarm, AlarmState, Observation, Period
from deployer.core.watch.policy import AlarmGate, DurationGate, ErrorGate, Gates, ThrottleGate
from deployer.core.watch.slowness import percentiles

SINCE = 600 * PERIOD
P95 = DurationGate(95, 1.2)
CEILING = ErrorGate(ratio=None, ceiling=Percent(200))
LATENCIES = dict.fromkeys(percentiles(P95), 100.0)
DOUBLED = dict.fromkeys(LATENCIES, 200.0)


def periods(
    count: int, invocations: int, errors: int = 0, throttles: int = 0, durations: dict[float, float] | None = None
) -> tuple[Period, ...]:
    """One like the other, from SINCE on."""
    return tuple(
        Period(SINCE + number * PERIOD, invocations, errors, throttles, durations or {}) for number in range(count)
    )


def seen(new: tuple[Period, ...] = (), old: tuple[Period, ...] = (), alarms: tuple[Alarm, ...] = ()) -> Observation:
    return Observation(SINCE + 100 * PERIOD, new, old, alarms)


def judged(observation: Observation, gates: Gates | None = None, *, compared: bool = True, tests: int = 6) -> Judgement:
    return judge(
        observation, gates or Gates(), since=SINCE, tests=tests, release_began=SINCE - PERIOD, compared=compared
    )


def only(judgement: Judgement) -> Finding:
    (finding,) = judgement.findings
    assert judgement.judged is finding.judged
    return finding


def test_a_version_that_fails_more_often_is_judged_worse_with_its_numbers() -> None:
    finding = only(judged(seen(periods(4, 103, 8), periods(4, 310, 3))))
    assert finding.evidence is not None
    assert finding.evidence > 600
    assert finding == Finding(
        "errors",
        Judged.FAIL,
        "7.8 % of the new version's 412 calls failed, 1.0 % of the old version's 1,240: "
        "evidence over 1,000,000 of the 600 needed",
        finding.evidence,
        600.0,
        100 * 32 / 412,
        100 * 12 / 1240,
    )


def test_a_version_that_fails_as_often_passes() -> None:
    judgement = judged(seen(periods(4, 103, 1), periods(4, 310, 3)))
    finding = only(judgement)
    assert judgement == Judgement(Judged.PASS, (finding,), 412)
    assert finding.text == (
        "1.0 % of the new version's 412 calls failed, 1.0 % of the old version's 1,240: evidence 0.2 of the 600 needed"
    )


def test_more_tests_need_more_evidence() -> None:
    observation = seen(periods(2, 100, 5), periods(2, 300, 2))
    few, many = only(judged(observation, tests=1)), only(judged(observation, tests=1000))
    assert (few.judged, few.needed) == (Judged.FAIL, 100.0)
    assert (many.judged, many.needed) == (Judged.PASS, 100_000.0)
    assert few.evidence == many.evidence


def test_evidence_that_reaches_what_is_needed_is_enough() -> None:
    from deployer.core.watch.judge import _Step

    step = _Step(periods(1, 100), periods(1, 100), needed=1.0, least=100)
    said = "said: evidence 1.0 of the 1.0 needed"
    assert step.finding("errors", 0.0, "said", (1.0, 2.0), "") == Finding(
        "errors", Judged.FAIL, said, 1.0, 1.0, 1.0, 2.0
    )


def test_a_ratio_allows_more_errors_and_says_so() -> None:
    observation = seen(periods(4, 103, 5), periods(4, 310, 3))
    assert only(judged(observation)).judged is Judged.FAIL
    finding = only(judged(observation, Gates(errors=ErrorGate(5))))
    assert finding.judged is Judged.PASS
    assert finding.text.startswith(
        "4.9 % of the new version's 412 calls failed, 1.0 % of the old version's 1,240, of which 5 times as much is "
        "allowed: evidence "
    )


def test_nothing_measured_of_the_new_version_is_no_data() -> None:
    text = "no calls of the new version have been measured in any whole minute since the step began"
    gates = Gates(errors=ErrorGate(1, Percent(200)), durations=(P95,), throttles=ThrottleGate())
    for new in ((), periods(3, 0)):
        judgement = judged(seen(new, periods(3, 500, 3, durations=LATENCIES)), gates)
        assert (judgement.judged, judgement.invocations) == (Judged.NO_DATA, 0)
        assert [(finding.gate, finding.judged, finding.text) for finding in judgement.findings] == [
            (gate, Judged.NO_DATA, text) for gate in ("errors", "error ceiling", "duration p95", "throttles")
        ]


@pytest.mark.parametrize(
    ("new", "old", "lack"),
    [
        (periods(3, 20), periods(3, 500), "fewer than 100 calls of the new version, so it does not say"),
        (periods(3, 500), periods(3, 20), "fewer than 100 calls of the old version, so it does not say"),
        (
            periods(1, 20),
            periods(1, 20),
            "fewer than 100 calls of the new version and of the old version, so it does not say",
        ),
    ],
)
def test_too_few_calls_of_either_version_are_inconclusive(
    new: tuple[Period, ...], old: tuple[Period, ...], lack: str
) -> None:
    finding = only(judged(seen(new, old)))
    assert finding.judged is Judged.INCONCLUSIVE
    assert finding.text.endswith(f"of the 600 needed; {lack}")


def test_just_enough_calls_of_both_versions_say_something() -> None:
    assert only(judged(seen(periods(4, 25), periods(4, 25)))).judged is Judged.PASS


def test_no_calls_of_the_old_version_are_inconclusive() -> None:
    finding = only(judged(seen(periods(3, 100, 50))))
    assert (finding.judged, finding.old) == (Judged.INCONCLUSIVE, None)
    assert finding.text == (
        "50.0 % of the new version's 300 calls failed, the old version had none: evidence 1.0 of the 600 needed; "
        "fewer than 100 calls of the old version, so it does not say"
    )


def test_few_calls_that_say_enough_fail() -> None:
    assert only(judged(seen(periods(2, 20, 20), periods(2, 60)))).judged is Judged.FAIL


def test_a_ceiling_does_not_look_at_the_old_version() -> None:
    old = (periods(4, 900), periods(4, 900, 900), ())
    findings = {only(judged(seen(periods(4, 100, 9), theirs), Gates(errors=CEILING))) for theirs in old}
    (finding,) = findings
    assert finding.judged is Judged.FAIL
    assert (finding.gate, finding.new, finding.old) == ("error ceiling", 9.0, None)
    assert finding.text.startswith("9.0 % of the new version's 400 calls failed, 2 % are allowed: evidence ")
    assert only(judged(seen(periods(4, 100, 2)), Gates(errors=CEILING))).judged is Judged.PASS
    few = only(judged(seen(periods(4, 24)), Gates(errors=CEILING)))
    assert few.judged is Judged.INCONCLUSIVE
    assert few.text.endswith("; fewer than 100 calls of the new version, so it does not say")


def test_throttles_are_compared_as_shares_of_what_was_tried() -> None:
    gates = Gates(errors=None, throttles=ThrottleGate())
    finding = only(judged(seen(periods(4, 80, 0, 20), periods(4, 290, 0, 10)), gates))
    assert (finding.gate, finding.judged, finding.new, finding.old) == ("throttles", Judged.FAIL, 20.0, 100 * 40 / 1200)
    assert finding.text.startswith(
        "20.0 % of the new version's 400 calls were throttled, 3.3 % of the old version's 1,200: evidence "
    )
    assert only(judged(seen(periods(4, 97, 0, 3), periods(4, 290, 0, 10)), gates)).judged is Judged.PASS


def test_a_slower_version_is_judged_worse() -> None:
    gates = Gates(errors=None, durations=(P95,))
    finding = only(judged(seen(periods(4, 150, durations=DOUBLED), periods(4, 450, durations=LATENCIES)), gates))
    assert (finding.gate, finding.judged, finding.new, finding.old) == ("duration p95", Judged.FAIL, 200.0, 100.0)
    assert finding.text.startswith(
        "p95 of the new version is about 200 ms, of the old version 100 ms, over 1.2 times the old version's in "
        "4 of 4 minutes: evidence "
    )
    level = judged(seen(periods(4, 150, durations=LATENCIES), periods(4, 450, durations=LATENCIES)), gates)
    assert only(level).judged is Judged.PASS


def test_durations_of_which_there_were_too_few_calls_are_inconclusive() -> None:
    gates = Gates(errors=None, durations=(P95,))
    for new, old, lacking in ((20, 500, "new"), (500, 20, "old")):
        observation = seen(periods(4, new, durations=LATENCIES), periods(4, old, durations=LATENCIES))
        finding = only(judged(observation, gates))
        assert finding.judged is Judged.INCONCLUSIVE
        assert finding.text.endswith(f"; fewer than 100 calls of the {lacking} version, so it does not say")


def test_a_minute_on_the_ratio_is_not_over_it() -> None:
    gates = Gates(errors=None, durations=(DurationGate(95, 2),))
    finding = only(judged(seen(periods(3, 500, durations=DOUBLED), periods(3, 500, durations=LATENCIES)), gates))
    assert ", over 2 times the old version's in 0 of 3 minutes: " in finding.text


def test_milliseconds_are_a_mean_by_calls() -> None:
    new = (Period(SINCE, 100, durations={95: 2.0}), Period(SINCE + PERIOD, 300, durations={95: 4.0}))
    finding = only(
        judged(seen(new, periods(2, 300, durations={95: 8.04})), Gates(errors=None, durations=(DurationGate(95, 1),)))
    )
    assert finding.new == 3.5
    assert finding.old == pytest.approx(8.04)
    assert finding.text.startswith(
        "p95 of the new version is about 3.5 ms, of the old version 8 ms, over the old version's in 0 of 2 minutes: "
    )


@pytest.mark.parametrize(("minutes", "verdict"), [(2, Judged.INCONCLUSIVE), (3, Judged.PASS)])
def test_few_minutes_of_durations_are_inconclusive(minutes: int, verdict: Judged) -> None:
    new, old = periods(minutes, 500, durations=LATENCIES), periods(minutes, 500, durations=LATENCIES)
    finding = only(judged(seen(new, old), Gates(errors=None, durations=(P95,))))
    assert finding.judged is verdict
    assert finding.text.endswith("; fewer than 3 minutes to compare, so it does not say") is (minutes < 3)


def test_durations_that_were_never_measured_are_inconclusive() -> None:
    finding = only(judged(seen(periods(5, 500), periods(5, 500)), Gates(errors=None, durations=(P95,))))
    assert (finding.judged, finding.new, finding.old) == (Judged.INCONCLUSIVE, None, None)
    assert finding.text.startswith("p95 was never measured for both versions in one minute: evidence 1.0 of the 600")


def test_a_new_version_with_all_traffic_is_held_to_ceiling_and_alarms_alone() -> None:
    gates = Gates(
        errors=ErrorGate(1, Percent(200)),
        durations=(P95,),
        throttles=ThrottleGate(),
        alarms=AlarmGate(names=("5xx",)),
    )
    judgement = judged(seen(periods(3, 500), alarms=(Alarm("5xx", AlarmState.OK),)), gates, compared=False)
    assert judgement.judged is Judged.PASS
    assert [finding.gate for finding in judgement.findings] == ["error ceiling", "alarm 5xx"]


@pytest.mark.parametrize("gates", [Gates(), Gates(errors=None)])
def test_without_anything_to_judge_it_passes(gates: Gates) -> None:
    assert judged(seen(periods(3, 500, 500)), gates, compared=False) == Judgement(Judged.PASS, (), 1500)


def test_the_gravest_finding_is_the_verdict() -> None:
    alarms = AlarmGate(names=("5xx",))
    red = seen(periods(1, 20), periods(1, 20), (Alarm("5xx", AlarmState.ALARM, SINCE),))
    missing = seen(periods(1, 20), periods(1, 20), (Alarm("5xx", AlarmState.MISSING),))
    green = seen(periods(1, 20), periods(1, 20), (Alarm("5xx", AlarmState.OK),))
    gates = Gates(alarms=alarms)
    verdicts = [judged(observation, gates).judged for observation in (red, missing, green)]
    assert verdicts == [Judged.FAIL, Judged.NO_DATA, Judged.INCONCLUSIVE]
    assert [finding.gate for finding in judged(red, gates).failed] == ["alarm 5xx"]


def test_small_shares_keep_their_digits() -> None:
    text = only(judged(seen(periods(3, 100_000, 7), periods(3, 300_000)))).text
    assert text.startswith("0.007 % of the new version's 300,000 calls failed, 0.0 % of the old version's 900,000: ")


def test_the_tests_of_one_step_at_least_share_alpha() -> None:
    with pytest.raises(InvalidValue) as caught:
        judged(seen(), EVERYTHING, tests=3)
    assert caught.value.value == 3
    assert caught.value.reason == "alpha is shared by the 4 tests of one step at least"
    assert judged(seen(), EVERYTHING, tests=4).judged is Judged.NO_DATA
    assert judged(seen(), Gates(errors=None), tests=0) == Judgement(Judged.PASS)


@given(st.integers(0, 59))
def test_what_was_before_the_period_of_the_step_does_not_count(seconds: int) -> None:
    before = tuple(Period(SINCE - back * PERIOD, 500, 500) for back in (3, 2, 1))
    after_new, after_old = periods(3, 100, 1), periods(3, 300, 3)
    observed, clean = seen((*before, *after_new), (*before, *after_old)), seen(after_new, after_old)
    gates = Gates(errors=ErrorGate(1, Percent(500)))
    verdicts = [
        judge(observation, gates, since=SINCE + seconds, tests=6, release_began=0) for observation in (observed, clean)
    ]
    assert verdicts[0] == verdicts[1]
    assert [finding.gate for finding in verdicts[0].findings] == ["errors", "error ceiling"]


@st.composite
def observed(draw: st.DrawFn, *, most_errors: int = 300) -> tuple[Period, ...]:
    kept = []
    for number in range(draw(st.integers(0, 5))):
        calls = draw(st.integers(0, 300))
        errors = draw(st.integers(0, min(calls, most_errors)))
        durations = draw(st.dictionaries(st.sampled_from(percentiles(P95)), st.floats(1, 1000), max_size=4))
        kept.append(Period(SINCE + number * PERIOD, calls, errors, draw(st.integers(0, 50)), durations))
    return tuple(kept)


EVERYTHING = Gates(errors=ErrorGate(1, Percent(200)), durations=(P95,), throttles=ThrottleGate())


@given(observed(), observed())
def test_missing_data_is_never_a_pass(new: tuple[Period, ...], old: tuple[Period, ...]) -> None:
    judgement = judged(seen(new, old), EVERYTHING)
    calls = sum(period.invocations for period in new)
    assert judgement.invocations == calls
    if calls < 100:
        assert judgement.judged is not Judged.PASS
    if calls == 0:
        assert judgement.judged in (Judged.NO_DATA, Judged.FAIL)
    if sum(period.invocations for period in old) < 100:
        assert {finding.judged for finding in judgement.findings if finding.gate != "error ceiling"}.isdisjoint(
            {Judged.PASS}
        )


@given(observed(most_errors=0), observed())
def test_errors_of_the_old_version_alone_are_not_held_against_the_new_one(
    new: tuple[Period, ...], old: tuple[Period, ...]
) -> None:
    judgement = judged(seen(new, old), Gates(errors=ErrorGate(1, Percent(200))))
    assert judgement.failed == ()


@given(observed(), observed())
def test_the_verdict_is_the_gravest_of_all_findings(new: tuple[Period, ...], old: tuple[Period, ...]) -> None:
    judgement = judged(seen(new, old), EVERYTHING)
    order = [Judged.FAIL, Judged.NO_DATA, Judged.INCONCLUSIVE, Judged.PASS]
    assert judgement.judged is min((finding.judged for finding in judgement.findings), key=order.index)
    for finding in judgement.findings:
        assert finding.needed == 600.0
        assert finding.evidence is not None
        assert (finding.evidence >= 600.0) is (finding.judged is Judged.FAIL)
