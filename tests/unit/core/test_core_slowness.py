import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core.watch.observation import Period
from deployer.core.watch.policy import DurationGate
from deployer.core.watch.slowness import (
    chance_and_win,
    chance_of_win,
    comparable,
    highest_rank,
    lowest_rank,
    percentiles,
    slower_than_old,
)

P95 = DurationGate(95, 1.2)
SMALL = [(new, old) for new in range(1, 7) for old in range(1, 7)]


@pytest.fixture(autouse=True)
def nothing_reckoned_before() -> None:
    """Each test reckons for itself."""
    chance_of_win.cache_clear()


def counted(new: int, highest: int, old: int, lowest: int) -> float:
    """The same chance, by trying every order of all values."""
    orders = list(itertools.combinations(range(new + old), new))
    wins = 0
    for places in orders:
        theirs = [place for place in range(new + old) if place not in places]
        wins += places[highest - 1] > theirs[lowest - 1]
    return wins / len(orders)


@pytest.mark.parametrize(("new", "old"), SMALL)
def test_the_chance_of_a_win_is_that_of_all_orders(new: int, old: int) -> None:
    for highest, lowest in itertools.product(range(1, new + 1), range(1, old + 1)):
        exact = counted(new, highest, old, lowest)
        assert exact <= chance_of_win(new, highest, old, lowest) <= exact * 1.002 + 1e-5


@pytest.mark.parametrize(
    ("new", "highest", "old", "lowest"),
    [
        (150, 143, 450, 427),
        (150, 139, 450, 427),
        (40, 40, 900, 899),
        (900, 891, 40, 39),
        (300, 150, 300, 170),
        (200, 101, 200, 100),  # many terms that hardly fall
    ],
)
def test_what_is_left_out_of_the_sum_only_makes_the_chance_larger(
    new: int, highest: int, old: int, lowest: int
) -> None:
    ways = [
        math.comb(below + lowest - 1, below) * math.comb(new - below + old - lowest, new - below)
        for below in range(highest)
    ]
    exact = sum(ways) / math.comb(new + old, new)
    assert exact <= chance_of_win(new, highest, old, lowest) <= exact * 1.002 + 1e-5


def hyndman_fan(values: list[int], quantile: float) -> list[float]:
    """The percentile by each of the nine definitions."""
    count = len(values)
    exact = count * quantile
    floor = math.floor(exact)

    def at(position: float) -> float:
        position = min(max(position, 1), count)
        below = math.floor(position)
        above = min(below + 1, count)
        return values[below - 1] + (position - below) * (values[above - 1] - values[below - 1])

    jumps = [math.ceil(exact), floor + 0.5 if exact == floor else math.ceil(exact), round(exact)]
    smooth = [exact, exact + 0.5, exact + quantile, exact + 1 - quantile]
    unbiased = [exact + (quantile + 1) / 3, exact + quantile / 4 + 3 / 8]
    return [at(position) for position in (*jumps, *smooth, *unbiased)]


@pytest.mark.parametrize("percentile", [1.0, 50.0, 88.37, 95.0, 99.9])
def test_a_percentile_lies_between_the_ranks_that_are_reckoned_with(percentile: float) -> None:
    for count in range(1, 60):
        values = list(range(1, count + 1))  # each value is its own rank
        by_definition = hyndman_fan(values, percentile / 100)
        assert lowest_rank(count, percentile / 100) <= min(by_definition)
        assert max(by_definition) <= highest_rank(count, percentile / 100)


def test_ranks_are_no_further_apart_than_that_and_in_doubt_of_rounding() -> None:
    assert [highest_rank(100, quantile) for quantile in (0.05, 0.5, 0.95)] == [6, 51, 96]
    assert [lowest_rank(101, quantile) for quantile in (0.005, 0.05, 0.5, 0.95)] == [1, 5, 50, 95]
    # Three and two, were numbers exact.
    assert (highest_rank(5, 0.5), lowest_rank(4, 0.5)) == (4, 1)


def test_a_chance_is_never_above_1_by_rounding() -> None:
    gate = DurationGate(1e-5, 1)
    new, old = period(1, {1e-5: 2}), period(100_000_000, {1e-5: 1})
    assert chance_of_win(1, 1, 100_000_000, 1) > 1
    assert chance_and_win(new, old, gate, 1e-5)[0] == 1.0


@pytest.mark.parametrize("percentile", [50.0, 90.0, 95.0])
@pytest.mark.parametrize(("new", "old"), [(2, 2), (3, 4), (5, 5), (4, 6), (10, 2)])
def test_the_chance_holds_for_every_definition_of_a_percentile(new: int, old: int, percentile: float) -> None:
    gate = DurationGate(percentile, 1)
    wins: Counter[int] = Counter()
    orders = list(itertools.combinations(range(1, new + old + 1), new))
    for mine in orders:
        theirs = [value for value in range(1, new + old + 1) if value not in mine]
        pairs = zip(hyndman_fan(list(mine), percentile / 100), hyndman_fan(theirs, percentile / 100), strict=True)
        wins.update(number for number, (x, y) in enumerate(pairs) if x > y)
    allowed, _ = chance_and_win(period(new, {percentile: 1}), period(old, {percentile: 1}), gate, percentile)
    assert max(wins.values()) / len(orders) <= allowed


def period(invocations: int, durations: dict[float, float], start: int = 0) -> Period:
    return Period(start, invocations, durations=durations)


def measured(gate: DurationGate, milliseconds: float) -> dict[float, float]:
    return dict.fromkeys(percentiles(gate), milliseconds)


@pytest.mark.parametrize(
    ("gate", "worth"),
    [
        (DurationGate(95, 1), (95, 92.23, 88.37, 82.61)),
        (DurationGate(99.9, 1), (99.9, 99.84, 99.75, 99.6)),
        (DurationGate(50, 1), (50, 38.46, 28.57, 20.0)),
    ],
)
def test_a_gate_names_the_percentiles_that_are_worth_measuring(gate: DurationGate, worth: tuple[float, ...]) -> None:
    assert percentiles(gate) == worth


def test_the_mean_of_a_period_is_at_most_1_when_the_chance_of_a_win_is_kept() -> None:
    gate = DurationGate(50, 1)
    slow, fast = period(40, measured(gate, 10)), period(40, measured(gate, 1))
    old = period(60, {50: 5})
    chance, win = chance_and_win(slow, old, gate, 50)
    assert win
    # One percentile alone, so that one chance is all there is.
    won = math.exp(slower_than_old([(period(40, {50: 10}), old)], gate))
    lost = math.exp(slower_than_old([(period(40, {50: 1}), old)], gate))
    assert chance * won + (1 - chance) * lost == pytest.approx(1)
    assert slower_than_old([(slow, old)], gate) > 0 > slower_than_old([(fast, old)], gate)


def test_a_percentile_on_the_ratio_is_allowed() -> None:
    old = period(60, {95: 100})
    assert not chance_and_win(period(40, {95: 120}), old, P95, 95)[1]
    assert chance_and_win(period(40, {95: 120.01}), old, P95, 95)[1]


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (period(0, {95: 200}), period(50, {95: 100})),
        (period(50, {95: 200}), period(0, {95: 100})),
        (period(50, {99: 200}), period(50, {95: 100})),
        (period(50, {95: 200}), period(50, {99: 100})),
    ],
)
def test_periods_with_nothing_to_compare_are_left_out(new: Period, old: Period) -> None:
    good = (period(50, {95: 130}), period(50, {95: 100}))
    assert comparable([good, (new, old)], P95) == [good]
    assert slower_than_old([good, (new, old)], P95) == slower_than_old([good], P95)


def test_nothing_measured_is_no_evidence() -> None:
    assert slower_than_old([], P95) == pytest.approx(0)


def test_lower_percentiles_make_evidence_come_faster() -> None:
    old = period(450, {95: 100})
    alone = [(period(150, {95: 150}), old)] * 4
    several = [(period(150, measured(P95, 150)), old)] * 4
    assert slower_than_old(alone, P95) < math.log(30) < math.log(800) < slower_than_old(several, P95)


def test_no_single_period_decides() -> None:
    once = [(period(100_000, measured(P95, 1000)), period(100_000, {95: 1}))]
    assert slower_than_old(once, P95) < math.log(100)


@given(st.integers(1, 1_000_000), st.integers(1, 1_000_000), st.floats(0.01, 99.99))
def test_no_traffic_is_too_much(new: int, old: int, percentile: float) -> None:
    gate = DurationGate(percentile, 1)
    chance, win = chance_and_win(period(new, {percentile: 2}), period(old, {percentile: 1}), gate, percentile)
    assert win
    assert 0.01 <= chance <= 1
    assert math.isfinite(slower_than_old([(period(new, {percentile: 2}), period(old, {percentile: 1}))] * 3, gate))


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_chance_falls_with_the_rank_of_the_old_value(new: int, old: int) -> None:
    highest = max(1, new // 2)
    chances = [chance_of_win(new, highest, old, lowest) for lowest in range(1, old + 1)]
    assert all(one >= two * 0.998 - 1e-5 for one, two in itertools.pairwise(chances))
