"""Hypothesis strategies over the core's values, and a small world to play histories in (extra `testing`).

For property tests of what you build upon releases: a pipeline, a dashboard, a policy of your own.

    from hypothesis import given
    from deployer.core import Deploy, Refusal, plan
    from deployer.testing import contents, policies, situations

    @given(situations(), policies(), contents())
    def test_a_refusal_says_what_to_do(situation, policy, wanted):
        decision = plan(situation, Deploy(), policy, wanted, now=0, operation_id="mine")
        assert not isinstance(decision, Refusal) or decision.way_out

A `World` keeps one function and one alias as Lambda does, so that whole histories can be played:

    @given(histories())
    def test_whoever_has_traffic_was_published(history):
        world = World()
        for step in history:
            play(world, step)
            assert all(version == LATEST or version in world.versions for version in versions_on(world.state))
"""

try:
    import hypothesis as _  # noqa: F401  # asked for first, so that its absence is told in one sentence
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "deployer.testing needs hypothesis: pip install '.[testing]' in a clone of deployer", name="hypothesis"
    ) from error

from deployer.testing.histories import ByOtherMeans, Edit, Run, Scribble, Step, histories, play
from deployer.testing.memories import descriptions, memories
from deployer.testing.requests import policies, requests
from deployer.testing.situations import situations
from deployer.testing.states import routings, settlings, stables, states, transitions
from deployer.testing.values import contents, increments, percents, published_versions
from deployer.testing.world import Dedupe, Forbidden, World

__all__ = [
    "ByOtherMeans",
    "Dedupe",
    "Edit",
    "Forbidden",
    "Run",
    "Scribble",
    "Step",
    "World",
    "contents",
    "descriptions",
    "histories",
    "increments",
    "memories",
    "percents",
    "play",
    "policies",
    "published_versions",
    "requests",
    "routings",
    "settlings",
    "situations",
    "stables",
    "states",
    "transitions",
]
