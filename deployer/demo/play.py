"""Set the stage, let the story happen, show it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from deployer.demo.scene import Closing, Opening, Scene


class Screen(Protocol):
    """Whatever shows the demo."""

    def show(self, scene: Scene) -> None:
        """Show one scene; of traffic, those that are not finished may be passed over."""
        ...


FIRST: Final = 1
SECOND: Final = 2
BOTH: Final = (FIRST, SECOND)


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
    # boto3 and moto take a second to import, and `deployer --help` must not wait for them.
    import boto3

    import deployer.local
    from deployer.config import load
    from deployer.demo.clock import SkippingClock
    from deployer.demo.second_act import SecondAct
    from deployer.demo.story import NEXT, Story
    from deployer.demo.working_copy import working_copy
    from deployer.local.surroundings import apart
    from deployer.rollout.report import render

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
        config = load(copy.configuration)
        facts: list[str] = []
        show(Opening(local.endpoint_url))
        if FIRST in acts:
            story = Story(client, copy, config, clock, calls)
            for scene in story.scenes():
                show(scene)
            facts += story.facts
        if SECOND in acts:
            second = SecondAct(show, client, copy, config, clock)
            second.play()
            facts += second.facts
            if report is not None:
                report.write_text(render(second.events), encoding="utf-8")
                facts.append(f"{report} is the page of the rollout that failed calls.")
        show(Closing(tuple(facts), time.monotonic() - began, NEXT))
