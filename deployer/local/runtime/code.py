"""Function code on disk: each deployment zip unpacked once, in a temporary directory that goes when the pool goes.

DeployerError
└── BadCode     a deployment zip that Lambda would not unpack
"""

from __future__ import annotations

import io
import os
import stat
import tempfile
import threading
import zipfile
from pathlib import Path

from deployer.artifact.member import unsafe_name
from deployer.core.errors import DeployerError


class BadCode(DeployerError):
    """A deployment zip that cannot be unpacked, and why."""

    def __init__(self, code_sha256: str, reason: str) -> None:
        super().__init__(code_sha256, reason)
        self.code_sha256 = code_sha256
        self.reason = reason

    def __str__(self) -> str:
        return f"the function's code (CodeSha256 {self.code_sha256}) cannot be unpacked: {self.reason}"


class CodeStore:
    """Directories with unpacked code, by CodeSha256; safe to ask from several threads."""

    def __init__(self) -> None:
        self._home: tempfile.TemporaryDirectory[str] | None = None
        self._roots: dict[str, Path] = {}
        self._lock = threading.Lock()

    def root(self, code_sha256: str, code: bytes) -> Path:
        """The directory with this code, unpacked now if it is not there yet; BadCode when it cannot be."""
        with self._lock:
            if code_sha256 not in self._roots:
                self._home = self._home or tempfile.TemporaryDirectory(prefix="deployer-local-")
                target = Path(tempfile.mkdtemp(dir=self._home.name)).resolve()
                _unpack(code_sha256, code, target)
                self._roots[code_sha256] = target
            return self._roots[code_sha256]

    def close(self) -> None:
        """Remove all of it."""
        with self._lock:
            if self._home is not None:
                self._home.cleanup()
            self._home = None
            self._roots.clear()


def _unpack(code_sha256: str, code: bytes, target: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            for member in archive.infolist():
                _extract(archive, member, target, code_sha256)
    except zipfile.BadZipFile as error:
        raise BadCode(code_sha256, str(error)) from error


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, code_sha256: str) -> None:
    # Looked at before extract() tames it in silence: a name that points outside is an attack or a broken packer.
    if reason := unsafe_name(member.orig_filename):
        raise BadCode(code_sha256, f"entry {member.orig_filename!r} {reason}")
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise BadCode(code_sha256, f"entry {member.orig_filename!r} is a symbolic link")
    path = archive.extract(member, target)
    if not member.is_dir() and stat.S_IMODE(mode):
        os.chmod(path, stat.S_IMODE(mode) & 0o777)  # noqa: PTH101 -- extract() answers a str
