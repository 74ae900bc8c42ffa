"""How findings are said: which digits are worth showing, and what there was nothing of."""

from __future__ import annotations

import pytest

from deployer.core.percent import Percent
from deployer.core.watch import phrase
from deployer.core.watch.phrase import FAILED, THROTTLED, Share
from deployer.core.watch.policy import DurationGate

P95 = DurationGate(95, 1)
NEVER = "p95 was never measured for both versions in one minute"


@pytest.mark.parametrize(
    ("bad", "calls", "shown"),
    [
        (0, 10, "0.0 %"),
        (0, 0, "0.0 %"),
        (1, 1000, "0.1 %"),
        (99, 100_000, "0.099 %"),
        (1, 30_000, "0.0033 %"),
        (1, 3, "33.3 %"),
        (3, 3, "100.0 %"),
    ],
)
def test_small_shares_keep_two_digits_and_others_one_behind_the_point(bad: int, calls: int, shown: str) -> None:
    said = phrase.ceiling(Share(calls, bad), Percent(250))
    assert said == f"{shown} of the new version's {calls:,} calls failed, 2.5 % are allowed"


@pytest.mark.parametrize(
    ("what", "old", "ratio", "said"),
    [
        (FAILED, Share(0, 0), 1, "failed, the old version had none"),
        (FAILED, Share(1_000, 1), 1, "failed, 0.1 % of the old version's 1,000"),
        (
            THROTTLED,
            Share(1_000, 1),
            1.5,
            "were throttled, 0.1 % of the old version's 1,000, of which 1.5 times as much is allowed",
        ),
    ],
)
def test_shares_are_said_beside_each_other(what: str, old: Share, ratio: float, said: str) -> None:
    assert phrase.shares(what, Share(4, 2), old, ratio) == f"50.0 % of the new version's 4 calls {said}"


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(0.123, "0.12 ms"), (9.44, "9.4 ms"), (10, "10 ms"), (1234.5, "1,234 ms")]
)
def test_short_times_keep_two_digits_and_longer_ones_are_whole(milliseconds: float, shown: str) -> None:
    said = (
        f"p95 of the new version is about {shown}, of the old version {shown}, over the old version's in 1 of 3 minutes"
    )
    assert phrase.durations(P95, milliseconds, milliseconds, 1, 3) == said


@pytest.mark.parametrize(("new", "old"), [(None, None), (1.0, None), (None, 1.0)])
def test_durations_of_one_version_are_compared_with_nothing(new: float | None, old: float | None) -> None:
    assert phrase.durations(P95, new, old, 0, 0) == NEVER


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [(0.04, "0.0"), (9.94, "9.9"), (10.0, "10"), (1_000_000.0, "1,000,000"), (1_000_000.1, "over 1,000,000")],
)
def test_evidence_is_said_beside_what_is_needed(evidence: float, shown: str) -> None:
    assert phrase.with_evidence("said", evidence, 9.5) == f"said: evidence {shown} of the 9.5 needed"


def test_what_is_lacking_is_said() -> None:
    assert phrase.too_few(["old"], 1_000) == "fewer than 1,000 calls of the old version, so it does not say"
    assert phrase.too_few(["new", "old"], 9) == (
        "fewer than 9 calls of the new version and of the old version, so it does not say"
    )
    assert phrase.too_few_periods(3) == "fewer than 3 minutes to compare, so it does not say"
    assert phrase.duration_gate(99.9) == "duration p99.9"
