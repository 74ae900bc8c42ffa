"""The real CDK CLI, as the example's lock file pins it, and the example with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from deployer.cdk_adapter.needs import CdkMissing, check_needs

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

EXAMPLE = Path(__file__).parents[3] / "examples" / "cdk_app"
_MANIFESTS = ("package.json", "package-lock.json")
_QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "CDK_VALIDATION": "false",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": ",".join(str(major) for major in range(16, 40)),
    "NO_COLOR": "1",
}


def installed(cache: Path) -> Path:
    """The `node_modules` with the CDK CLI, installed into `cache` unless it is there. Skips where it cannot be."""
    try:
        check_needs("the CDK CLI's test")
    except CdkMissing as missing:
        _absent(str(missing))
    if shutil.which("npm") is None:
        _absent("npm is not installed; it comes with node")
    modules = cache / "node_modules"
    if any(_text(cache / name) != _text(EXAMPLE / name) for name in _MANIFESTS) or not modules.is_dir():
        for name in _MANIFESTS:
            shutil.copy(EXAMPLE / name, cache)
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund"], cwd=cache, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            shutil.rmtree(modules, ignore_errors=True)
            _absent(f"npm ci failed: {done.stderr.strip()}")
    return modules


def _absent(reason: str) -> None:
    """What is missing skips the test, except where all tests have to run."""
    if os.environ.get("CDK_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


@dataclass(frozen=True)
class Example:
    """A copy of the example, in a directory of its own, on an embedded Lambda."""

    here: Path
    local: LocalLambda

    @classmethod
    def copied(cls, folder: Path, local: LocalLambda, modules: Path) -> Example:
        here = folder / "cdk_app"
        shutil.copytree(EXAMPLE, here, ignore=shutil.ignore_patterns("node_modules", "cdk.out", "*.json.part"))
        (here / "node_modules").symlink_to(modules, target_is_directory=True)
        return cls(here, local)

    def run(self, *command: str) -> str:
        """What a command says; it has to end well."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, **self.local.environment(), **_QUIET, "PATH": path}
        done = subprocess.run(
            command,
            cwd=self.here,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def count_runs(self) -> None:
        """Have each run of the app, and of a build before it, leave a word."""
        file = self.here / "cdk.json"
        settings = json.loads(file.read_text(encoding="utf-8"))
        app = f"echo app >> runs.txt && {settings['app']}"
        file.write_text(json.dumps({**settings, "app": app, "build": "echo build >> runs.txt"}), encoding="utf-8")

    @property
    def runs(self) -> list[str]:
        """The words that they left."""
        return (self.here / "runs.txt").read_text(encoding="utf-8").split()

    def edit(self, reserved: int) -> None:
        """Other code: so many things reserved."""
        source = self.here / "src" / "stock.py"
        before = source.read_text(encoding="utf-8").splitlines()
        after = [f"RESERVED = {reserved}" if line.startswith("RESERVED =") else line for line in before]
        source.write_text("\n".join((*after, "")), encoding="utf-8")

    def shown(self, environment: str) -> str:
        """The alias as Lambda shows it: `2, and 1 at 75 %`; nothing where there is none."""
        client = boto3.client("lambda", endpoint_url=self.local.endpoint_url, region_name=self.local.region)
        try:
            answer = client.get_alias(FunctionName=f"stock-{environment}", Name="LIVE")
        except client.exceptions.ResourceNotFoundException:
            return ""
        weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return answer["FunctionVersion"] + "".join(f", and {name} at {share:.0%}" for name, share in weights.items())

    def called(self, environment: str) -> dict[str, Any]:
        """What a call through the alias answers."""
        client = boto3.client("lambda", endpoint_url=self.local.endpoint_url, region_name=self.local.region)
        answer = client.invoke(FunctionName=f"stock-{environment}", Qualifier="LIVE", Payload=b'{"sku": "tea"}')
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        return said
