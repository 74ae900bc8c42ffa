from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.config import Config, ConfigError, load

Write = Callable[[str], Path]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def config(here: Path) -> Callable[[str], Config]:
    """Load the text of a deployer.toml in the working directory."""

    def loaded(text: str) -> Config:
        (here / "deployer.toml").write_text(text, encoding="utf-8")
        return load()

    return loaded


@pytest.fixture
def problems(config: Callable[[str], Config]) -> Callable[[str], list[str]]:
    """What is wrong with the text of a deployer.toml, line by line."""

    def found(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            config(text)
        return str(caught.value).splitlines()

    return found
