"""What a person may ask for, and under which rules."""

from __future__ import annotations

from hypothesis import strategies as st

from deployer.core import (
    BlueGreen,
    Canary,
    CanaryIncrements,
    Conclude,
    Deploy,
    Development,
    Hold,
    OnNewer,
    Policy,
    Promote,
    Request,
    Resume,
    Rollback,
    Route,
)
from deployer.testing.states import routings
from deployer.testing.values import increments, published_versions


def requests(*, most: int = 6) -> st.SearchStrategy[Request]:
    """Any request, about versions up to `most`."""
    return st.one_of(
        st.builds(Deploy, again=st.booleans(), adopt=st.booleans()),
        st.sampled_from([Hold(), Resume(), Conclude()]),
        st.builds(Route, routings(most=most)),
        st.builds(Promote, adopt=st.booleans()),
        st.builds(Rollback, to=st.none() | published_versions(most=most), adopt=st.booleans()),
    )


def policies(*, schedules: st.SearchStrategy[CanaryIncrements] | None = None) -> st.SearchStrategy[Policy]:
    """Any strategy with any of its settings, in environments protected or not."""
    canaries = st.builds(Canary, increments() if schedules is None else schedules, st.sampled_from(OnNewer))
    kinds = st.just(Development()) | st.builds(BlueGreen, st.booleans()) | canaries
    return st.builds(Policy, kinds, st.booleans())
