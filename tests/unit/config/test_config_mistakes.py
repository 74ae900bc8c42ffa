"""mistakes.txt: configurations that are wrong, each with everything that is said about it, word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def read_cases() -> dict[str, tuple[str, list[str]]]:
    text = (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8")
    cases = {}
    for case in text.removeprefix("=== ").split("\n=== "):
        name, _, rest = case.partition("\n")
        document, _, expected = rest.rpartition("---\n")
        cases[name] = document, [line for line in expected.splitlines() if line]
    return cases


CASES = read_cases()


@pytest.mark.parametrize("case", CASES)
def test_everything_wrong_is_said_with_file_line_key_and_what(case: str, problems: Callable[[str], list[str]]) -> None:
    document, expected = CASES[case]
    assert expected
    assert problems(document) == expected
