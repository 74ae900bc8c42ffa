"""A rollout that is put together when it is first asked for: most commands never do, and it takes many classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.config.rollout.settings import RolloutSettings


class Deferred:
    """Equal to another one that comes to the same settings. `bare`: nothing is written, and all is as built in."""

    def __init__(self, read: Callable[[], RolloutSettings], *, bare: bool = False) -> None:
        self._read = read
        self.bare = bare

    @cached_property
    def settings(self) -> RolloutSettings:
        """The settings."""
        return self._read()

    def __eq__(self, other: object) -> bool:
        return self.settings == other.settings if isinstance(other, Deferred) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.settings)
