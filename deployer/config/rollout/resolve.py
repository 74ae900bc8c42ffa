"""From the tables `rollout` of a file to how one function is rolled out in one environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from deployer.config.finding import Finding
from deployer.config.merge import Given
from deployer.config.placeholders import Placeholders
from deployer.config.positions import Path
from deployer.config.rollout.deferred import Deferred
from deployer.core.increments import CanaryIncrements

if TYPE_CHECKING:
    from deployer.config.rollout.settings import RolloutSettings
    from deployer.config.rollout.written import Written


class RolloutResolver:
    """The rollout of one function in one environment. `findings` holds what is wrong, as Resolver's do.

    `tables` are those of every level, the winner first. What reads them is loaded where a file gives one, or when the
    settings are asked for: a command that does neither starts as fast as without.
    """

    def __init__(
        self,
        tables: Iterable[Given],
        strategy: Given,
        increments: Given | None,
        placeholders: Placeholders,
        directory: FilePath,
    ) -> None:
        self._tables = list(reversed(list(tables)))
        self._strategy = strategy
        self._schedule = None if increments is None else increments.value
        self._placeholders = placeholders
        self._directory = directory
        bare = all(given.path is None for given in self._tables)
        self._deferred = Deferred(self._read, bare=bare)
        self.findings: list[Finding] = [] if bare else self._found()

    def settings(self) -> Deferred | None:
        """None where the strategy is `latest`; call it only when nothing was found."""
        return None if self._strategy.value == "latest" else self._deferred

    def place(self, within: Path) -> Path | None:
        """Where a value below `rollout` stands in the file, be it inside a list; None where it is not given."""
        places: dict[Path, Path | None] = {(*path,): given.path for path, given in self._written.leaves.items()}
        known = (length for length in range(len(within), 0, -1) if places.get(within[:length]) is not None)
        length = next(known, None)
        return None if length is None else (*(places[within[:length]] or ()), *within[length:])

    def explained(self) -> Iterator[tuple[Path, Given]]:
        """Every value, by its path below `rollout`."""
        from deployer.config.rollout.explain import explained

        return explained(self._written)

    @cached_property
    def _fitting(self) -> tuple[list[Given], list[Finding]]:
        from deployer.config.rollout.fitting import fitting

        return fitting(self._tables, self._strategy)

    @cached_property
    def _written(self) -> Written:
        from deployer.config.rollout.written import Written

        return Written(self._fitting[0], self._placeholders)

    def _found(self) -> list[Finding]:
        """Everything wrong; the parts find it while they are put together."""
        tables, misfits = self._fitting
        if any(given.path is not None for given in tables):
            _ = self._deferred.settings
        return misfits + self._written.findings

    def _read(self) -> RolloutSettings:
        from deployer.config.rollout.parts import read

        schedule = self._schedule if isinstance(self._schedule, CanaryIncrements) else None
        return read(self._written, schedule, self._directory)
