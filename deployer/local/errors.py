"""Why the embedded Lambda does not start.

DeployerError
└── LocalUnavailable    the embedded Lambda cannot run here
    ├── ExtraMissing    its packages are not installed
    ├── WrongMoto       another moto than the one whose gaps are known
    └── PortTaken       the port cannot be had
"""

from __future__ import annotations

from typing import Final

from deployer.core.errors import DeployerError

_INSTALL: Final = "pip install '.[local]' in a clone of deployer"


class LocalUnavailable(DeployerError):
    """The embedded Lambda cannot run here."""


class ExtraMissing(LocalUnavailable):
    """A package of the extra `local` is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package = package

    def __str__(self) -> str:
        return f"The embedded Lambda needs {self.package}: {_INSTALL}"


class WrongMoto(LocalUnavailable):
    """moto is installed in another version than the pinned one."""

    def __init__(self, found: str, pinned: str) -> None:
        super().__init__(found, pinned)
        self.found = found
        self.pinned = pinned

    def __str__(self) -> str:
        return (
            f"The embedded Lambda is made for moto {self.pinned} exactly, and moto {self.found} is installed: "
            f"{_INSTALL}"
        )


class PortTaken(LocalUnavailable):
    """Nothing can listen on that port."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(port, reason)
        self.port = port
        self.reason = reason

    def __str__(self) -> str:
        return f"The embedded Lambda cannot listen on 127.0.0.1:{self.port} ({self.reason}); choose another port"
