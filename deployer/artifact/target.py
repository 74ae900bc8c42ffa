"""The Python and the platform that a function runs on, as installers want to know them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Literal

from deployer.artifact.errors import UnusableCode

Architecture = Literal["x86_64", "arm64"]

_RUNTIME = re.compile(r"python3\.(\d+)")
_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# glibc by runtime: Amazon Linux 2023 (2.34) since python3.12, Amazon Linux 2 (2.26) before.
_AL2023_SINCE = 12
_AL2023_GLIBC, _AL2_GLIBC, _OLDEST_GLIBC = 34, 26, 17


@dataclass(frozen=True, slots=True)
class Target:
    """A runtime such as `python3.13` and an architecture; UnusableCode for what wheels cannot be chosen for."""

    runtime: str
    architecture: Architecture = "x86_64"

    def __post_init__(self) -> None:
        if not _RUNTIME.fullmatch(self.runtime):
            what = f"runtime {self.runtime!r}"
            raise UnusableCode(what, "is no Python runtime", "dependencies are built for python3.N only")
        if self.architecture not in _MACHINES:
            raise UnusableCode(f"architecture {self.architecture!r}", "is unknown", "write x86_64 or arm64")

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture} (Linux, glibc 2.{self._glibc})"

    @property
    def python_version(self) -> str:
        """Such as `3.13`."""
        return self.runtime.removeprefix("python")

    @property
    def is_this_python(self) -> bool:
        """Whether bytecode compiled here is bytecode there."""
        return self.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"

    @property
    def uv_platform(self) -> str:
        """For uv, which takes one platform and all older ones. It knows no 2.26."""
        glibc = self._glibc if self._glibc == _AL2023_GLIBC else _OLDEST_GLIBC
        return f"{_MACHINES[self.architecture]}-manylinux_2_{glibc}"

    @property
    def pip_platforms(self) -> tuple[str, ...]:
        """For pip, which takes exactly the platforms listed, the best first; manylinux2014 brings the older names."""
        machine = _MACHINES[self.architecture]
        named = (f"manylinux_2_{minor}_{machine}" for minor in range(self._glibc, _OLDEST_GLIBC - 1, -1))
        return (*named, f"manylinux2014_{machine}")

    @property
    def _glibc(self) -> int:
        minor = int(self.python_version.partition(".")[2])
        return _AL2023_GLIBC if minor >= _AL2023_SINCE else _AL2_GLIBC
