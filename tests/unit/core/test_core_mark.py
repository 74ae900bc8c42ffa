import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deployer.core.mark import Mark, read_mark

AT = "2026-11-23T17:43:00Z"


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (
            Mark("k3J9x2Qa", AT, "1.4.0", "3f2a9c1", "alice"),
            f"release 1.4.0; commit 3f2a9c1; at {AT}; by alice; run k3J9x2Qa",
        ),
        (Mark("k3J9x2Qa", AT), f"at {AT}; run k3J9x2Qa"),
        (
            Mark("k3J9x2Qa", AT, by="alice", override="the fix of incident 42"),
            f"at {AT}; by alice; override the fix of incident 42; run k3J9x2Qa",
        ),
    ],
)
def test_a_mark_tells_where_a_version_comes_from(mark: Mark, text: str) -> None:
    assert str(mark) == text
    assert read_mark(text) == mark


def test_a_mark_is_plain_and_short() -> None:
    mark = Mark("r" * 40, AT, "a; b\n c", "ä", "x" * 50)
    assert str(mark) == f"release a b c; commit ?; at {AT}; by {'x' * 44}; run {'r' * 32}"


def test_a_mark_that_is_cut_at_a_space_or_holds_nothing_but_separators_is_read_again() -> None:
    mark = Mark("k3J9x2Qa", AT, "1" * 43 + " a", " ; ", "\n")
    assert str(mark) == f"release {'1' * 43}; at {AT}; run k3J9x2Qa"
    assert read_mark(str(mark)) == Mark("k3J9x2Qa", AT, "1" * 43)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my function",
        "run 5",
        f"at {AT}",
        "released at noon",
        "look at this; first run ever",
        "at noon; run k3J9x2Qa",
        "at 2026-13-23T17:43:00Z; run k3J9x2Qa",
        f"my function; at {AT}; run k3J9x2Qa",
        f"at {AT}; run k3J9x2Qa; by alice",
        f"at {AT}; run k3J9x2Qa\n",
        f"at {AT};  run k3J9x2Qa",
        f"at {AT}; run {'r' * 33}",
        f"at {AT}; run ä",
    ],
)
def test_any_other_description_is_no_mark(text: str) -> None:
    assert read_mark(text) is None


@given(st.text(), st.text(), st.text(), st.text())
@example("r" * 99, "c" * 99, "b" * 99, "o" * 99)
def test_whatever_is_written_a_mark_fits_into_a_description(release: str, commit: str, by: str, why: str) -> None:
    text = str(Mark("k" * 32, AT, release, commit, by, why))
    assert len(text) <= 256
    assert text.isascii()
    found = read_mark(text)
    assert found is not None
    assert found.run == "k" * 32
