import pytest
from hypothesis import given

from deployer.core import CanaryIncrements, InvalidIncrements, Percent
from deployer.testing import increments, percents


def test_increments_are_read_as_a_person_writes_them() -> None:
    assert CanaryIncrements.of([25, "50", 75.5]) == CanaryIncrements((Percent(2500), Percent(5000), Percent(7550)))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "canary_increments []: needs at least one share (without one it is blue/green)"),
        ([0, 50], "canary_increments ['0', '50']: each share must be above 0 and below 100 (100 is implied)"),
        ([50, 100], "canary_increments ['50', '100']: each share must be above 0 and below 100 (100 is implied)"),
        ([50, 25], "canary_increments ['50', '25']: each share must be above the one before"),
        ([10, 25, 25], "canary_increments ['10', '25', '25']: each share must be above the one before"),
        ([25, 101], "canary_increments [25, 101]: percentage 101: must be from 0 to 100"),
    ],
)
def test_a_schedule_that_cannot_be_followed_is_refused(written: list[float], message: str) -> None:
    with pytest.raises(InvalidIncrements) as caught:
        CanaryIncrements.of(written)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("share", "following"), [(0, 25), (24.99, 25), (25, 50), (33, 50), (50, 75), (75, None), (99, None), (100, None)]
)
def test_the_next_increment_is_found_by_order(share: float, following: int | None) -> None:
    schedule = CanaryIncrements.of([25, 50, 75])
    assert schedule.above(Percent.of(share)) == (None if following is None else Percent.of(following))


def test_a_canary_begins_at_the_first_increment() -> None:
    assert CanaryIncrements.of([1, 99]).first == Percent(100)


@given(increments(), percents())
def test_no_increment_is_skipped_and_none_is_repeated(schedule: CanaryIncrements, share: Percent) -> None:
    following = schedule.above(share)
    assert following is None or following > share
    between = [one for one in schedule.shares if one > share and (following is None or one < following)]
    assert between == []
