"""How a benchmark is judged, and what it is held against."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from benchmarks import arena
from benchmarks.__main__ import Row, main, table
from benchmarks.arena import without_polls
from benchmarks.ratio import Ratio, Verdict


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert Ratio.of([2, 2, 30, 2, 2, 4], [1, 2, 10, 1, 1, 1]) == Ratio(2.0, 1.0, 4.0)


def test_the_interval_leaves_out_as_many_rounds_as_95_percent_allow() -> None:
    # The textbook ranks of the median's interval: 4 and 12 of 15, 6 and 15 of 20.
    assert Ratio.of(range(1, 16), [1] * 15) == Ratio(8, 4, 12)
    assert Ratio.of(range(1, 21), [1] * 20) == Ratio(10.5, 6, 15)


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (Ratio(1.7, 1.61, 1.9), Verdict.MISSED),
        (Ratio(1.9, 1.5, 2.3), Verdict.UNSURE),
        (Ratio(1.5, 1.4, 1.61), Verdict.UNSURE),
        (Ratio(1.6, 1.6, 1.6), Verdict.OK),
        (Ratio(1.2, 1.1, 1.6), Verdict.OK),
    ],
)
def test_a_goal_is_missed_or_met_only_when_the_whole_interval_says_so(ratio: Ratio, verdict: Verdict) -> None:
    assert ratio.verdict(1.6) is verdict


@pytest.mark.parametrize("rounds", [0, 1, 5])
def test_too_few_rounds_are_refused(rounds: int) -> None:
    with pytest.raises(ValueError, match="round"):
        Ratio.of([1] * rounds, [1] * rounds)


def test_too_few_rounds_are_refused_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--rounds", "5"])
    assert ended.value.code == 2
    assert "at least 6" in capsys.readouterr().err


def test_looks_at_what_is_not_ready_are_not_counted_as_calls() -> None:
    look = "GetFunctionConfiguration"
    made = ["GetAlias", look, "UpdateFunctionCode", look, look, "PublishVersion", "UpdateAlias", look]
    assert without_polls(made) == ["GetAlias", look, "UpdateFunctionCode", "PublishVersion", "UpdateAlias", look]


def test_a_table_says_what_was_missed_and_what_nobody_can_tell(capsys: pytest.CaptureFixture[str]) -> None:
    table(
        [
            Row("AWS calls: status", "1", "at most 1", Verdict.OK),
            Row("time: help", "0.31", "at most 0.3", Verdict.UNSURE),
            Row("time", "2.00", "at most 1.6", Verdict.MISSED),
        ]
    )
    assert capsys.readouterr().out == (
        "                   measured  goal\n"
        "AWS calls: status  1         at most 1    ok\n"
        "time: help         0.31      at most 0.3  unsure\n"
        "time               2.00      at most 1.6  MISSED\n"
    )


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.OK, 0), (Verdict.UNSURE, 0), (Verdict.MISSED, 1)])
def test_only_a_goal_that_is_surely_missed_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, verdict: Verdict, code: int
) -> None:
    row = Row("time", "2.00", "at most 1.6", verdict)
    monkeypatch.setattr("benchmarks.__main__.arena", nullcontext)
    monkeypatch.setattr("benchmarks.__main__.judged", lambda _place, _rounds: [row])
    assert main([]) == code


def test_the_plain_script_has_twenty_lines_and_no_guard() -> None:
    text = Path(arena.PLAIN_RELEASE[1]).read_text()
    assert len(text.splitlines()) <= 21
    assert "RevisionId" not in text
