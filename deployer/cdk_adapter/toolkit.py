"""The CDK CLI, which deploys what was planned.

In two calls, as the first takes many seconds: the app is synthesized with the targets into a cloud assembly, and that
is deployed as it is. In between the aliases can be looked at for the last time.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final, Self

from deployer.cdk_adapter.needs import CdkMissing
from deployer.cdk_adapter.rendering import TARGETS
from deployer.core.errors import ErrorInLines

_IN_PROJECT: Final = Path("node_modules", ".bin", "cdk")
_STDERR: Final = 2


class ToolkitFailed(ErrorInLines):
    """The CDK CLI ended with `code`; it has said why itself."""

    advice: ClassVar[str]

    def __init__(self, command: str, code: int) -> None:
        super().__init__(command, code)
        self.command = command
        self.code = code

    @property
    def lines(self) -> tuple[str, ...]:
        """What failed, and what to do."""
        return (f"the CDK CLI failed with code {self.code}: {self.command}", f"  {self.advice}")


class SynthesisFailed(ToolkitFailed):
    """The templates could not be rendered, so nothing was deployed."""

    advice = (
        "what it said stands above, and nothing was deployed: mend that, and run the same `deployer cdk deploy` again"
    )


class DeploymentFailed(ToolkitFailed):
    """What was rendered could not be deployed, or not all of it."""

    advice = (
        "what it said stands above; CloudFormation rolls a failed stack back: mend that, and run the same "
        "`deployer cdk deploy` again"
    )


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

    @contextmanager
    def synthesized(self, stacks: Iterable[str], targets: Path, region: str) -> Iterator[Path]:
        """The cloud assembly of these stacks with these targets, in a folder that is gone afterwards.

        Of the CLI, and not of App: its settings come into the templates, and it looks up context that is missing. An
        app that reads CDK_DEFAULT_REGION gets what AWS settings say, whatever was there before: so `region` is said
        there. Raises SynthesisFailed and CdkMissing.
        """
        # One that was stopped may still be writing there, which is no reason to tell of anything but the stop.
        with TemporaryDirectory(prefix="deployer-cdk-", ignore_cleanup_errors=True) as out:
            given = ("--output", out, "--context", f"{TARGETS}={targets.absolute()}")
            # Its notices are told by the deployment.
            call = self._call("synth", stacks, "--quiet", "--no-notices", *given)
            self._run(call, region, SynthesisFailed)
            yield Path(out)

    def deploy(self, stacks: Iterable[str], assembly: Path, region: str) -> None:
        """Deploy these stacks of the assembly and no other; neither the app nor its build is run.

        Raises DeploymentFailed and CdkMissing.
        """
        # An empty build, as the CLI runs that of cdk.json for an assembly too.
        call = self._call("deploy", stacks, "--require-approval", "never", "--build=", "--app", str(assembly))
        self._run(call, region, DeploymentFailed)

    def _call(self, verb: str, stacks: Iterable[str], *options: str) -> tuple[str, ...]:
        # Not the stacks that these depend on: what is on the aliases of those was not decided just now.
        return (*self.command, verb, *stacks, "--exclusively", *options)

    def _run(self, call: tuple[str, ...], region: str, failure: type[ToolkitFailed]) -> None:
        """Its output goes to stderr."""
        try:
            code = subprocess.run(  # noqa: S603  # the project's own tool, its arguments are no shell's
                call,
                cwd=self.directory,
                env={**os.environ, "AWS_REGION": region, "AWS_DEFAULT_REGION": region},
                stdin=subprocess.DEVNULL,
                stdout=_STDERR,
                check=False,
            ).returncode
        except OSError as error:
            way_out = "correct cdk.command in deployer.toml"
            raise CdkMissing("cdk deploy", f"the CDK CLI as {shlex.join(self.command)}", way_out) from error
        if code != 0:
            raise failure(shlex.join(call), code)
