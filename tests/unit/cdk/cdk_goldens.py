"""The template of each step of a release, kept in `golden/`. Run this file to write them anew; read the difference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cdk_apps import CANARY, One, targets

from deployer.cdk_adapter.target import Targets
from deployer.core import LATEST, NEW, Development, Percent, Published, Stable, Strategy, Transition

FOLDER: Final = Path(__file__).parent / "golden"
FOUR, FIVE = Published(4), Published(5)

STEPS: Final[Mapping[str, tuple[Strategy, Targets]]] = {
    "first": (CANARY, targets(Stable(NEW))),
    "at-25": (CANARY, targets(Transition(NEW, FOUR, Percent.of(75)))),
    "at-50": (CANARY, targets(Transition(FIVE, FOUR, Percent.of(50)))),
    "final": (CANARY, targets(Stable(FIVE))),
    "rollback": (CANARY, targets(Stable(FOUR))),
    "manual": (CANARY, targets(Transition(FOUR, FIVE, Percent.of("12.34")))),
    "development": (Development(), targets(Stable(LATEST), emits_version=False)),
}


def rendered(step: str) -> str:
    """The template of one step, as text."""
    strategy, decided = STEPS[step]
    one = One()
    one.released(strategy=strategy, targets=decided)
    return json.dumps(one.template, indent=2) + "\n"


if __name__ == "__main__":
    for step in STEPS:
        (FOLDER / f"{step}.json").write_text(rendered(step), encoding="utf-8")
