"""Names of entries in a deployment zip: which of them Lambda, or anyone, may unpack."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath


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
