"""Bytecode beside its sources, so that a cold start need not compile what a zip's fixed dates would call outdated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deployer.artifact.member import Member

_COMPILER = Path(__file__).with_name("compiler.py")
_ROOT_ON_LAMBDA = "/var/task"


def compiled(members: Sequence[Member], into: Path) -> tuple[Member, ...]:
    """The bytecode of these members for the running Python, written below `into`.

    Never checked against its source (PEP 552, unchecked hash), and without a path of this machine in it.
    """
    sources = sorted((member for member in members if member.name.endswith(".py")), key=lambda member: member.name)
    found = [(source, into / _cached(source.name)) for source in sources]
    jobs = [(str(m.path.absolute()), str(out), f"{_ROOT_ON_LAMBDA}/{m.name}") for m, out in found]
    subprocess.run(  # noqa: S603 -- our own interpreter and compiler
        [sys.executable, "-S", "-P", "-W", "ignore", str(_COMPILER)],
        input=json.dumps(jobs).encode(),
        env=_own_environment() | {"PYTHONHASHSEED": "0"},
        check=True,
    )
    return tuple(Member(_cached(source.name), out, executable=False) for source, out in found if out.exists())


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _cached(name: str) -> str:
    directory, slash, file = name.rpartition("/")
    return f"{directory}{slash}__pycache__/{file.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
