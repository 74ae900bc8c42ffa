"""HTML and SVG that cannot be broken by what is put into it: whatever is not Markup is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

_VOID: Final = frozenset({"meta", "br", "hr"})
# What HTML does not allow, what UTF-8 cannot hold, and what turns the direction of the text that follows.
_UNFIT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Part = str | None
"""Markup stands as it is, other text is escaped, None is left out."""


def plain(text: str) -> str:
    """Text without characters that have no place in a page; each of them is shown as U+FFFD."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def joined(parts: Iterable[Part]) -> Markup:
    """One after the other."""
    return Markup("".join(_safe(part) for part in parts if part is not None))


def element(name: str, /, *parts: Part, **attributes: Part) -> Markup:
    """One element. Attributes are written as Python can: `class_` is class, `aria_label` is aria-label."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(parts)}</{name}>")


def _safe(part: str) -> str:
    return part if isinstance(part, Markup) else escape(plain(part), quote=False)
