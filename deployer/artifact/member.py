"""Entries of a deployment zip: what makes one, and which names anyone may unpack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath


@dataclass(frozen=True, slots=True)
class Member:
    """A file that goes into a zip under `name`, with "/" between its parts; of its mode only "executable" counts."""

    name: str
    path: Path
    executable: bool


def unsafe_name(name: str) -> str | None:
    """Why an entry of this name must not be unpacked, None when it may be.

    An absolute path, a drive or `..` would write outside the directory it is unpacked to.
    """
    if not name:
        return "has no name"
    if "\0" in name:
        return "has a NUL in its name"
    if "\\" in name:
        return "has a backslash in its name; names in a zip are separated by '/'"
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        return "is an absolute path"
    if ".." in PurePosixPath(name).parts:
        return "leads out of the archive with '..'"
    return None
