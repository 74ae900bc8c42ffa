"""Which tables `rollout`, and which of their keys, go with the strategy of one function in one environment.

What does not go with it is passed over where it may be meant for others, and refused beside the strategy or in the
environment itself, as `canary_increments` are.
"""

from __future__ import annotations

from collections.abc import Iterable

from deployer.config.finding import Finding
from deployer.config.merge import Given
from deployer.config.rollout.tables import OF_CANARY
from deployer.config.validate import Invalid


def fitting(tables: Iterable[Given], strategy: Given) -> tuple[list[Given], list[Finding]]:
    """The tables, without what does not go with the strategy; and what is to be said of it."""
    found = [given for given in tables if isinstance(given.value, dict)]
    if isinstance(strategy.value, Invalid):
        return [], []
    if strategy.value == "latest":
        return [], _misplaced(found, strategy)
    if strategy.value == "blue_green":
        return _without_steps(found), _steps(found, strategy)
    return found, []


def _misplaced(tables: list[Given], strategy: Given) -> list[Finding]:
    what = 'does not go with strategy "latest", which moves all traffic at once and publishes nothing to go back to'
    return [Finding(given.path, what) for given in _meant(tables, strategy) if given.path is not None]


def _steps(tables: list[Given], strategy: Given) -> list[Finding]:
    return [
        Finding((*given.path, key), _misfit(key))
        for given in _meant(tables, strategy)
        if given.path is not None
        for key in OF_CANARY
        if key in given.value
    ]


def _meant(tables: list[Given], strategy: Given) -> list[Given]:
    return [given for given in tables if given.level.meant_for(strategy.level)]


def _misfit(key: str) -> str:
    hint = "; `final_bake` is how long the new version is watched" if key == "bake" else ""
    return f'does not go with strategy "blue_green", which has no steps, only with "canary"{hint}'


def _without_steps(tables: list[Given]) -> list[Given]:
    return [
        Given({key: value for key, value in given.value.items() if key not in OF_CANARY}, given.level, given.path)
        for given in tables
    ]
