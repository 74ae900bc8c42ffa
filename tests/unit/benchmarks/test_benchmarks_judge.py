"""The simulation of the judge, and that docs/judge.md shows what came of one."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from pathlib import Path
from random import Random
from xml.dom.minidom import parse

import pytest

from benchmarks.judge import result as results
from benchmarks.judge import trial
from benchmarks.judge.__main__ import kept, main
from benchmarks.judge.result import BASES, RISES, SLOWER, Result, workers
from benchmarks.judge.rule import (
    ANY,
    JUDGE,
    MEASURED,
    RULES,
    STEPS,
    TESTS,
    any_error,
    count_alarm,
    judged_worse,
    share_alarm,
)
from benchmarks.judge.table import BEGIN, END, NoPlace, placed_in, quantile
from benchmarks.judge.traffic import Minute, World, drawn, minute, placed
from benchmarks.judge.trial import Piece, catches, false_rollbacks, slow_catches
from deployer.core.watch.observation import PERIOD, Period

DOCS = Path(__file__).parents[3] / "docs"


def calls(number: int, new: int, new_errors: int, old: int = 100, old_errors: int = 0) -> Minute:
    start = number * PERIOD
    return Minute(Period(start, new, new_errors), Period(start, old, old_errors))


@pytest.mark.parametrize("share", [0.0, 0.003, 0.25, 0.7, 1.0])
def test_as_many_calls_are_drawn_as_their_share_says(share: float) -> None:
    chance = Random(1)
    counts = [drawn(chance, 500, share) for _ in range(400)]
    spread = (500 * share * (1 - share)) ** 0.5
    assert statistics.mean(counts) == pytest.approx(500 * share, abs=4 * spread / 20)
    assert statistics.pstdev(counts) == pytest.approx(spread, rel=0.2)
    assert drawn(chance, 0, share) == 0


def test_percentiles_lie_where_their_ranks_do() -> None:
    chance = Random(2)
    places = [placed(chance, 39, (95, 50)) for _ in range(600)]
    assert statistics.mean(place[50] for place in places) == pytest.approx(20 / 40, abs=0.015)
    assert statistics.mean(place[95] for place in places) == pytest.approx(38 / 40, abs=0.006)
    assert all(place[50] < place[95] for place in places)
    one = placed(chance, 1, (95, 50))
    assert one[50] == one[95]
    assert placed(chance, 0, (95, 50)) == {}


def test_a_minute_is_what_the_world_says() -> None:
    seen = minute(Random(3), World(0.25, 0.0, 1.0, slower=10), 7, MEASURED)
    assert (seen.new.start, seen.old.start) == (7 * PERIOD, 7 * PERIOD)
    assert seen.new.invocations + seen.old.invocations == 600
    assert (seen.new.errors, seen.old.errors) == (seen.new.invocations, 0)
    assert all(seen.new.durations[percentile] > seen.old.durations[percentile] for percentile in MEASURED)


def test_one_error_in_the_first_minute_is_enough_for_the_fixed_rule() -> None:
    bad, good = calls(0, 50, 1), calls(0, 50, 0, 100, 50)
    assert any_error([bad])
    assert not any_error([good])
    assert not any_error([good, calls(1, 50, 50)])


def test_alarms_see_both_versions_as_one() -> None:
    assert share_alarm([calls(0, 20, 0, 80, 6)])
    assert not share_alarm([calls(0, 20, 5, 80, 0)])
    assert not share_alarm([calls(0, 20, 20), calls(1, 20, 0)])
    assert count_alarm([calls(0, 20, 1), *(calls(number, 20, 0, 80, number == 4) for number in range(1, 5))])
    assert not count_alarm([calls(0, 20, 1), *(calls(number, 20, 0, 80, number == 5) for number in range(1, 6))])


def test_the_judge_is_asked_as_the_tool_asks_it() -> None:
    assert TESTS == 8
    worse = [minute(Random(4), World(0.5, 0.01, 0.5), number, MEASURED) for number in range(2)]
    assert judged_worse(worse)
    assert not judged_worse([minute(Random(4), World(0.5, 0.01, 0.01), 0, MEASURED)])


@pytest.mark.parametrize("share", BASES)
def test_equal_versions_are_hardly_ever_taken_back_by_the_judge(share: float) -> None:
    taken_back = Counter(name for back in false_rollbacks(Piece(World(0, share, share), 1)) for name in back)
    # One of 100 is promised; of 50 rollouts more than 3 would be chance in 1 of 600 cases.
    assert taken_back[JUDGE] <= 3
    assert taken_back[ANY] > 10


def test_worse_versions_are_caught() -> None:
    for caught in catches(Piece(World(0.5, 0.01, 0.1), 1)):
        assert caught.minutes is not None
        assert caught.minutes == caught.by_rule[JUDGE]
        assert 0 < caught.new_calls < caught.calls == 600 * caught.minutes
    assert all(slow_catches(Piece(World(0.5, 0.01, 0.01, 2.0), 1)))


def test_what_is_never_caught_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "PIECE", 1)
    equal = World(0.5, 0.01, 0.01)
    (caught,) = catches(Piece(equal, 1, longest=12))
    assert (caught.minutes, caught.calls) == (None, 12 * 600)
    assert slow_catches(Piece(equal, 1)) == [None]


def test_pieces_come_out_alike_however_many_processes_do_them() -> None:
    pieces = [Piece(World(0.5, 0.01, 0.5), number) for number in range(3)]
    with workers(1) as here, workers(2) as spread:
        assert list(here(slow_catches, pieces)) == list(spread(slow_catches, pieces))


def test_a_run_writes_tables_and_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trial, "PIECE", 2)
    monkeypatch.setattr(results, "PIECE", 2)
    (tmp_path / "images").mkdir()
    page = tmp_path / "judge.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert main(["--rollouts", "3", "--workers", "1", "--docs", str(tmp_path)]) == 0
    written = page.read_text()
    assert written.startswith(f"before\n{BEGIN}\n\n**Equal versions taken back**, of 4 rollouts through 25, 50, 75 %")
    assert written.endswith(f"{END}\nafter\n")
    assert capsys.readouterr().out.strip() in written
    assert form(written) == form((DOCS / "judge.md").read_text(encoding="utf-8"))
    drawing = parse(str(tmp_path / "images" / "judge.svg"))  # noqa: S318  # just drawn
    assert len(drawing.getElementsByTagName("rect")) == len(RULES) * len(BASES)


def form(page: str) -> str:
    """The tables of a page with every number the same."""
    measured = page.partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in measured.splitlines() if line.startswith("|")]
    cell = re.compile(r"[\d,.]+( %)?( \((\d+|[\d,.]+|later)\))?$|later( \(later\))?$")
    return "\n".join(" | ".join(cell.sub("#", part.strip()) for part in row.split("|")) for row in rows)


@pytest.mark.parametrize("options", [["--rollouts", "0"], ["--workers", "0"]])
def test_fewer_than_one_of_anything_is_a_wrong_option(options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(options)
    assert caught.value.code == 2


def test_more_false_rollbacks_than_promised_are_a_failure() -> None:
    def of(taken_back: int) -> Result:
        return Result(1000, {0.01: Counter({JUDGE: taken_back, ANY: 999})}, {}, {})

    assert kept(of(10))
    assert not kept(of(11))


def test_a_page_without_a_place_for_tables_is_left_alone() -> None:
    for page in ("", BEGIN, END):
        with pytest.raises(NoPlace, match="the page has no lines"):
            placed_in(page, "tables")


def test_a_quantile_is_one_of_the_values() -> None:
    assert [quantile([1, 2, 3, 4], share) for share in (0.0, 0.25, 0.5, 0.9, 1.0)] == [1, 1, 2, 4, 4]


def test_the_page_shows_the_whole_simulation_and_that_the_promise_was_kept() -> None:
    page = (DOCS / "judge.md").read_text(encoding="utf-8")
    assert "of 10,000 rollouts through 25, 50, 75 %" in page
    assert "10,000 rollouts" in (DOCS / "images" / "judge.svg").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {re.escape(JUDGE)} \| (.*) \|$", page, re.MULTILINE)
    shares = [float(cell.removesuffix(" %")) for cell in row.split(" | ")]
    assert len(shares) == len(BASES)
    assert max(shares) <= 1
    measured = page.partition(BEGIN)[2].partition(END)[0]
    rows = len(RULES) + 2 * len(RISES) * len(STEPS) + len(SLOWER)
    assert sum(line.startswith("|") for line in measured.splitlines()) == rows + 2 * 4
