"""The band around a share of errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.rollout.report import wilson


@pytest.mark.parametrize(
    ("errors", "invocations", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_it_agrees_with_published_values(errors: int, invocations: int, low: float, high: float) -> None:
    assert wilson(errors, invocations) == pytest.approx((low, high), abs=5e-5)


def test_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10**9).flatmap(lambda calls: st.tuples(st.integers(0, calls), st.just(calls))))
def test_it_holds_what_was_counted_and_stays_possible(counted: tuple[int, int]) -> None:
    low, high = wilson(*counted)
    assert 0 <= low <= counted[0] / counted[1] <= high <= 1
