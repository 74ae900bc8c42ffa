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
