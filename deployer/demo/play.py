"""Set the stage, let the story happen, show it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from deployer.demo.scene import Closing, Opening, Scene

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from deployer.config import Config
    from deployer.demo.clock import SkippingClock
    from deployer.demo.working_copy import WorkingCopy


class Screen(Protocol):
    """Whatever shows the demo."""

    def show(self, scene: Scene) -> None:
        """Show one scene; of traffic, those that are not finished may be passed over."""
        ...


FIRST: Final = 1
SECOND: Final = 2
BOTH: Final = (FIRST, SECOND)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the acts are played with: the order service in a working copy, at an embedded Lambda of its own.

    `began` is when it was beginning to be set, by `time.monotonic`.
    """

    show: Callable[[Scene], None]
    endpoint_url: str
    client: LambdaClient
    copy: WorkingCopy
    config: Config
    clock: SkippingClock
    began: float


def run(
    screens: Sequence[Screen],
    *,
    calls: int = 200,
    seed: int | None = None,
    acts: Sequence[int] = BOTH,
    report: Path | None = None,
) -> None:
    """Play the demo: in its first act `calls` real calls a round, in the second as many as a shop has in two hours.

    With a `seed` the alias picks the same versions every time, as far as calls come one by one: in the first act.
    `report` is where to write the page of the rollout that went back; it needs the second act.
    Raises LocalUnavailable where the embedded Lambda cannot start. Nothing is left behind, however it ends.
    """
    with _stage(screens, seed) as stage:
        facts: list[str] = []
        stage.show(Opening(stage.endpoint_url))
        if FIRST in acts:
            facts += _first_act(stage, calls)
        if SECOND in acts:
            facts += _second_act(stage, report)
        stage.show(_closing(stage, facts))


@contextmanager
def _stage(screens: Sequence[Screen], seed: int | None) -> Iterator[_Stage]:
    """Set it, and clear it away in the end."""
    # boto3 and moto take a second to import, and `deployer --help` must not wait for them.
    import boto3

    import deployer.local
    from deployer.config import load
    from deployer.demo.clock import SkippingClock
    from deployer.demo.working_copy import working_copy
    from deployer.local.surroundings import apart

    def show(scene: Scene) -> None:
        for screen in screens:
            screen.show(scene)

    began = time.monotonic()
    clock = SkippingClock()
    settings = deployer.local.LocalSettings(seed=seed, metric_delay=90)
    # The embedded Lambda is a client of AWS's libraries too, so it lives within those surroundings from start to end.
    with working_copy() as copy, apart(), deployer.local.start(settings, clock=clock.now) as local:
        os.environ.update(local.environment())
        client = boto3.session.Session().client("lambda")
        yield _Stage(show, local.endpoint_url, client, copy, load(copy.configuration), clock, began)


def _first_act(stage: _Stage, calls: int) -> Sequence[str]:
    """A canary and a rollback, step by step; what to remember of it."""
    from deployer.demo.story import Story

    story = Story(stage.client, stage.copy, stage.config, stage.clock, calls)
    for scene in story.scenes():
        stage.show(scene)
    return story.facts


def _second_act(stage: _Stage, report: Path | None) -> Sequence[str]:
    """Rollouts that watch themselves, and the page of the one that failed; what to remember of it."""
    from deployer.demo.second_act import SecondAct
    from deployer.rollout.report import render

    act = SecondAct(stage.show, stage.client, stage.copy, stage.config, stage.clock)
    act.play()
    if report is None:
        return act.facts
    report.write_text(render(act.events), encoding="utf-8")
    return (*act.facts, f"{report} is the page of the rollout that failed calls.")


def _closing(stage: _Stage, facts: Sequence[str]) -> Closing:
    from deployer.demo.story import NEXT

    return Closing(tuple(facts), time.monotonic() - stage.began, NEXT)
