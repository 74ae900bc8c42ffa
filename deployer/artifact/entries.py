"""The entries of a zip: which files it holds, and whether anyone could unpack all of them."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from deployer.artifact.errors import UnusableCode
from deployer.artifact.member import unsafe_name

_CHUNK_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 0x1
_READ_BY_ALL: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and the modules below it raise for bytes that are not as they were written.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
    struct.error,
    zlib.error,
)


def files_in(path: Path) -> list[zipfile.ZipInfo]:
    """The files that a zip lists. UnusableCode for what is no zip, and for names that nobody should unpack."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except OSError as error:
        raise UnusableCode(path, f"cannot be read ({error.strerror})", "check the file and its permissions") from error
    except _DAMAGED as error:
        raise UnusableCode(path, f"is no zip ({error})", "write it again; a copy may have been cut off") from error
    for entry in entries:
        _check_entry(path, entry)
    files = [entry for entry in entries if not entry.is_dir()]
    _check_names(path, files)
    _check_places(path, files, entries)
    return files


def check_contents(path: Path, files: Iterable[zipfile.ZipInfo]) -> None:
    """Read the files of a zip through, as whoever unpacks it would. UnusableCode for one that is not whole."""
    with zipfile.ZipFile(path) as archive:
        for entry in files:
            try:
                _read_through(archive, entry)
            except _DAMAGED as error:
                advice = "write it again; a copy may have been cut off"
                raise UnusableCode(_named(path, entry), "is damaged and cannot be unpacked", advice) from error


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as file:
        size = sum(map(len, iter(lambda: file.read(_CHUNK_BYTES), b"")))
    # Its checksum was compared at its end; that it ends where it should is left to us.
    if size != entry.file_size:
        raise zipfile.BadZipFile(f"{size} bytes, not {entry.file_size}")


def _check_entry(path: Path, entry: zipfile.ZipInfo) -> None:
    what = _named(path, entry)
    if reason := unsafe_name(entry.orig_filename):
        raise UnusableCode(what, reason, "package the function's code again, from inside its directory")
    if entry.flag_bits & _ENCRYPTED:
        raise UnusableCode(what, "is encrypted, which Lambda cannot read", "package it without a password")
    if entry.compress_type not in _READ_BY_ALL:
        raise UnusableCode(what, "is compressed by a method that not everyone can read", "package it with deflate")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnusableCode(what, "is a symbolic link", "package what it points to in its place")


def _check_names(path: Path, files: Iterable[zipfile.ZipInfo]) -> None:
    seen: set[PurePosixPath] = set()
    for entry in files:
        name = PurePosixPath(entry.filename)  # ./app.py is app.py to whoever unpacks it
        if name in seen:
            problem = "is in it twice, and only one of the two would be left after unpacking"
            raise UnusableCode(_named(path, entry), problem, "package the function's code again, into a new zip")
        seen.add(name)


def _check_places(path: Path, files: Iterable[zipfile.ZipInfo], entries: Iterable[zipfile.ZipInfo]) -> None:
    """No path can be a file and a directory at once."""
    folders = {PurePosixPath(entry.filename) for entry in entries if entry.is_dir()}
    folders |= {parent for entry in entries for parent in PurePosixPath(entry.filename).parents}
    for entry in files:
        if PurePosixPath(entry.filename) in folders:
            problem = "is a file and a directory at once, and cannot be unpacked as both"
            raise UnusableCode(_named(path, entry), problem, "package the function's code again, into a new zip")


def _named(path: Path, entry: zipfile.ZipInfo) -> str:
    return f"{path}, entry {entry.orig_filename!r}"
