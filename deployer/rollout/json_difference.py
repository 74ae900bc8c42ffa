"""Where two JSON texts differ, and where one does not hold what another asks for. All that is shown is bounded."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any, Final

_MOST_LINES: Final = 20
_MOST_CHARACTERS: Final = 80
_NOT_THERE: Final = object()


def difference(old: Any, new: Any) -> str:
    """Line by line, e.g. `$.total: 3 → 4`; empty where both are the same."""
    return _bounded(_differing(old, new, "$"))


def missing(wanted: Any, found: Any) -> str:
    """Where `found` has not what `wanted` says, e.g. `$.total is 3, not 4`; empty where it has all of it.

    Members of objects are looked for one by one, and others may be there; lists and all else have to be the same. A
    text where an object or a list is wanted is read as JSON: such is the `body` of an answer to API Gateway.
    """
    return _bounded(_missing(wanted, found, "$"))


def _differing(old: Any, new: Any, at: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _differing(old.get(name, _NOT_THERE), new.get(name, _NOT_THERE), f"{at}.{name}")
    elif isinstance(old, list) and isinstance(new, list):
        pairs = itertools.zip_longest(old, new, fillvalue=_NOT_THERE)
        for index, (one, other) in enumerate(pairs):
            yield from _differing(one, other, f"{at}[{index}]")
    elif not _same(old, new):
        yield f"{at}: {_shown(old)} → {_shown(new)}"


def _missing(wanted: Any, found: Any, at: str) -> Iterator[str]:
    read = _read(found) if isinstance(wanted, dict | list) else found
    if isinstance(wanted, dict) and isinstance(read, dict):
        for name, value in wanted.items():
            if name in read:
                yield from _missing(value, read[name], f"{at}.{name}")
            else:
                yield f"{at}.{name} is not there"
    elif not _same(wanted, read):
        yield f"{at} is {_shown(found)}, not {_shown(wanted)}"


def _read(found: Any) -> Any:
    try:
        return json.loads(found) if isinstance(found, str) else found
    except ValueError:
        return found


def _same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: to Python true is 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _shown(value: Any) -> str:
    if value is _NOT_THERE:
        return "(not there)"
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _bounded(lines: Iterator[str]) -> str:
    first = [_cut_line(line) for line in itertools.islice(lines, _MOST_LINES)]
    rest = sum(1 for _ in lines)
    return "\n".join([*first, *([f"and {rest} more"] if rest else [])])


def _cut_line(line: str) -> str:
    # Paths are as long as the names in them.
    return line if len(line) <= 4 * _MOST_CHARACTERS else f"{line[: 4 * _MOST_CHARACTERS]}…"
