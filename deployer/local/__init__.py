"""An embedded Lambda: a server on a loopback port that keeps Lambda's rules and runs python handlers.

    with deployer.local.start() as local:
        client = boto3.client("lambda", endpoint_url=local.endpoint_url, ...)

Needs the extra `local`; importing this module loads nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from deployer.local.errors import ExtraMissing, LocalUnavailable, PortTaken, WrongMoto
from deployer.local.settings import InvalidSetting, LocalSettings

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda
    from deployer.local.rules.invocations import Pool

__all__ = [
    "PINNED_MOTO",
    "ExtraMissing",
    "InvalidSetting",
    "LocalSettings",
    "LocalUnavailable",
    "PortTaken",
    "WrongMoto",
    "start",
]

PINNED_MOTO = "5.2.5"
_PACKAGES = ("flask", "flask_cors", "docker", "awslambdaric")
_DEFAULTS = LocalSettings()


def start(
    settings: LocalSettings = _DEFAULTS,
    port: int = 0,
    *,
    pool: Callable[[], Pool] | None = None,
    clock: Callable[[], float] | None = None,
) -> LocalLambda:
    """Start an embedded Lambda on 127.0.0.1, on a free port when `port` is 0; `pool` makes what runs the handlers.

    `clock` tells the time in Unix seconds, for tests and demos that make their own: functions, stacks, alarms, metrics,
    the journal and the `Date` of each answer go by it; handlers do not, and their durations are measured.

    Raises ExtraMissing, WrongMoto or PortTaken.
    """
    _require_packages()
    from deployer.local.local_lambda import LocalLambda
    from deployer.local.runtime import WorkerPool

    return LocalLambda(settings, port, pool or WorkerPool, clock or time.time)


def _require_packages() -> None:
    # Here, as whoever merely imports this module should not pay for it.
    import importlib.metadata
    import importlib.util

    try:
        found = importlib.metadata.version("moto")
    except importlib.metadata.PackageNotFoundError as error:
        raise ExtraMissing("moto") from error
    if found != PINNED_MOTO:
        raise WrongMoto(found, PINNED_MOTO)
    for package in _PACKAGES:
        if importlib.util.find_spec(package) is None:
            raise ExtraMissing(package)
