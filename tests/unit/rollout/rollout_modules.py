"""Modules of a user's own, written for one test, of which nothing is left after it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nothing_left(folder: Path) -> Iterator[None]:
    """Put `sys.path` back, and forget the modules that lie in `folder`."""
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
        for name in [name for name, file in files.items() if file and Path(file).is_relative_to(folder)]:
            del sys.modules[name]
