"""The result as people read it, in Markdown, and its place in a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from benchmarks.judge.result import BASE, BASES, RISES, SLOWER, Result
from benchmarks.judge.rule import BAKE, RULES, STEPS
from benchmarks.judge.trial import Caught

BEGIN: Final = "<!-- measured: `make bench-judge` writes from here -->"
END: Final = "<!-- measured: to here -->"
_NEVER: Final = math.inf


class NoPlace(Exception):
    """The page has no place for what was measured."""

    def __str__(self) -> str:
        return f"the page has no lines {BEGIN!r} and {END!r}; put them where the tables belong"


def placed_in(page: str, tables: str) -> str:
    """The page with the tables between its two marks. Raises NoPlace for a page without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


def tables(result: Result) -> str:
    """All of them, each with what it shows."""
    runs = f"{len(result.caught[RISES[0], STEPS[0]]):,} runs"
    steps = ", ".join(map(str, STEPS))
    needed = ("errors", "traffic", "calls of the new version", "calls in all", "minutes", f"within {BAKE} minutes")
    return "\n".join(
        (
            f"**Equal versions taken back**, of {result.rollouts:,} rollouts through {steps} % for each error share:\n",
            *_table(("", *(_percent(base) for base in BASES)), _false(result)),
            f"\n**Until the judge catches a rise from {_percent(BASE)}**: median (90 %) of {runs}:\n",
            *_table(needed, _needed(result)),
            f"\n**Caught within a bake of {BAKE} minutes**, and the median of minutes until then:\n",
            *_table(("errors", "traffic", *RULES), _beside(result)),
            f"\n**Minutes until the judge catches a slower version**: median (90 %) of {runs}:\n",
            *_table(("slower", *(f"{step} %" for step in STEPS)), _slow(result)),
        )
    )


def _false(result: Result) -> Iterator[tuple[str, ...]]:
    for rule in RULES:
        yield (rule, *(_share(result.false[base][rule], result.rollouts) for base in BASES))


def _needed(result: Result) -> Iterator[tuple[str, ...]]:
    for (rise, step), caught in result.caught.items():
        within = sum(each.minutes is not None and each.minutes <= BAKE for each in caught)
        yield (
            f"{_percent(BASE)} → {_percent(rise)}",
            f"{step} %",
            _spread(each.new_calls if each.minutes else _NEVER for each in caught),
            _spread(each.calls if each.minutes else _NEVER for each in caught),
            _spread(each.minutes or _NEVER for each in caught),
            _share(within, len(caught)),
        )


def _beside(result: Result) -> Iterator[tuple[str, ...]]:
    for (rise, step), caught in result.caught.items():
        yield f"{_percent(BASE)} → {_percent(rise)}", f"{step} %", *(_by_rule(caught, rule) for rule in RULES)


def _by_rule(caught: Sequence[Caught], rule: str) -> str:
    minutes = sorted(when for each in caught if (when := each.by_rule[rule]) is not None)
    return f"{_share(len(minutes), len(caught))} ({quantile(minutes, 0.5):.0f})" if minutes else "0 %"


def _slow(result: Result) -> Iterator[tuple[str, ...]]:
    for slower in SLOWER:
        runs = (result.slow[slower, step] for step in STEPS)
        yield f"{slower:g} times", *(_spread(minutes or _NEVER for minutes in each) for each in runs)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the sorted values that at least this share is not above."""
    return values[max(0, math.ceil(share * len(values)) - 1)]


def _spread(values: Iterable[float]) -> str:
    ordered = sorted(values)
    return f"{_count(quantile(ordered, 0.5))} ({_count(quantile(ordered, 0.9))})"


def _count(value: float) -> str:
    return "later" if value == _NEVER else f"{value:,.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _share(count: int, whole: int) -> str:
    """Rounded so that it never says all or none where it is not."""
    percent = 100 * count / whole
    if count in (0, whole):
        return f"{percent:.0f} %"
    return f"{percent:.2f} %" if percent < 1 else f"{min(percent, 99.9):.1f} %"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
