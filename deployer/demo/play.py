"""Set the stage, let the story happen, show it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol

from deployer.demo.scene import Scene


class Screen(Protocol):
    """Whatever shows the demo."""

    def show(self, scene: Scene) -> None:
        """Show one scene; of traffic, those that are not finished may be passed over."""
        ...


def run(screens: Iterable[Screen], *, calls: int = 200, seed: int | None = None) -> None:
    """Play the demo: `calls` real calls a round. With a `seed` the alias picks the same versions every time.

    Raises LocalUnavailable where the embedded Lambda cannot start. Nothing is left behind, however it ends.
    """
    # boto3 and moto take a second to import, and `deployer --help` must not wait for them.
    import boto3

    import deployer.local
    from deployer.config import load
    from deployer.demo.story import Story
    from deployer.demo.working_copy import working_copy
    from deployer.local.surroundings import apart

    settings = deployer.local.LocalSettings(seed=seed)
    # The embedded Lambda is a client of AWS's libraries too, so it lives within those surroundings from start to end.
    with working_copy() as copy, apart(), deployer.local.start(settings) as local:
        os.environ.update(local.environment())
        client = boto3.session.Session().client("lambda")
        story = Story(local.endpoint_url, client, copy, load(copy.configuration), calls)
        for scene in story.scenes():
            for screen in screens:
                screen.show(scene)
