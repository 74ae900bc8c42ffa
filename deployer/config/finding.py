"""What is wrong with one value, by its path in the document."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.config.positions import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at `path`; `unset` when an environment may lack what a placeholder asks for until it is used."""

    path: Path
    what: str
    unset: bool = False
