"""Where text for people goes: a terminal by way of rich, anything else as plain lines.

Some of it was written by others: descriptions at AWS, file names, values of the configuration. So whatever commands a
terminal, breaks a line or turns letters round is shown as an escape, here and for all commands.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple, TextIO, TypeAlias


class Tone(StrEnum):
    """How a piece of text sounds; the values are rich's styles."""

    PLAIN = ""
    STRONG = "bold"
    DIM = "dim"
    GOOD = "green"
    LOUD = "bold yellow"
    BAD = "bold red"


class Span(NamedTuple):
    """A piece of a line."""

    text: str
    tone: Tone = Tone.PLAIN


Line: TypeAlias = tuple[Span, ...]

_ASCII: Final = str.maketrans({"█": "#", "…": "~"})
# C0 and C1, with escape sequences and line breaks among them; marks of direction; separators of lines.
_COMMANDS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]")


def line(*parts: str | Span) -> Line:
    """One line from its pieces."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def plain(text: Line) -> str:
    """The line without its tones."""
    return "".join(span.text for span in text).rstrip()


def write(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Write lines to `stream`, by default stdout as it is now."""
    out = sys.stdout if stream is None else stream
    if is_coloured(out):
        _write_rich(lines, out)
        return
    for text in lines:
        out.write(encodable(plain(text), out.encoding) + "\n")
    out.flush()


def is_coloured(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that wants colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def legible(text: str) -> str:
    """The same text with an escape for each character that is no letter but a command."""
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def encodable(text: str, encoding: str | None) -> str:
    """The same text, legible, in letters that `encoding` has; bars and arrows have stand-ins in ASCII."""
    text = legible(text)
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode("ascii", "backslashreplace").decode()
    return text


def _write_rich(lines: Iterable[Line], stream: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for text in lines:
        console.print(Text.assemble(*((encodable(span.text, stream.encoding), span.tone.value) for span in text)))
