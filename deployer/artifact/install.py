"""Installs wheels for a function's platform into a directory, with uv where there is one, else with pip.

Only wheels: what is built from source is built for this machine. The installers see the environment as it is, so that
UV_* and PIP_* variables and their configuration files name private indexes and proxies as everywhere else. One
difference between the two cannot be taken away: pip judges environment markers (`; sys_platform == "darwin"`) by this
machine, uv by the function's.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deployer.artifact.errors import BuildFailed, NoWheel, UnusableCode
from deployer.artifact.target import Target

InstallerName = Literal["uv", "pip"]

_TAIL_LINES = 20
_NO_WHEEL = (
    re.compile(r"No matching distribution found for ([^\s;]+)"),  # pip
    re.compile(r"Because ([\w.\-\[\]]+(?:[=<>!~]=?[\w.*]+)?) (?:has|have) no (?:usable )?wheels"),  # uv
    re.compile(r"Because only ([\w.\-\[\]]+)\S* (?:is|are) available"),  # uv
    re.compile(r"Because ([\w.\-\[\]]+) was not found in the "),  # uv
    re.compile(r"Because there (?:is|are) no versions? of ([\w.\-\[\]]+)"),  # uv
)


@dataclass(frozen=True, slots=True)
class Installer:
    """uv or pip; `program` is how to call it, `arguments` are added to each call."""

    name: InstallerName
    program: tuple[str, ...]
    arguments: tuple[str, ...] = ()

    def install(self, requirements: Path, target: Target, into: Path) -> None:
        """Install what the file lists; BuildFailed, or its NoWheel, when the installer fails."""
        command = (*self.program, "install", "--only-binary", ":all:", "--target", str(into))
        platform = _uv_options(target) if self.name == "uv" else _pip_options(target)
        done = subprocess.run(  # noqa: S603 -- the installer that the caller chose, and options of ours
            (*command, *platform, *self.arguments, "-r", str(requirements)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise self._failure(requirements, target, done.stdout.decode("utf-8", "replace"))

    def _failure(self, requirements: Path, target: Target, output: str) -> BuildFailed:
        tail = "\n".join(output.rstrip().splitlines()[-_TAIL_LINES:])
        words = " ".join(output.split())
        for pattern in _NO_WHEEL:
            if found := pattern.search(words):
                return NoWheel(self.name, requirements, str(target), tail, found[1])
        return BuildFailed(self.name, requirements, str(target), tail)


def find_installer(name: InstallerName | None = None, arguments: tuple[str, ...] = ()) -> Installer:
    """The installer of that name, or uv else pip; UnusableCode when it is not there."""
    if name != "pip" and (uv := _find_uv()):
        return Installer("uv", (uv, "pip"), arguments)
    if name != "uv" and importlib.util.find_spec("pip"):
        return Installer("pip", (sys.executable, "-m", "pip"), arguments)
    raise UnusableCode(f"installer {name or 'uv or pip'}", "is not there", "install uv, or pip beside this Python")


def _find_uv() -> str | None:
    # Beside this interpreter first: that is where a virtual environment that is not activated has it.
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


def _uv_options(target: Target) -> tuple[str, ...]:
    return (
        *("--python", sys.executable),
        *("--python-version", target.python_version),
        *("--python-platform", target.uv_platform),
        *("--link-mode", "copy"),
    )


def _pip_options(target: Target) -> tuple[str, ...]:
    return (
        *("--implementation", "cp"),
        *("--python-version", target.python_version),
        *(word for platform in target.pip_platforms for word in ("--platform", platform)),
        *("--no-compile", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"),
    )
