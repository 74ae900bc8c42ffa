"""A strategy that is none cannot be built, so that nobody releases by another than was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deployer.core import BlueGreen, Canary, CanaryIncrements, Development, InvalidValue, OnNewer, Policy

STEPS = CanaryIncrements.of([25, 50])
NO: Any = "no"


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (Policy, "value 'no': a strategy is Development(), BlueGreen() or Canary("),
        (lambda given: Policy(BlueGreen(), given), "value 'no': protected takes True or False"),
        (lambda given: Policy(BlueGreen(), freeze=given), "value 'no': freeze takes a Freeze"),
        (lambda _: Policy(BlueGreen(), stopped=7), "value 7: stopped takes the reason, or None"),  # type: ignore[arg-type] # what is tested
        (BlueGreen, "value 'no': refuse_newer takes True or False"),
        (Canary, "value 'no': increments take CanaryIncrements, as CanaryIncrements.of([25, 50])"),
        (lambda given: Canary(STEPS, given), "value 'no': on_newer takes a member of OnNewer, as OnNewer.ADVANCE"),
    ],
)
def test_what_is_no_strategy_is_told_at_once(build: Callable[[Any], object], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        build(NO)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("strategy", [Development(), BlueGreen(), BlueGreen(refuse_newer=True), Canary(STEPS)])
def test_each_strategy_makes_a_policy(strategy: Development | BlueGreen | Canary) -> None:
    assert (Policy(strategy).strategy, Policy(strategy, protected=True).protected) == (strategy, True)


def test_a_canary_is_told_what_newer_code_does() -> None:
    assert [Canary(STEPS, on_newer).on_newer for on_newer in OnNewer] == list(OnNewer)
