"""Signals from the first moment of the process on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import deployer

ROOT = Path(deployer.__file__).parents[1]

# Stands in for click, and is sent a signal while it is being imported.
IMPORTED = "import os, signal, time\nos.kill(os.getpid(), signal.{name})\ntime.sleep(60)\n"


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_during_the_first_imports_ends_it_in_one_line(name: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text(IMPORTED.format(name=name), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "deployer", "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "deployer: interrupted\n")


def test_the_command_that_is_installed_begins_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"deployer": "deployer.cli.entry:entry"}
