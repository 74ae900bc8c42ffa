"""The demo from an installed package, where there is no repository around it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_an_installed_package_brings_the_example_along(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    assert sorted(path.name for path in (installed / "deployer" / "demo" / "orders").rglob("*.*")) == [
        "app.py",
        "deployer.toml",
        "kettle-and-tea.json",
        "prices.py",
    ]
    script = (
        "import sys, deployer; from deployer.cli.main import main; print(deployer.__file__); "
        "sys.exit(main(['demo', '--act', '1', '--calls', '4']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(str(installed))
    assert "LIVE stays at 2" in done.stdout
