"""Whatever a test imports of modules that it wrote itself is forgotten after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rollout_modules import nothing_left


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    with nothing_left(tmp_path):
        yield
