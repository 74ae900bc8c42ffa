"""Every value of a table `rollout` and where it comes from; tables in a list are taken apart, key by key."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from deployer.config.kinds import Key, Kind, List, String, Table
from deployer.config.merge import Given
from deployer.config.positions import Path
from deployer.config.rollout.written import Written, kind_at, order

_HOST = re.compile(r"https?://[^/?#]+")


def explained(written: Written) -> Iterator[tuple[Path, Given]]:
    """Paths below `rollout`, in the order of the schema; nothing secret is among the values."""
    tables = {path[:-1] for path in written.leaves}
    for path in sorted((path for path in written.leaves if path not in tables), key=order):
        yield from _rows(path, written.leaves[path], kind_at(path))


def _rows(path: Path, given: Given, kind: Kind) -> Iterator[tuple[Path, Given]]:
    match kind:
        case List(item=Table(keys=keys)) if given.value and given.path is not None:
            for index, table in enumerate(given.value):
                yield from _columns((*path, index), table, given, (*given.path, index), keys)
        case String(secret=True):
            yield path, Given(_masked(given.value), given.level, given.path)
        case _:
            yield path, Given(_plain(given.value), given.level, given.path)


def _columns(
    path: Path, table: dict[str, Any], given: Given, place: Path, keys: tuple[Key, ...]
) -> Iterator[tuple[Path, Given]]:
    kinds = {key.name: key.kind for key in keys}
    for name in sorted(table, key=list(kinds).index):
        yield from _rows((*path, name), Given(table[name], given.level, (*place, name)), kinds[name])


def _masked(url: str) -> str:
    host = _HOST.match(url)
    return f"{host[0] if host else ''}/***"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
