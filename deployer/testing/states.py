"""States of an alias: every one that Lambda allows, and no other."""

from __future__ import annotations

from hypothesis import strategies as st

from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    Move,
    Percent,
    Published,
    Routing,
    Settling,
    Stable,
    Transition,
)
from deployer.testing.values import percents, published_versions


def stables(*, most: int = 6) -> st.SearchStrategy[Stable]:
    """One version has all traffic: `$LATEST`, or a number up to `most`."""
    return (st.just(LATEST) | published_versions(most=most)).map(Stable)


def transitions(*, most: int = 6, weights: st.SearchStrategy[Percent] | None = None) -> st.SearchStrategy[Transition]:
    """Two versions up to `most` in either order, at any weight, or one of `weights`."""
    return st.builds(
        lambda pair, weight: Transition(pair[0], pair[1], weight),
        _pairs(most),
        percents(inside=True) if weights is None else weights,
    )


def settlings(*, most: int = 6) -> st.SearchStrategy[Settling]:
    """Lambda's own move between two versions up to `most`, however it stands."""
    return st.builds(lambda pair, move: Settling(pair[0], pair[1], move), _pairs(most), st.sampled_from(Move))


def routings(*, most: int = 6) -> st.SearchStrategy[Routing]:
    """What can be written to an alias."""
    return stables(most=most) | transitions(most=most)


def states(*, most: int = 6) -> st.SearchStrategy[AliasState]:
    """Any state an alias can be seen in."""
    return st.just(Absent()) | routings(most=most) | settlings(most=most)


def _pairs(most: int) -> st.SearchStrategy[tuple[Published, Published]]:
    return st.tuples(published_versions(most=most), published_versions(most=most)).filter(
        lambda pair: pair[0] != pair[1]
    )
