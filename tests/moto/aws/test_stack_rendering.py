"""Templates of plain dicts, which many tests are made with, say what the constructs render."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from construct_world import ConstructWorld
from stack_world import StackWorld, Strategy, Template

from deployer import BlueGreen
from deployer.cdk_adapter.target import Target
from deployer.core import (
    LATEST,
    NEW,
    Canary,
    CanaryIncrements,
    Development,
    OnNewer,
    Percent,
    Published,
    Routing,
    Stable,
    Transition,
)

if TYPE_CHECKING:
    from aws_world import World

pytestmark = pytest.mark.cdk
CANARY = Canary(CanaryIncrements.of([25, 50, 75]), OnNewer.REFUSE)
ONE, TWO = Published(1), Published(2)
TARGETS = {
    "the new version": (BlueGreen(), Stable(NEW), True),
    "the new version beside another": (CANARY, Transition(NEW, ONE, Percent.of(75)), True),
    "one version, deployed before": (CANARY, Stable(TWO), True),
    "two versions, deployed before": (CANARY, Transition(TWO, ONE, Percent.of("33.33")), True),
    "one version, not of this code": (CANARY, Stable(TWO), False),
    "two versions, not of this code": (CANARY, Transition(TWO, ONE, Percent.of(50)), False),
    "development": (Development(), Stable(LATEST), False),
}


@pytest.mark.parametrize(("strategy", "routing", "emits"), TARGETS.values(), ids=TARGETS)
def test_a_target_is_rendered_alike(plain: World, strategy: Strategy, routing: Routing, emits: bool) -> None:
    target = Target(plain.name, "LIVE", routing, "a memory", emits)
    assert _told(StackWorld(plain, strategy).template(target)) == _told(
        ConstructWorld(plain, strategy).template(target)
    )


@pytest.mark.parametrize("strategy", [BlueGreen(), BlueGreen(refuse_newer=True), CANARY, Development()])
def test_what_planning_looks_at_is_rendered_alike(plain: World, strategy: Strategy) -> None:
    ours, theirs = StackWorld(plain, strategy), ConstructWorld(plain, strategy)
    assert _told(ours.template()) == _told(theirs.template())


def _told(template: Template) -> list[str]:
    """The lines of the template with its resources called by their types, less what CDK notes for itself."""
    resources = template["Resources"]
    text = json.dumps(resources)
    for name, resource in resources.items():
        text = re.sub(rf"\b{name}\b(?!::)", resource["Type"], text)
    told = json.loads(text)
    for resource in told.values():
        ours = {key: value for key, value in resource.pop("Metadata", {}).items() if not key.startswith("aws:cdk:")}
        resource.update({"Metadata": ours} if ours else {})
    return json.dumps({**template, "Resources": told}, indent=2, sort_keys=True).splitlines()
