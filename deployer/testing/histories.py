"""Histories: what people and machines do to a function and its alias, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from deployer.core import Absent, Content, Decision, Deploy, Policy, Request, Routing
from deployer.testing.memories import descriptions
from deployer.testing.requests import policies, requests
from deployer.testing.states import routings
from deployer.testing.values import contents
from deployer.testing.world import Forbidden, World


@dataclass(frozen=True, slots=True)
class Run:
    """Somebody runs a command, wanting `wanted` if it is a deploy; it may die after some of its actions."""

    request: Request
    policy: Policy
    wanted: Content
    dies_after: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody changes `$LATEST` in the console."""

    content: Content


@dataclass(frozen=True, slots=True)
class ByOtherMeans:
    """Somebody routes the alias in the console, which keeps the description."""

    routing: Routing


@dataclass(frozen=True, slots=True)
class Scribble:
    """Somebody writes the alias's description, memory and all."""

    description: str


Step: TypeAlias = Run | Edit | ByOtherMeans | Scribble


def histories(*, most: int = 4, longest: int = 12) -> st.SearchStrategy[tuple[Step, ...]]:
    """Up to `longest` steps about versions up to `most`."""
    runs = st.builds(
        Run, requests(most=most), policies(), contents(most=2), st.none() | st.integers(min_value=0, max_value=4)
    )
    others = st.one_of(
        st.builds(Edit, contents(most=2)),
        st.builds(ByOtherMeans, routings(most=most)),
        st.builds(Scribble, descriptions()),
    )
    # Most of what happens is somebody running a command.
    return st.lists(runs | runs | others, max_size=longest).map(tuple)


def play(world: World, step: Step) -> Decision | None:
    """Do one step in the world: a run answers what it decided, anything else None.

    What Lambda refuses, a version that does not exist for one, does not happen, and what came before it stays.
    """
    try:
        return _played(world, step)
    except Forbidden:
        return None


def _played(world: World, step: Step) -> Decision | None:
    match step:
        case Run(request, policy, wanted, dies_after):
            given = wanted if isinstance(request, Deploy) else None
            return world.run(request, policy, given, dies_after=dies_after)
        case Edit(content):
            world.push(content)
        case ByOtherMeans(routing):
            world.write(routing, world.description)
        case Scribble(description):
            if not isinstance(world.state, Absent):
                world.description = description
    return None
