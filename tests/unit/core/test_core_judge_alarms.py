import pytest

from deployer.core.watch.alarm import alarm_findings
from deployer.core.watch.judge import judge
from deployer.core.watch.judgement import Finding, Judged, Judgement
from deployer.core.watch.observation import Alarm, AlarmState, Observation
from deployer.core.watch.policy import AlarmGate, Gates

BEGAN = 1_790_000_000
NAMED = AlarmGate(names=("5xx",))
BEFORE = "alarm 5xx is red since 2026-09-21 14:13:20 UTC"


def found(gate: AlarmGate | None, *alarms: Alarm) -> tuple[Finding, ...]:
    return alarm_findings(Observation(BEGAN, alarms=alarms), gate, BEGAN)


@pytest.mark.parametrize(
    ("alarm", "judged", "text"),
    [
        (Alarm("5xx", AlarmState.OK, BEGAN), Judged.PASS, "alarm 5xx is OK"),
        (Alarm("5xx", AlarmState.INSUFFICIENT_DATA), Judged.NO_DATA, "alarm 5xx has too little data to say"),
        (Alarm("5xx", AlarmState.MISSING), Judged.NO_DATA, "alarm 5xx is not there"),
        (Alarm("5xx", AlarmState.ALARM), Judged.FAIL, "alarm 5xx is red"),
        (
            Alarm("5xx", AlarmState.ALARM, BEGAN + 1),
            Judged.FAIL,
            "alarm 5xx is red since 2026-09-21 14:13:21 UTC",
        ),
        (
            Alarm("5xx", AlarmState.ALARM, BEGAN),
            Judged.PASS,
            f"{BEFORE}, before the release began, so it is passed over until it has been green",
        ),
    ],
)
def test_an_alarm_is_judged_by_its_state(alarm: Alarm, judged: Judged, text: str) -> None:
    assert found(NAMED, alarm) == (Finding("alarm 5xx", judged, text),)


def test_one_red_before_counts_where_that_is_wished() -> None:
    gate = AlarmGate(names=("5xx",), mind_red_before=True)
    assert found(gate, Alarm("5xx", AlarmState.ALARM, BEGAN)) == (Finding("alarm 5xx", Judged.FAIL, BEFORE),)


def test_an_alarm_that_was_not_seen_is_no_success() -> None:
    assert found(AlarmGate(names=("5xx", "slow")), Alarm("slow", AlarmState.OK)) == (
        Finding("alarm slow", Judged.PASS, "alarm slow is OK"),
        Finding("alarm 5xx", Judged.NO_DATA, "alarm 5xx is not there"),
    )


def test_a_tag_that_no_alarm_has_is_no_success() -> None:
    gate = AlarmGate(tags=(("service", "orders"), ("team", "shop")))
    untagged = Finding("alarms by tag", Judged.NO_DATA, "no alarm is tagged service=orders, team=shop")
    assert found(gate) == (untagged,)
    assert found(gate, Alarm("5xx", AlarmState.MISSING))[1:] == (untagged,)
    assert found(gate, Alarm("5xx", AlarmState.OK)) == (Finding("alarm 5xx", Judged.PASS, "alarm 5xx is OK"),)


def test_alarms_that_no_gate_asked_for_are_passed_over() -> None:
    red = Observation(BEGAN, alarms=(Alarm("5xx", AlarmState.ALARM),))
    assert judge(red, Gates(errors=None), since=BEGAN, tests=1, release_began=BEGAN) == Judgement(Judged.PASS)
