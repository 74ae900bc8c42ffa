"""What an import costs: optional and slow packages stay out until they are asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

import deployer

ROOT = Path(deployer.__file__).parent.parent
PROBE = """
import sys
sys.path.insert(0, {root!r})
before = set(sys.modules)
{what}
print(*sorted({{name.partition('.')[0] for name in set(sys.modules) - before}}))
"""


def loaded_by(what: str, *, bare: bool) -> set[str]:
    """The top-level modules that a fresh interpreter loads; a bare one has no site-packages at all."""
    isolated = ["-I", "-S"] if bare else ["-I"]
    code = PROBE.format(root=str(ROOT), what=what)
    done = subprocess.run([sys.executable, *isolated, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["deployer", "deployer.core", "deployer.core.mark", "deployer.core.wire"])
def test_the_core_needs_the_standard_library_alone(module: str) -> None:
    foreign = loaded_by(f"import {module}", bare=True) - sys.stdlib_module_names - {"deployer"}
    assert foreign == set()


@pytest.mark.parametrize("module", ["deployer", "deployer.core"])
def test_importing_the_library_loads_no_boto3_and_no_click(module: str) -> None:
    slow = {"aws_cdk", "boto3", "botocore", "click", "hypothesis", "moto", "msgspec", "pydantic", "rich", "tenacity"}
    assert loaded_by(f"import {module}", bare=False) & slow == set()


def test_the_front_door_comes_when_it_is_asked_for() -> None:
    assert "boto3" in loaded_by("from deployer import Deployer; Deployer(function_name='f').session._boto3", bare=False)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'deployer' has no attribute 'Deploier'"):
        deployer.Deploier  # noqa: B018  # the look-up is the test


def test_every_name_of_the_front_door_is_there() -> None:
    assert [name for name in deployer.__all__ if not hasattr(deployer, name)] == []


WATCHING = {"deployer.rollout", "deployer.cli.watching", "rich.live", "urllib3", "zoneinfo"}
NO_ROLLOUT = '[functions.orders]\ncode = "src"\nname = "orders-{env}"\n'


def modules_of(*arguments: str, folder: Path) -> set[str]:
    """All modules that a command has loaded in the end."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom deployer.cli.main import main\n"
        f"main({list(arguments)!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("config", "--env", "prd"), ("iam-policy", "status", "--env", "prd", "--account", "1" * 12)],
)
def test_what_watches_no_rollout_loads_nothing_of_rollouts(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "deployer.toml").write_text(NO_ROLLOUT, encoding="utf-8")
    assert modules_of(*arguments, folder=tmp_path) & WATCHING == set()


def test_status_loads_nothing_of_rollouts_but_what_boto3_brings_itself(tmp_path: Path) -> None:
    (tmp_path / "deployer.toml").write_text(NO_ROLLOUT, encoding="utf-8")
    loaded = modules_of("status", "--env", "prd", folder=tmp_path)
    assert "boto3" in loaded
    assert loaded & (WATCHING - {"urllib3"}) == set()


@pytest.mark.parametrize("name", ["plan", "deploy", "hold", "resume", "tick", "rollout"])
def test_the_help_of_a_command_loads_no_boto3_and_nothing_of_rollouts(name: str, tmp_path: Path) -> None:
    assert modules_of(name, "--help", folder=tmp_path) & {"boto3", "deployer.rollout", "rich.live"} == set()
