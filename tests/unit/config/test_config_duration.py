"""Durations are exact, and what is none is told with what was meant."""

from __future__ import annotations

import pytest

from deployer.config.duration import checked, meant, seconds, spelled
from deployer.core.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30), ("10m", 600), ("90m", 5400), ("1h30m", 5400), ("2d", 172_800), ("1d2h3m4s", 93_784), ("0s", 0)],
)
def test_a_duration_is_read_into_whole_seconds(text: str, expected: int) -> None:
    assert seconds(text) == checked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10", "10s"),
        ("10 min", "10m"),
        ("10M", "10m"),
        ("1.5h", "1h30m"),
        ("30m1h", "1h30m"),
        ("1 hour, 30 minutes", "1h30m"),
        (" 10m", "10m"),
        ("0.5s", None),
        ("", None),
        ("soon", None),
        ("1 fortnight", None),
        ("10m soon", None),
        ("-5m", None),
        ("PT10M", None),
        ("1" * 10 + "s", None),
        ("10m\n", "10m"),
        ("\u0661\u0660m", None),
    ],
)
def test_another_text_is_none_and_told_with_what_was_meant_where_that_is_clear(text: str, expected: str | None) -> None:
    assert seconds(text) is None
    assert meant(text) == expected
    with pytest.raises(InvalidValue, match="is no duration"):
        checked(text)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (5400, "1h30m"), (93_784, "1d2h3m4s"), (1_209_600, "14d")],
)
def test_seconds_are_spelled_as_they_are_read(whole: int, expected: str) -> None:
    assert spelled(whole) == expected
    assert seconds(expected) == whole
