"""CDK is an extra: nothing of it is loaded before a construct is asked for, and its absence is one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import deployer.cdk_adapter

ROOT = Path(deployer.cdk_adapter.__file__).parents[2]
LOADED = "print(*sorted({'aws_cdk', 'boto3', 'constructs', 'jsii'} & set(sys.modules)))"


def run(code: str, *, bare: bool = False, environ: dict[str, str] | None = None) -> str:
    """What a fresh interpreter prints; a bare one has no site-packages at all."""
    isolated = ["-I", "-S"] if bare else ["-I"]
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{code}"
    # Started in a directory of its own: the root holds nothing that is looked for, and stays clean.
    done = subprocess.run(
        [sys.executable, *isolated, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environ or {**os.environ},
    )
    return done.stdout.strip()


ASK = """
from deployer.core import DeployerError
try:
    from deployer.cdk_adapter import ReleasedFunction
except DeployerError as error:
    print(type(error).__name__, isinstance(error, ImportError), error)
"""


def test_importing_the_adapter_loads_neither_cdk_nor_node() -> None:
    assert run(f"import deployer.cdk_adapter\n{LOADED}") == ""


def test_what_planning_needs_loads_neither_cdk_nor_node() -> None:
    planning = "preflight", "rendering", "strategy", "target"
    modules = "\n".join(f"import deployer.cdk_adapter.{name}" for name in planning)
    assert run(f"{modules}\nfrom deployer.cdk_adapter import Targets\n{LOADED}", bare=True) == ""


def test_the_missing_extra_is_one_sentence() -> None:
    assert run(ASK, bare=True) == (
        "CdkMissing True ReleasedFunction needs aws-cdk-lib: pip install 'lambda-rollouts[cdk]'"
    )


@pytest.mark.cdk
@pytest.mark.parametrize("environ", [{"PATH": ""}, {"PATH": os.environ["PATH"], "JSII_NODE": "no-such-node"}])
def test_missing_node_is_one_sentence(environ: dict[str, str]) -> None:
    assert run(ASK, environ=environ) == (
        "CdkMissing True ReleasedFunction needs Node.js, which renders all CDK constructs: install it from "
        "https://nodejs.org and have it on the PATH, or name it in JSII_NODE"
    )


@pytest.mark.cdk
def test_cdk_comes_with_the_first_construct() -> None:
    assert run(f"from deployer.cdk_adapter import AliasRelease\n{LOADED}") == "aws_cdk constructs jsii"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'deployer\.cdk_adapter' has no attribute 'AliasRouting'"):
        deployer.cdk_adapter.AliasRouting  # noqa: B018  # the look-up is the test


@pytest.mark.cdk
def test_every_name_is_there() -> None:
    assert [name for name in deployer.cdk_adapter.__all__ if not hasattr(deployer.cdk_adapter, name)] == []
