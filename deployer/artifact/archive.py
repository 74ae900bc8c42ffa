"""Deployment zips: written so that the same files give the same bytes, and read with care.

Lambda knows a zip by the SHA-256 of its bytes, so bytes that differ without reason are releases without reason.
Names are sorted; dates are 1980-01-01, the first that a zip can hold; of the mode only "executable" counts (0755, else
0644); nothing tells the user, the system or the place.

Compression is the one thing that cannot be promised: another build of zlib (zlib-ng, as in many distributions and
Python's own Windows builds) compresses the same text to other bytes. So what is small enough that compression saves a
person nothing they would notice is *stored*, and has the same bytes on every machine. What is larger is deflated, as
three times the upload and three times the code storage of an account are noticed: those bytes are the same wherever
zlib is the same. Hence a release is packaged once and that file deployed everywhere.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deployer.artifact.entries import check_contents, files_in
from deployer.artifact.errors import TooLarge, UnusableCode
from deployer.artifact.member import Member
from deployer.artifact.model import UNZIPPED_LIMIT, ZipArtifact

STORED_UP_TO = 4 << 20
_DEFLATE_LEVEL = 6
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_LARGEST_TOLD = 5


def write_zip(members: Sequence[Member], output: Path, source: Path) -> ZipArtifact:
    """Write a zip of these members, whole or not at all, and tell what was written. Errors call them `source`.

    TooLarge, before anything is written, when Lambda would not unpack it; UnusableCode for a member or an output that
    cannot be read or written.
    """
    sizes = {member.name: _size(member) for member in members}
    _check_size(source, sizes)
    method = zipfile.ZIP_STORED if sum(sizes.values()) <= STORED_UP_TO else zipfile.ZIP_DEFLATED
    with _replacing(output) as file, zipfile.ZipFile(file, "w", method, compresslevel=_DEFLATE_LEVEL) as archive:
        for member in sorted(members, key=lambda member: member.name):
            archive.writestr(_header(member, method), _content(member), compresslevel=_DEFLATE_LEVEL)
    return read_zip(output)


def read_zip(path: Path) -> ZipArtifact:
    """Measure a zip; UnusableCode when Lambda or anyone should not unpack it, TooLarge when Lambda would not."""
    files = files_in(path)
    if not files:
        raise UnusableCode(path, "is a zip without files", "package the function's code again")
    sizes = {entry.filename: entry.file_size for entry in files}
    _check_size(path, sizes)
    check_contents(path, files)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return ZipArtifact(path, path.stat().st_size, base64.b64encode(digest).decode(), sum(sizes.values()))


def names_in(artifact: ZipArtifact) -> frozenset[str]:
    """The names of its files."""
    return frozenset(entry.filename for entry in files_in(artifact.path))


def read_entry(artifact: ZipArtifact, name: str) -> bytes:
    """The content of one of its files."""
    with zipfile.ZipFile(artifact.path) as archive:
        return archive.read(name)


def _check_size(path: Path, sizes: dict[str, int]) -> None:
    total = sum(sizes.values())
    if total >= UNZIPPED_LIMIT:
        largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_LARGEST_TOLD]
        raise TooLarge(path, total, UNZIPPED_LIMIT, tuple(largest))


def _header(member: Member, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member.name, _DATE)
    info.compress_type = method
    info.create_system = _UNIX
    info.external_attr = (stat.S_IFREG | (0o755 if member.executable else 0o644)) << 16
    return info


def _size(member: Member) -> int:
    try:
        return member.path.stat().st_size
    except OSError as error:
        raise _unreadable(member, error) from error


def _content(member: Member) -> bytes:
    try:
        return member.path.read_bytes()
    except OSError as error:
        raise _unreadable(member, error) from error


def _unreadable(member: Member, error: OSError) -> UnusableCode:
    return UnusableCode(member.path, f"cannot be read ({error.strerror})", "check its permissions, or exclude it")


@contextmanager
def _replacing(output: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `output` once it is whole and on disk; nothing is left of it otherwise."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise UnusableCode(output, f"cannot be written ({error.strerror})", "choose another place") from error
    temporary = Path(name)
    try:
        with open(handle, "w+b") as file:  # noqa: PTH123 -- the handle is open already
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(output)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UnusableCode(output, f"cannot be written ({error.strerror})", "choose another place") from error
        raise
