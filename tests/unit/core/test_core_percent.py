from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core import InvalidPercent, Percent
from deployer.testing import percents


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [
        (0, 0),
        (30, 3000),
        (100, 10_000),
        (12.5, 1250),
        (12.34, 1234),
        ("0.25", 25),
        ("1e1", 1000),
        (Decimal("99.99"), 9999),
        (Percent(7), 7),
    ],
)
def test_a_percentage_is_read_as_a_person_writes_it(written: float | str | Decimal | Percent, hundredths: int) -> None:
    assert Percent.of(written) == Percent(hundredths)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (True, "percentage True: must be a number from 0 to 100"),
        ("much", "percentage 'much': must be a number from 0 to 100"),
        (-1, "percentage -1: must be from 0 to 100"),
        (100.01, "percentage 100.01: must be from 0 to 100"),
        (float("nan"), "percentage nan: must be from 0 to 100"),
        (float("inf"), "percentage inf: must be from 0 to 100"),
        ("1e999999999", "percentage '1e999999999': must be from 0 to 100"),
        (12.345, "percentage 12.345: has more than two decimals"),
        ("1e-999999999", "percentage '1e-999999999': has more than two decimals"),
        (
            "12.3400000000000000000000000000000001",
            "percentage '12.3400000000000000000000000000000001': has more than two decimals",
        ),
    ],
)
def test_what_is_no_percentage_is_refused_with_the_reason(written: float | str, message: str) -> None:
    with pytest.raises(InvalidPercent) as caught:
        Percent.of(written)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("hundredths", "message"),
    [
        (-1, "percentage -0.01: must be from 0 to 100"),
        (10_001, "percentage 100.01: must be from 0 to 100"),
        (True, "percentage True: hundredths must be a whole number"),
        (1.5, "percentage 1.5: hundredths must be a whole number"),
    ],
)
def test_the_constructor_is_a_fence(hundredths: int, message: str) -> None:
    with pytest.raises(InvalidPercent) as caught:
        Percent(hundredths)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("fraction", "hundredths"),
    [(0.0, 0), (0.3, 3000), (0.1 + 0.2, 3000), (0.07, 700), (1.0, 10_000), (1e-9, 1), (1 - 1e-9, 9_999)],
)
def test_a_weight_of_the_api_is_rounded_but_never_to_none_or_all(fraction: float, hundredths: int) -> None:
    assert Percent.from_fraction(fraction) == Percent(hundredths)


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_a_weight_outside_the_api_is_refused(fraction: float) -> None:
    with pytest.raises(InvalidPercent) as caught:
        Percent.from_fraction(fraction)
    assert str(caught.value) == f"percentage {fraction}: a weight of the Lambda API must be from 0.0 to 1.0"


@pytest.mark.parametrize(
    ("hundredths", "shown"), [(0, "0"), (3000, "30"), (1250, "12.5"), (1205, "12.05"), (7, "0.07"), (10_000, "100")]
)
def test_a_percentage_is_shown_without_needless_digits(hundredths: int, shown: str) -> None:
    assert str(Percent(hundredths)) == shown


@given(percents())
def test_every_percentage_survives_the_api_and_the_page(percent: Percent) -> None:
    assert Percent.from_fraction(percent.fraction) == percent
    assert Percent.of(str(percent)) == percent
    assert Percent(percent.hundredths + percent.rest.hundredths) == Percent(10_000)
    assert percent.rest.rest == percent


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_weight_between_none_and_all_stays_there(fraction: float) -> None:
    assert Percent(0) < Percent.from_fraction(fraction) < Percent(10_000)


@given(percents(inside=True))
def test_inside_means_neither_none_nor_all(percent: Percent) -> None:
    assert Percent(0) < percent < Percent(10_000)
