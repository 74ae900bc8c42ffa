"""Projects whose functions a CDK app releases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deployer.config import Config
from deployer.config.configuration import load_nearest
from deployer.config.settings import CdkSettings

Load = Callable[[str], Config]


def test_the_app_is_where_the_file_says(here: Path, config: Load) -> None:
    found = config('adapter = "cdk"\n[cdk]\ndirectory = "infra"\ncommand = "npx cdk"\n')
    assert found.cdk == CdkSettings(here / "infra", "npx cdk")


def test_the_app_is_beside_the_file_unless_it_says_so(here: Path, config: Load) -> None:
    assert config('adapter = "cdk"\n').cdk == CdkSettings(here, None)


def test_the_app_says_what_the_functions_are(config: Load) -> None:
    assert config('adapter = "cdk"\n').functions == ()


def test_without_an_adapter_it_is_the_deployer_itself(config: Load) -> None:
    assert config('[functions.f]\ncode = "src"\n').cdk is None
    assert config('adapter = "api"\n[functions.f]\ncode = "src"\n').cdk is None


def test_a_project_may_have_no_file_at_all(here: Path, config: Load) -> None:
    assert load_nearest() is None
    config('adapter = "cdk"\n')
    found = load_nearest()
    assert found is not None
    assert found.path == here / "deployer.toml"
