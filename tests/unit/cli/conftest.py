"""The command line in a directory of its own, with a configuration and nothing of AWS."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli_runs import CONFIG, Runner


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory; no variable of the person who runs the tests counts."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "DEPLOYER_", "NO_COLOR"))]:
        monkeypatch.delenv(name)
    project = tmp_path / "shop"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def configured(here: Path) -> Path:
    """A working directory with two functions and their code."""
    (here / "deployer.toml").write_text(CONFIG, encoding="utf-8")
    (here / "src").mkdir()
    (here / "src" / "app.py").write_text("def handler(event, context):\n    return 1\n", encoding="utf-8")
    return here


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    """Runs a command."""
    return Runner(capsys)
