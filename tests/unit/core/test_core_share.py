"""Exact: every outcome of small blocks is counted, so the means are the true ones."""

import itertools
import math
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core.watch.mixture import LIFTS, e_value, lifted, mixed
from deployer.core.watch.share import Block, above_ceiling, boundary, worse_than_old

SHARES = (0.0, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.8, 1.0)
RATIOS = (1.0, 1.3, 2.0, 5.0, 1000.0)
NOISE = 1e-9


def chance(bad: int, calls: int, share: float) -> float:
    return math.comb(calls, bad) * share**bad * (1 - share) ** (calls - bad)


def outcomes(new: int, old: int, p_new: float, p_old: float) -> Iterator[tuple[float, Block]]:
    """Everything that one block can come to, with its chance."""
    for new_bad, old_bad in itertools.product(range(new + 1), range(old + 1)):
        yield chance(new_bad, new, p_new) * chance(old_bad, old, p_old), Block(new, new_bad, old, old_bad)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize(("new", "old"), list(itertools.product((0, 1, 2, 5, 7), (0, 1, 3, 8))))
def test_the_mean_of_the_evidence_is_at_most_1_wherever_the_new_version_is_no_worse(
    new: int, old: int, ratio: float
) -> None:
    evidence = {block: math.exp(worse_than_old([block], ratio)) for _, block in outcomes(new, old, 0.5, 0.5)}
    means = [
        sum(weight * evidence[block] for weight, block in outcomes(new, old, p_new, p_old))
        for p_old in SHARES
        for p_new in {share for share in SHARES if share <= ratio * p_old} | {min(1.0, ratio * p_old)}
    ]
    assert max(means) <= 1 + NOISE


def test_it_stays_so_over_blocks_whose_sizes_follow_what_was_seen() -> None:
    # Whoever sees errors sends more calls to the new version, or none: the mean of the product is at most 1 still.
    mean = 0.0
    for weight, first in outcomes(3, 4, 0.2, 0.2):
        sizes = (6, 1) if first.new_bad else (1, 5)
        mean += sum(
            weight * then * math.exp(worse_than_old([first, second], 1.0))
            for then, second in outcomes(*sizes, 0.6, 0.6)
        )
    assert mean <= 1 + NOISE


def test_calls_that_fail_with_chances_of_their_own_are_no_worse_when_their_means_are_not() -> None:
    old, new = (0.0, 0.1, 0.8), (0.6, 0.0)
    mean = 0.0
    for failed in itertools.product((0, 1), repeat=5):
        weight = math.prod(p if bad else 1 - p for p, bad in zip((*old, *new), failed, strict=True))
        mean += weight * math.exp(worse_than_old([Block(2, sum(failed[3:]), 3, sum(failed[:3]))], 1.0))
    assert mean <= 1 + NOISE


@pytest.mark.parametrize("ceiling", [0.0001, 0.02, 0.5, 0.9999])
@pytest.mark.parametrize("calls", [0, 1, 2, 9, 30])
def test_the_mean_of_the_evidence_is_at_most_1_wherever_the_ceiling_is_kept(calls: int, ceiling: float) -> None:
    means = [
        sum(chance(bad, calls, share) * math.exp(above_ceiling(calls, bad, ceiling)) for bad in range(calls + 1))
        for share in (0.0, ceiling / 10, ceiling / 2, ceiling)
    ]
    assert max(means) <= 1 + NOISE


@pytest.mark.parametrize("ceiling", [0.0001, 0.02, 0.5, 0.9999])
def test_at_the_ceiling_itself_the_mean_of_the_evidence_is_1(ceiling: float) -> None:
    mean = sum(chance(bad, 9, ceiling) * math.exp(above_ceiling(9, bad, ceiling)) for bad in range(10))
    assert math.isclose(mean, 1)


def rare(block: Block, ratio: float, lift: float) -> float:
    shrinks = (block.old + ratio * block.new) / (block.old + ratio * block.new * lift)
    return lift**block.new_bad * float(shrinks ** (block.new_bad + block.old_bad))


def frequent(block: Block, ratio: float, old: float, new: float) -> float:
    edge = boundary(block.old, block.new, ratio, old, new)
    ours = (new / (ratio * edge)) ** block.new_bad * ((1 - new) / (1 - ratio * edge)) ** (block.new - block.new_bad)
    theirs = (old / edge) ** block.old_bad * ((1 - old) / (1 - edge)) ** (block.old - block.old_bad)
    return float(ours * theirs)


@pytest.mark.parametrize("ratio", [1.0, 1.3, 3.0])
@pytest.mark.parametrize(
    "seen",
    [
        [Block(30, 20, 50, 9)],
        [Block(30, 29, 50, 15), Block(10, 9, 40, 11)],
        [Block(200, 2, 300, 1), Block(200, 4, 300, 0), Block(9, 0, 9, 3)],
        [Block(40, 0, 40, 40)],
    ],
)
def test_the_evidence_is_what_all_bets_come_to_block_after_block(seen: list[Block], ratio: float) -> None:
    bets = [0.85 * weight * math.prod(rare(block, ratio, lift) for block in seen) for lift, weight in LIFTS]
    for old, lift in itertools.product((0.1, 0.3, 0.6), (1.5, 2.5, 5.0, 20.0)):
        if old * ratio < 1:
            new = lifted(old * ratio, lift)
            bets.append(0.15 / 12 * math.prod(frequent(block, ratio, old, new) for block in seen))
    assert math.isclose(math.exp(worse_than_old(seen, ratio)), sum(bets), rel_tol=1e-9)


def test_a_lift_multiplies_the_odds() -> None:
    assert math.isclose(lifted(0.2, 4.0), 0.5)
    assert math.isclose(lifted(0.5, 1.0), 0.5)


def test_the_weights_of_all_bets_sum_to_1() -> None:
    assert math.isclose(sum(weight for _, weight in LIFTS), 1)
    assert math.isclose(math.exp(worse_than_old([], 1.0)), 1)
    assert math.isclose(math.exp(above_ceiling(0, 0, 0.1)), 1)


def test_bets_that_no_share_is_left_for_are_lost_not_spread() -> None:
    # A ratio of 5 leaves, of the guesses at the old version's share, only that of a tenth.
    assert math.isclose(math.exp(worse_than_old([], 5.0)), 0.85 + 0.15 / 3)
    # One of 10 leaves none: ten times a tenth would be all.
    assert math.isclose(math.exp(worse_than_old([], 10.0)), 0.85)


@pytest.mark.parametrize("block", [Block(0, 0, 50, 7), Block(50, 7, 0, 0), Block(0, 0, 0, 0)])
def test_a_block_in_which_one_version_had_no_calls_says_nothing(block: Block) -> None:
    seen = Block(30, 3, 60, 1)
    assert worse_than_old([seen, block], 1.2) == worse_than_old([seen], 1.2)


sizes = st.integers(1, 5_000)
ratios = st.sampled_from(RATIOS)


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    new, old = draw(sizes), draw(sizes)
    return Block(new, draw(st.integers(0, new)), old, draw(st.integers(0, old)))


@given(st.lists(blocks(), min_size=1, max_size=4), ratios)
def test_more_errors_of_the_new_version_never_lower_the_evidence(seen: list[Block], ratio: float) -> None:
    first = seen[0]
    more = Block(first.new, min(first.new_bad + 1, first.new), first.old, first.old_bad)
    assert worse_than_old([more, *seen[1:]], ratio) >= worse_than_old(seen, ratio) - NOISE


@given(st.lists(blocks(), min_size=1, max_size=4), ratios)
def test_more_errors_of_the_old_version_never_raise_the_evidence(seen: list[Block], ratio: float) -> None:
    first = seen[0]
    more = Block(first.new, first.new_bad, first.old, min(first.old_bad + 1, first.old))
    assert worse_than_old([more, *seen[1:]], ratio) <= worse_than_old(seen, ratio) + NOISE


@given(st.lists(blocks(), max_size=4), ratios)
def test_a_new_version_without_errors_is_never_judged_worse(seen: list[Block], ratio: float) -> None:
    clean = [Block(block.new, 0, block.old, block.old_bad) for block in seen]
    assert worse_than_old(clean, ratio) <= NOISE


@given(sizes, sizes, ratios, st.floats(0.0001, 0.9), st.floats(1.01, 1000))
def test_a_bet_is_made_at_the_edge_of_what_is_allowed(
    old_calls: int, new_calls: int, ratio: float, old: float, lift: float
) -> None:
    if old * ratio >= 1:
        return
    new = lifted(old * ratio, lift)
    edge = boundary(old_calls, new_calls, ratio, old, new)
    assert old * (1 - NOISE) <= edge <= new / ratio * (1 + NOISE)
    left = old_calls * (old - edge) * (1 - ratio * edge) + new_calls * (new - ratio * edge) * (1 - edge)
    assert math.isclose(left, 0, abs_tol=NOISE * (old_calls + new_calls))


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0.0001, 0.9999))
def test_no_traffic_is_too_much(calls: int, errors: int, ceiling: float) -> None:
    errors = min(errors, calls)
    block = Block(calls, errors, 10**9, 0)
    assert math.isfinite(worse_than_old([block] * 60, 1.0))
    assert math.isfinite(above_ceiling(calls, errors, ceiling))


def test_evidence_is_a_number_however_strong() -> None:
    assert e_value(0.0) == 1.0
    assert e_value(1e9) == math.exp(700)
    assert mixed([(-1e9, 0.5), (2e6, 0.5)]) == pytest.approx(2e6 + math.log(0.5))


def test_equal_versions_are_called_worse_no_more_often_than_stated() -> None:
    # A share of 1 in 20 allowed, so that few histories tell; looked at after every block.
    chance_of_errors = random.Random(20)
    caught = 0
    for _ in range(200):
        seen: list[Block] = []
        for _ in range(12):
            new_bad = sum(chance_of_errors.random() < 0.1 for _ in range(10))
            old_bad = sum(chance_of_errors.random() < 0.1 for _ in range(30))
            seen.append(Block(10, new_bad, 30, old_bad))
            if worse_than_old(seen, 1.0) >= math.log(20):
                caught += 1
                break
    assert 0 < caught <= 200 / 20
