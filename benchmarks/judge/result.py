"""What came of all trials."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from typing import Final, Protocol, TypeVar

from benchmarks.judge.rule import BAKE, STEPS
from benchmarks.judge.traffic import World
from benchmarks.judge.trial import PIECE, Caught, Piece, catches, false_rollbacks, slow_catches

BASES: Final = (0.001, 0.01, 0.05)
BASE: Final = 0.01
RISES: Final = (0.02, 0.05, 0.10, 0.50)
SLOWER: Final = (1.3, 1.5, 2.0)
ROLLOUTS: Final = 10_000
_LONGEST: Final = {0.02: 120}
_LONG: Final = 30
_SLOW_LONGEST: Final = 30
_FEWER: Final = 10  # what is measured by quantiles needs fewer runs than what is rare

T = TypeVar("T")


class Work(Protocol):
    """Does pieces; what comes of them is in their order."""

    def __call__(self, trial: Callable[[Piece], list[T]], pieces: Iterable[Piece], /) -> Iterable[list[T]]:
        """`trial` of each piece."""


@dataclass(frozen=True, slots=True)
class Result:
    """`false`: by share of errors, how many rollouts each rule took back. `caught`: by share of errors of the new
    version and of its traffic in percent. `slow`: minutes, by how many times slower and share of traffic.
    """

    rollouts: int
    false: Mapping[float, Counter[str]]
    caught: Mapping[tuple[float, int], Sequence[Caught]]
    slow: Mapping[tuple[float, int], Sequence[int | None]]


@contextmanager
def workers(count: int) -> Iterator[Work]:
    """What does pieces: this process itself where `count` is 1."""
    if count == 1:
        yield _here
        return
    with ProcessPoolExecutor(count, get_context("spawn")) as pool:

        def spread(trial: Callable[[Piece], list[T]], pieces: Iterable[Piece], /) -> Iterable[list[T]]:
            return pool.map(trial, pieces)

        yield spread


def _here(trial: Callable[[Piece], list[T]], pieces: Iterable[Piece], /) -> Iterable[list[T]]:
    return map(trial, pieces)


def result(work: Work, rollouts: int) -> Result:
    """Of so many rollouts of equal versions for each share of errors, and a tenth of that for each worse one.

    Both are rounded up to whole pieces.
    """
    fewer = rollouts / _FEWER

    def run(trial: Callable[[Piece], list[T]], world: World, runs: float, longest: int) -> list[T]:
        pieces = [Piece(world, number, longest) for number in range(math.ceil(runs / PIECE))]
        return list(chain.from_iterable(work(trial, pieces)))

    return Result(
        math.ceil(rollouts / PIECE) * PIECE,
        {base: _counted(run(false_rollbacks, World(0, base, base), rollouts, BAKE)) for base in BASES},
        {
            (rise, step): run(catches, World(step / 100, BASE, rise), fewer, _LONGEST.get(rise, _LONG))
            for rise in RISES
            for step in STEPS
        },
        {
            (slower, step): run(slow_catches, World(step / 100, BASE, BASE, slower), fewer, _SLOW_LONGEST)
            for slower in SLOWER
            for step in STEPS
        },
    )


def _counted(taken_back: Iterable[frozenset[str]]) -> Counter[str]:
    return Counter(chain.from_iterable(taken_back))
