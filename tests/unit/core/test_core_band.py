import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core.errors import InvalidValue
from deployer.core.watch.band import error_band


@pytest.mark.parametrize(
    ("errors", "invocations", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 100, 0.0, 0.057),
        (1, 100, 0.0, 0.084),
        (5, 100, 0.0071, 0.1558),
        (100, 100, 0.943, 1.0),
        (500, 1000, 0.4424, 0.5576),
    ],
)
def test_a_band_narrows_with_calls(errors: int, invocations: int, low: float, high: float) -> None:
    assert list(error_band(errors, invocations, 0.05)) == pytest.approx([low, high], abs=1e-4)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("share", [0.0, 0.002, 0.01, 0.05, 0.3, 0.5, 1.0])
def test_the_band_ever_leaves_the_true_share_out_no_more_often_than_stated(share: float, alpha: float) -> None:
    # Exact: the chance of each number of errors so far, among histories whose band has held the share all along.
    inside, left = {0: 1.0}, 0.0
    for calls in range(1, 151):
        after: dict[int, float] = {}
        for errors, chance in inside.items():
            after[errors] = after.get(errors, 0.0) + chance * (1 - share)
            after[errors + 1] = after.get(errors + 1, 0.0) + chance * share
        held = {errors for errors in after if after[errors] > 1e-15 and _holds(errors, calls, alpha, share)}
        left += sum(chance for errors, chance in after.items() if errors not in held and chance > 1e-15)
        inside = {errors: after[errors] for errors in held}
    assert left <= alpha


def _holds(errors: int, calls: int, alpha: float, share: float) -> bool:
    low, high = error_band(errors, calls, alpha)
    return low <= share <= high


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.floats(1e-6, 0.5))
def test_the_measured_share_is_in_its_band(errors: int, good: int, alpha: float) -> None:
    low, high = error_band(errors, errors + good, alpha)
    assert 0 <= low <= high <= 1
    if errors + good:
        assert low <= errors / (errors + good) <= high


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_errors_and_successes_mirror_each_other(errors: int, good: int) -> None:
    low, high = error_band(errors, errors + good, 0.01)
    assert list(error_band(good, errors + good, 0.01)) == pytest.approx([1 - high, 1 - low])


@pytest.mark.parametrize(
    ("errors", "invocations", "alpha", "message"),
    [
        (2, 1, 0.05, "errors are of invocations"),
        (-1, 1, 0.05, "errors are of invocations"),
        (1, 2, 0.0, "alpha is above 0 and below 1"),
        (1, 2, 1.0, "alpha is above 0 and below 1"),
    ],
)
def test_what_is_no_share_is_refused(errors: int, invocations: int, alpha: float, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        error_band(errors, invocations, alpha)
