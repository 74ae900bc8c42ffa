"""What someone may have meant, and how values are shown in a message."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely a misspelling of; case, - and _ are no difference."""
    import difflib

    plain = {_plain(name): name for name in known}
    found = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None


def _plain(word: str) -> str:
    return re.sub("[-_]", "", word).lower()


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, or nothing where no known word is close."""
    found = closest(word, known)
    return f"; did you mean {found}?" if found else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`."""
    *most, final = words
    return f"{', '.join(most)} {last} {final}" if most else final


def quoted(value: object) -> str:
    """A value as it is written in the file."""
    return json.dumps(value, ensure_ascii=False, default=str)


def kind_of(value: object) -> str:
    """What sort of value TOML gave, without the value: it may be secret."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a decimal number"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "a table"
        case dt.date() | dt.time():
            return "a date or time"
        case _:
            return type(value).__name__


def dotted(path: Iterable[str | int]) -> str:
    """A path as a person writes it: `functions.orders.layers[2]`."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            shown += f".{part}" if _BARE.fullmatch(part) else f".{quoted(part)}"
    return shown.removeprefix(".")
