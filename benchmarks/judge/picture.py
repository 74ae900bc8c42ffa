"""The result as people see it: an SVG that follows the reader's light or dark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from benchmarks.judge.result import BASE, BASES, RISES, Result
from benchmarks.judge.rule import RULES
from benchmarks.judge.trial import Caught

STEP: Final = 50
_WIDTH, _HEIGHT = 900, 400
_TOP, _BOTTOM = 70, 340
_BARS_LEFT, _BARS_RIGHT = 30, 430
_LEFT, _RIGHT = 510, 860
_LEAST, _MOST = 100.0, 40_000.0
_STYLE: Final = """\
svg { font: 12px system-ui, sans-serif; --ink: #1f2328; --quiet: #59636e; --grid: #d1d9e0;
  --c0: #0969da; --c1: #cf222e; --c2: #bc4c00; --c3: #8250df; }
@media (prefers-color-scheme: dark) { svg { --ink: #f0f6fc; --quiet: #9198a1; --grid: #3d444d;
  --c0: #4493f8; --c1: #f85149; --c2: #f0883e; --c3: #ab7df8; } }
text { fill: var(--ink); } .quiet { fill: var(--quiet); } .title { font-size: 14px; font-weight: 600; }
.grid { stroke: var(--grid); } .end { text-anchor: end; } .middle { text-anchor: middle; }
path { fill: none; stroke-width: 2; }"""


def picture(result: Result) -> str:
    """Two charts side by side: false rollbacks of each rule, and how soon the judge catches what."""
    told = (
        "Left: how often rules take back equal versions. "
        f"Right: how many calls of the new version the judge needs to catch a rise in errors at {STEP} % traffic."
    )
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{told}">',
            f"<style>{_STYLE}</style>",
            *_bars(result),
            *_curves(result),
            "</svg>\n",
        )
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="grid" style="stroke-width:1" stroke="var(--grid)" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _bars(result: Result) -> Iterator[str]:
    """One group of bars a rule, one bar a share of errors; the share taken back is written beside each."""
    yield _text(_BARS_LEFT, 24, "Equal versions taken back", "title")
    yield _text(_BARS_LEFT, 42, f"share of {result.rollouts:,} rollouts 25, 50, 75 %, 10 minutes each", "quiet")
    group = (_BOTTOM - _TOP + 40) / len(RULES)
    for number, rule in enumerate(RULES):
        top = _TOP + number * group
        yield _text(_BARS_LEFT, top + 6, rule)
        for place, base in enumerate(BASES):
            share, y = result.false[base][rule] / result.rollouts, top + 14 + place * 17
            long = share * (_BARS_RIGHT - _BARS_LEFT - 170)
            yield _text(_BARS_LEFT + 92, y + 10, f"{100 * base:g} % errors", "quiet end")
            size = f'width="{max(long, 1):.1f}" height="12"'
            yield f'<rect x="{_BARS_LEFT + 100}" y="{y:.1f}" {size} fill="var(--c{number})"/>'
            yield _text(_BARS_LEFT + 106 + long, y + 10, f"{100 * share:.2f} %" if share < 1 else "100 %")


def _curves(result: Result) -> Iterator[str]:
    yield _text(_LEFT - 40, 24, f"Rises from {100 * BASE:g} % of errors caught by the judge", "title")
    yield _text(_LEFT - 40, 42, f"share of runs, at {STEP} % of the traffic; both gates on, alpha 1 %", "quiet")
    for share in (0.0, 0.5, 0.9, 1.0):
        yield _line(_LEFT, _y(share), _RIGHT, _y(share))
        yield _text(_LEFT - 6, _y(share) + 4, f"{100 * share:.0f} %", "quiet end")
    for calls in (100, 1_000, 10_000):
        yield _line(_x(calls), _TOP, _x(calls), _BOTTOM)
        yield _text(_x(calls), _BOTTOM + 18, f"{calls:,}", "quiet middle")
    yield _text((_LEFT + _RIGHT) / 2, _BOTTOM + 38, "calls of the new version until then", "quiet middle")
    for number, rise in enumerate(RISES):
        yield from _curve(number, rise, result.caught[rise, STEP])


def _curve(number: int, rise: float, caught: Sequence[Caught]) -> Iterator[str]:
    """Runs never caught leave it below 100 percent. Its name stands to the right of it, of the worst to the left."""
    calls = sorted(each.new_calls for each in caught if each.minutes is not None)
    if not calls:
        return
    places = [(_x(count), _y((rank + 1) / len(caught))) for rank, count in enumerate(calls)]
    steps = " ".join(f"{x:.1f} {y:.1f}" for x, y in [(_x(calls[0]), _y(0)), *places])
    yield f'<path stroke="var(--c0)" d="M{steps}"/>'
    last = number == len(RISES) - 1
    rank = 0.75 - 0.2 * number
    x = _x(calls[int(rank * len(calls))])
    yield _text(x - 6 if last else x + 6, _y(rank) + 4, f"{100 * rise:g} %", "end" if last else "")


def _x(calls: float) -> float:
    inside = min(max(calls, _LEAST), _MOST)
    return _LEFT + (_RIGHT - _LEFT) * math.log(inside / _LEAST) / math.log(_MOST / _LEAST)


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share
