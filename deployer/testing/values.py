"""Single values: percentages, schedules, versions, contents."""

from __future__ import annotations

from hypothesis import strategies as st

from deployer.core import CanaryIncrements, Content, Percent, Published

_FINEST = 1
_WHOLE = 10_000


def percents(*, inside: bool = False) -> st.SearchStrategy[Percent]:
    """Percentages from 0 to 100, whole ones more often than not; `inside`: neither 0 nor 100, as weights must be."""
    whole = st.integers(1 if inside else 0, 99 if inside else 100).map(lambda percent: Percent(percent * 100))
    fine = st.integers(_FINEST if inside else 0, _WHOLE - _FINEST if inside else _WHOLE).map(Percent)
    return whole | fine


def increments(*, most: int = 6) -> st.SearchStrategy[CanaryIncrements]:
    """Schedules of one to `most` shares."""
    shares = st.lists(percents(inside=True), min_size=1, max_size=most, unique=True)
    return shares.map(lambda given: CanaryIncrements(tuple(sorted(given))))


def published_versions(*, most: int = 6) -> st.SearchStrategy[Published]:
    """Versions from 1 to `most`: few, so that they meet again."""
    return st.integers(1, most).map(Published)


def contents(*, most: int = 4) -> st.SearchStrategy[Content]:
    """Contents of functions: few codes and few settings, so that some are equal and some differ in one way only."""
    return st.builds(
        lambda code, memory, mode: Content(f"code-{code}", {"MemorySize": memory, "Environment": _variables(mode)}),
        st.integers(1, most),
        st.sampled_from([128, 256]),
        st.sampled_from(["fast", "safe"]),
    )


def _variables(mode: str) -> dict[str, dict[str, str]]:
    return {"Variables": {"MODE": mode}}
