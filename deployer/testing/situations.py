"""Situations that are fully known, so that `plan` answers at once whatever is wanted."""

from __future__ import annotations

from hypothesis import strategies as st

from deployer.core import AliasState, New, Published, Situation
from deployer.testing.memories import descriptions
from deployer.testing.states import states
from deployer.testing.values import contents


@st.composite
def situations(draw: st.DrawFn, *, state: st.SearchStrategy[AliasState] | None = None, most: int = 6) -> Situation:
    """A function with versions 1 to `most` and an alias in any state, or one of `state`; with any memory or none."""
    fingerprints: dict[Published | New, str | None] = {
        Published(number): draw(contents()).fingerprint for number in range(1, most + 1)
    }
    return Situation(
        state=draw(states(most=most) if state is None else state),
        description=draw(descriptions()),
        latest=draw(contents()),
        contents=fingerprints,
        listed=True,
    )
