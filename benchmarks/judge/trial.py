"""Many rollouts, or many steps, in pieces that do not depend on how many processes do them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from benchmarks.judge.rule import BAKE, GATES, JUDGE, LOOSE, MEASURED, RULES, STEPS, judged_worse
from benchmarks.judge.traffic import Minute, World, minute
from deployer.core.watch.policy import Gates

PIECE: Final = 50
_SLOW_GATES: Final = Gates(errors=GATES.errors, durations=(LOOSE,), alpha=GATES.alpha)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work; `number` makes its seed."""

    world: World
    number: int
    longest: int = BAKE

    def chances(self) -> Iterator[Random]:
        """One for each of PIECE runs; the same for the same piece."""
        return (Random(f"{self.world} {self.number} {run}") for run in range(PIECE))


@dataclass(frozen=True, slots=True)
class Caught:
    """When the judge caught a step: after so many minutes and calls; None where it had not by the longest time.

    `by_rule` has the minute of each rule within the bake, None where it let the step pass.
    """

    minutes: int | None
    new_calls: int
    calls: int
    by_rule: dict[str, int | None]


def false_rollbacks(piece: Piece) -> list[frozenset[str]]:
    """For each of PIECE rollouts of equal versions through all steps: the rules that took it back."""
    return [_taken_back(chance, piece.world) for chance in piece.chances()]


def _taken_back(chance: Random, world: World) -> frozenset[str]:
    back: set[str] = set()
    for share in STEPS:
        minutes = history(chance, replace(world, share=share / 100), BAKE)
        back |= {name for name in RULES.keys() - back if first(name, minutes) is not None}
    return frozenset(back)


def history(chance: Random, world: World, length: int) -> list[Minute]:
    """The minutes of one step."""
    return [minute(chance, world, number, MEASURED) for number in range(length)]


def first(name: str, minutes: Sequence[Minute]) -> int | None:
    """After which minute a rule takes it back."""
    rule = RULES[name]
    return next((number for number in range(1, len(minutes) + 1) if rule(minutes[:number])), None)


def catches(piece: Piece) -> list[Caught]:
    """PIECE steps with a version that fails more often."""
    return [_caught(chance, piece) for chance in piece.chances()]


def _caught(chance: Random, piece: Piece) -> Caught:
    minutes: list[Minute] = history(chance, piece.world, BAKE)
    by_rule = {name: first(name, minutes) for name in RULES}
    when = by_rule[JUDGE]
    while when is None and len(minutes) < piece.longest:
        minutes.append(minute(chance, piece.world, len(minutes), MEASURED))
        when = len(minutes) if judged_worse(minutes) else None
    counted = minutes[:when]
    new = sum(each.new.invocations for each in counted)
    return Caught(when, new, new + sum(each.old.invocations for each in counted), by_rule)


def slow_catches(piece: Piece) -> list[int | None]:
    """After how many minutes PIECE steps with a slower version are caught; p95 may be 1.2 times the old version's."""
    return [_slow(chance, piece) for chance in piece.chances()]


def _slow(chance: Random, piece: Piece) -> int | None:
    minutes: list[Minute] = []
    for number in range(piece.longest):
        minutes.append(minute(chance, piece.world, number, MEASURED))
        if judged_worse(minutes, _SLOW_GATES):
            return number + 1
    return None
