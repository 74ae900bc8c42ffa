import pytest

from deployer.core import LATEST, NEW, InvalidVersion, Latest, New, Published, Version, read_published, read_version


@pytest.mark.parametrize(("written", "version"), [(7, Published(7)), ("7", Published(7)), ("$LATEST", LATEST)])
def test_a_version_is_read_as_lambda_or_a_person_writes_it(written: str | int, version: Version) -> None:
    assert read_version(written) == version


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("live", "version 'live': must be $LATEST or the number of a published version"),
        ("", "version '': must be $LATEST or the number of a published version"),
        ("-1", "version '-1': must be $LATEST or the number of a published version"),
        ("٣", "version '٣': must be $LATEST or the number of a published version"),
        ("0", "version 0: a published version has a whole number from 1 up"),
        (
            "$LATEST.PUBLISHED",
            "version '$LATEST.PUBLISHED': belongs to Lambda Managed Instances and is not immutable; publish numbers",
        ),
    ],
)
def test_what_is_no_version_is_refused_with_the_reason(written: str, message: str) -> None:
    with pytest.raises(InvalidVersion) as caught:
        read_version(written)
    assert str(caught.value) == message


@pytest.mark.parametrize("number", [0, -3, True, "7", 1.0])
def test_a_number_that_lambda_never_gives_cannot_be_built(number: int) -> None:
    with pytest.raises(InvalidVersion) as caught:
        Published(number)
    assert str(caught.value) == f"version {number!r}: a published version has a whole number from 1 up"


def test_only_a_number_is_read_where_a_number_is_needed() -> None:
    assert read_published("12") == Published(12)
    for written in ("$LATEST", "live", "", "9" * 19):
        with pytest.raises(InvalidVersion) as caught:
            read_published(written)
        assert str(caught.value) == f"version {written!r}: must be the number of a published version"


def test_numbers_are_ordered_as_numbers() -> None:
    assert sorted([Published(10), Published(9), Published(1)]) == [Published(1), Published(9), Published(10)]


def test_each_version_has_its_name() -> None:
    assert [str(version) for version in (Published(7), Latest(), New())] == ["7", "$LATEST", "new"]
    assert (Latest(), New()) == (LATEST, NEW)


def test_a_number_with_more_digits_than_lambda_gives_is_refused() -> None:
    assert read_version("9" * 18) == Published(10**18 - 1)
    for digits in (19, 5_000):
        with pytest.raises(InvalidVersion, match="must be \\$LATEST or the number of a published version"):
            read_version("9" * digits)
