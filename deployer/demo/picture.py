"""The rollout as an SVG: text in the reader's own monospaced font, bars as shapes, nothing fetched from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from rich.text import Text

from deployer.demo.drawing import BLOCK, REST_STYLE, WIDTH, drawn
from deployer.demo.scene import Chapter, Closing, Scene
from deployer.demo.traffic import Traffic

PICTURED: Final = range(3, 6)
_TITLE: Final = "deployer demo: a canary, a bad version, a rollback"
_COLUMN, _LINE, _MARGIN, _BAR = 8.4, 20, 20, 14
# Where the letters of a line stand, and where its bar begins, from the line's top.
_BASE, _BAR_TOP = 15, 3
_PIECE: Final = re.compile(rf"{BLOCK}+|[^\s{BLOCK}]+(?: [^\s]+)*")
_STYLE: Final = """\
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9 }
.page { fill: #161b22 }
.bold { font-weight: bold }
.dim { fill: #8b949e }
.red { fill: #ff7b72 }
.green { fill: #3fb950 }
.blue { fill: #58a6ff }
.magenta { fill: #bc8cff }
.bright_black { fill: #30363d }"""


class Picture:
    """An SVG of the chapters that matter most, written when the demo closes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wanted = False
        self._lines: list[Text] = []

    def show(self, scene: Scene) -> None:
        """Take up what belongs in the picture."""
        if isinstance(scene, Chapter):
            self._wanted = scene.number in PICTURED
        if isinstance(scene, Closing):
            self._wanted = False
            self._path.write_text(svg(self._lines[1:]), encoding="utf-8")
        if self._wanted and not (isinstance(scene, Traffic) and not scene.finished):
            self._lines += drawn(scene)


def svg(lines: Iterable[Text]) -> str:
    """Lines as one picture, WIDTH characters wide."""
    pieces = [piece for number, line in enumerate(lines) for piece in _pieces(line, number)]
    height = 2 * _MARGIN + _LINE * (1 + max((number for number, _ in pieces), default=0))
    width = round(2 * _MARGIN + _COLUMN * WIDTH)
    drawn_pieces = "\n".join(shape for _, shape in pieces)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{_TITLE}">
<title>{_TITLE}</title>
<style>
{_STYLE}
</style>
<rect class="page" width="{width}" height="{height}" rx="8"/>
{drawn_pieces}
</svg>
"""


def _pieces(line: Text, number: int) -> Iterator[tuple[int, str]]:
    """Each stretch of one style and without wide gaps stands at its own column, whatever the font."""
    top = _MARGIN + _LINE * number
    for start, end, style in _stretches(line):
        for found in _PIECE.finditer(line.plain, start, end):
            left = _MARGIN + _COLUMN * found.start()
            yield number, _shape(found.group(), style, left, top)


def _stretches(line: Text) -> Iterator[tuple[int, int, str]]:
    """Where each style begins and ends; spans never overlap in what is drawn here."""
    end = 0
    for span in sorted(line.spans):
        yield end, span.start, str(line.style)
        yield span.start, span.end, str(span.style)
        end = span.end
    yield end, len(line.plain), str(line.style)


def _shape(text: str, style: str, left: float, top: int) -> str:
    width = f"{_COLUMN * len(text):.1f}"
    if text[0] == BLOCK or style == REST_STYLE:
        return f'<rect class="{style}" x="{left:.1f}" y="{top + _BAR_TOP}" width="{width}" height="{_BAR}"/>'
    kind = f' class="{style}"' if style else ""
    return f'<text{kind} x="{left:.1f}" y="{top + _BASE}" textLength="{width}">{escape(text, quote=False)}</text>'
