"""A limit of time for what cannot be stopped."""

from __future__ import annotations

import sys
import threading

import pytest

from deployer.rollout.limit import Quit, TimeIsUp, within


def test_what_is_done_in_time_is_returned() -> None:
    assert within(60, lambda: 7) == 7


def test_what_returns_nothing_is_done_too() -> None:
    within(60, lambda: None)


def test_what_it_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)


def test_what_is_not_done_in_time_is_given_up() -> None:
    released = threading.Event()
    with pytest.raises(TimeIsUp) as caught:
        within(0.01, released.wait)
    released.set()
    assert str(caught.value) == "not done within 0.01 s, and given up"


def test_whoever_would_end_the_process_does_not() -> None:
    with pytest.raises(Quit) as caught:
        within(60, lambda: sys.exit(3))
    assert str(caught.value) == "ended by SystemExit(3)"
