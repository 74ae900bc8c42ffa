"""The CDK CLI, which deploys what was planned."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deployer.cdk_adapter.needs import CdkMissing
from deployer.cdk_adapter.rendering import TARGETS
from deployer.core.errors import DeployerError

_IN_PROJECT: Final = Path("node_modules", ".bin", "cdk")
_STDERR: Final = 2


class DeploymentFailed(DeployerError):
    """The CDK CLI ended with `code`; it has said why itself."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(command, code)
        self.command = command
        self.code = code

    @property
    def lines(self) -> tuple[str, ...]:
        """What failed, and what to do."""
        advice = "what it said stands above; CloudFormation rolls a failed stack back: mend that, and run this again"
        return (f"the CDK CLI failed with code {self.code}: {self.command}", f"  {advice}")

    def __str__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Toolkit:
    """The CDK CLI as it is called in the directory of one app."""

    directory: Path
    command: tuple[str, ...]

    @classmethod
    def find(cls, directory: Path, configured: str | None = None) -> Self:
        """The configured one; else the one of the app's node_modules, as npx finds it; else the one on the PATH.

        Raises CdkMissing.
        """
        if configured is not None:
            return cls(directory, tuple(shlex.split(configured)))
        installed = any((folder / _IN_PROJECT).exists() for folder in (directory, *directory.parents))
        if installed and shutil.which("npx"):
            return cls(directory, ("npx", "cdk"))
        if shutil.which("cdk"):
            return cls(directory, ("cdk",))
        way_out = f"npm install aws-cdk in {directory}, or name it as cdk.command in deployer.toml"
        raise CdkMissing("cdk deploy", "the CDK CLI", way_out)

    def deploy(self, stacks: Iterable[str], targets: Path) -> None:
        """Deploy these stacks and no other, with these targets. Its output goes to stderr. Raises DeploymentFailed.

        Not the stacks that they depend on: what is on the aliases of those was not decided just now.
        """
        options = ("--exclusively", "--require-approval", "never", "--context", f"{TARGETS}={targets.absolute()}")
        call = (*self.command, "deploy", *stacks, *options)
        try:
            code = subprocess.run(  # noqa: S603  # the project's own tool, its arguments are no shell's
                call, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=_STDERR, check=False
            ).returncode
        except OSError as error:
            way_out = "correct cdk.command in deployer.toml"
            raise CdkMissing("cdk deploy", f"the CDK CLI as {shlex.join(self.command)}", way_out) from error
        if code != 0:
            raise DeploymentFailed(shlex.join(call), code)
