"""The marks of the verdicts. Their shapes differ, not their colours alone."""

from __future__ import annotations

from typing import Final

from deployer.core.watch.judgement import Judged
from deployer.rollout.report.markup import Markup, element, joined

JUDGED: Final = {
    Judged.PASS: "pass",
    Judged.FAIL: "fail",
    Judged.INCONCLUSIVE: "inconclusive",
    Judged.NO_DATA: "no data",
}
"""What people call each verdict."""

_SHAPES: Final = {
    Judged.PASS: element("circle", r="3.5"),
    Judged.FAIL: element("path", d="M-4-4 4 4M4-4-4 4"),
    Judged.INCONCLUSIVE: element("circle", r="3.5"),
    Judged.NO_DATA: element("path", d="M-4.5 0 0-4.5 4.5 0 0 4.5z"),
}
_SIGNS: Final = {
    Judged.PASS: "M-3.5.2-1.2 2.6 3.4-2.4",
    Judged.FAIL: "M-2.7-2.7 2.7 2.7M2.7-2.7-2.7 2.7",
    Judged.INCONCLUSIVE: "M-3.2 0h0M0 0h0M3.2 0h0",
    Judged.NO_DATA: "M-3 0H3",
}


def shapes() -> Markup:
    """All of them, once for the whole page, to be used by their ids: small ones, and large ones for what decided."""
    small = (element("g", shape, id=f"mark-{judged}") for judged, shape in _SHAPES.items())
    large = (element("g", _large(sign), id=f"sign-{judged}") for judged, sign in _SIGNS.items())
    drawn = element("defs", joined(small), joined(large))
    return element("svg", drawn, width="0", height="0", class_="shapes", aria_hidden="true")


def mark(judged: Judged, *, large: bool, x: str, y: str, kind: str = "") -> Markup:
    """The mark of a verdict, somewhere in a drawing."""
    size = "sign" if large else "mark"
    return element("use", href=f"#{size}-{judged}", x=x, y=y, class_=f"{size} {judged} {kind}".rstrip())


def symbol(judged: Judged) -> Markup:
    """The mark of a verdict, to stand in a line of text."""
    drawn = mark(judged, large=False, x="8", y="8")
    return element("svg", drawn, width="16", height="16", class_="glyph", aria_hidden="true")


def _large(sign: str) -> Markup:
    return joined((element("circle", r="7.5"), element("path", d=sign, class_="cut")))


def verdict(judged: Judged) -> Markup:
    """The mark and the word."""
    return element("span", symbol(judged), JUDGED[judged], class_=f"verdict {judged}")
