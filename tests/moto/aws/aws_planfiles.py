"""Plan files that were changed by an accident, or by hand: somewhere, somehow."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from hypothesis import strategies as st

Path: TypeAlias = tuple[str | int, ...]

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def mutants(data: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """The file's bytes once a value was replaced, removed, added or swapped for another, or the text itself cut."""
    changed = st.one_of(_replaced(data), _removed(data), _added(data), _copied(data))
    return changed.map(lambda whole: json.dumps(whole).encode()) | _cut(json.dumps(data, indent=2).encode())


@st.composite
def _replaced(draw: st.DrawFn, data: dict[str, Any]) -> Any:
    return _with(data, draw(st.sampled_from(list(_paths(data)))), draw(_JSON))


@st.composite
def _copied(draw: st.DrawFn, data: dict[str, Any]) -> Any:
    """What stands in one place stands in another too."""
    one, other = draw(st.sampled_from(list(_paths(data)))), draw(st.sampled_from(list(_paths(data))))
    return _with(data, one, _at(data, other))


@st.composite
def _removed(draw: st.DrawFn, data: dict[str, Any]) -> Any:
    whole = copy.deepcopy(data)
    *above, last = draw(st.sampled_from([path for path in _paths(data) if path]))
    del _at(whole, tuple(above))[last]
    return whole


@st.composite
def _added(draw: st.DrawFn, data: dict[str, Any]) -> Any:
    whole = copy.deepcopy(data)
    inner = _at(
        whole, draw(st.sampled_from([path for path in _paths(data) if isinstance(_at(data, path), dict | list)]))
    )
    if isinstance(inner, list):
        inner.insert(draw(st.integers(0, len(inner))), draw(_JSON))
    else:
        inner[draw(st.text(max_size=8))] = draw(_JSON)
    return whole


@st.composite
def _cut(draw: st.DrawFn, text: bytes) -> bytes:
    """Bytes lost, doubled or put in."""
    begin, end = draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))
    return text[:begin] + draw(st.binary(max_size=4)) + text[end:]


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    yield above
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield from _paths(inner, (*above, name))


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _with(data: Any, path: Path, value: Any) -> Any:
    whole = copy.deepcopy(data)
    if not path:
        return value
    _at(whole, path[:-1])[path[-1]] = copy.deepcopy(value)
    return whole
