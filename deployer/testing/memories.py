"""Memories, and the descriptions they travel in."""

from __future__ import annotations

from hypothesis import strategies as st

from deployer.core import Description, Memory, Operation, Record, Routing, Transition, Verb, compose
from deployer.core.memory import LEFT_LENGTH, Manual
from deployer.testing.states import routings
from deployer.testing.values import contents, published_versions

_ID_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
_LATEST_SECOND = 2**33


def operations() -> st.SearchStrategy[Operation]:
    """Runs of any verb, under any id that a token can hold."""
    return st.builds(Operation, st.sampled_from(Verb), st.text(_ID_LETTERS, min_size=1, max_size=32))


def memories(*, routing: st.SearchStrategy[Routing] | None = None, most: int = 6) -> st.SearchStrategy[Memory]:
    """Memories written with any routing, or with one of `routing`."""
    records = st.builds(
        _record,
        routings(most=most) if routing is None else routing,
        st.integers(0, _LATEST_SECOND),
        operations(),
        st.none() | st.builds(Manual, st.none() | published_versions(most=most)),
        before=st.none() | st.integers(0, _LATEST_SECOND),
        on_hold=st.booleans(),
        after=st.none() | st.integers(0, 2**20),
    )
    trails = st.lists(published_versions(most=most), unique=True, max_size=8).map(tuple)
    fingerprints = st.none() | contents().map(lambda content: content.fingerprint)
    heads = st.tuples(st.none(), st.none()) | st.tuples(published_versions(most=most), fingerprints)
    left = st.lists(published_versions(most=most), unique=True, max_size=LEFT_LENGTH).map(tuple)
    return st.builds(lambda head, *others: Memory(*head, *others), heads, trails, records, left)


def _record(
    routing: Routing,
    since: int,
    operation: Operation,
    manual: Manual | None,
    *,
    before: int | None,
    after: int | None,
    on_hold: bool,
) -> Record:
    may_be = isinstance(routing, Transition) and operation.verb is Verb.ROUTE
    began = None if before is None or before > since else since - before
    follow_up = None if after is None else since + after
    return Record(routing, since, operation, manual if may_be else None, began, on_hold, follow_up)


def descriptions(memory: st.SearchStrategy[Memory] | None = None) -> st.SearchStrategy[str]:
    """Descriptions of an alias: with a memory among a person's text, with a damaged one, or without."""
    whole = st.builds(
        lambda before, after, known: compose(Description(before, after, None), known).text,
        _texts(),
        _texts(),
        memories() if memory is None else memory,
    )
    damaged = whole.map(lambda text: text.replace("lr1:h", "lr1:h9"))
    return whole | damaged | _texts()


def _texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20).map(str.strip)
