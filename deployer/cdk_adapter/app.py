"""Runs a CDK app as the CDK CLI does, to see what it would deploy: for planning, and without the CLI.

Of the CLI's own contract: the commands of `cdk.json` run in a shell in that directory, first `build`, where there is
one, and then `app` with CDK_CONTEXT_JSON (the context of `cdk.json` before that of `cdk.context.json`, before that of
the user's own `~/.cdk.json`) and CDK_OUTDIR. Credentials and CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION are whatever
the environment says.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deployer.cdk_adapter.assembly import AssembledStack, read_assembly
from deployer.cdk_adapter.json_file import InvalidFile, read_object
from deployer.cdk_adapter.rendering import PLANNING
from deployer.core.errors import ErrorInLines

CDK_JSON: Final = "cdk.json"
_CONTEXT_JSON: Final = "cdk.context.json"
_USER_JSON: Final = ".cdk.json"  # in the home directory
_SHOWN: Final = 30  # lines of what a failed app said: Python tells the error last


class InvalidApp(InvalidFile):
    """A directory that no app can be run from: the file `where` the `problem` is."""


class AppFailed(ErrorInLines):
    """The `command` of `what`, the app or its build, ended with `code`; `said` is its stderr."""

    def __init__(self, what: str, command: str, directory: Path, code: int, said: str) -> None:
        super().__init__(what, command, directory, code, said)
        self.what = what
        self.command = command
        self.directory = directory
        self.code = code
        self.said = said

    @property
    def lines(self) -> tuple[str, ...]:
        """What was run, and the last lines of what it said."""
        shown = self.said.splitlines()[-_SHOWN:]
        first = f"{self.what} failed with code {self.code}: {self.command} (in {self.directory})"
        return (first, *(f"  {line}" for line in shown))


@dataclass(frozen=True, slots=True)
class App:
    """The CDK app of the `cdk.json` in `directory`."""

    directory: Path

    def planned(self) -> tuple[AssembledStack, ...]:
        """Build, synthesize without targets into a folder that is gone afterwards, and read the stacks.

        Raises InvalidApp, AppFailed and InvalidAssembly.
        """
        command, build = self._command(), self._build()
        if build is not None:
            self._run("the app's build", build, {})
        with tempfile.TemporaryDirectory(prefix="deployer-cdk-") as out:
            self._run("the app", command, self._variables(out))
            return read_assembly(Path(out))

    def _run(self, what: str, command: str, variables: Mapping[str, str]) -> None:
        # By a shell, as the CLI does: the command is the project's own, "python3 app.py" or longer.
        done = subprocess.run(  # noqa: S602
            command,
            shell=True,
            cwd=self.directory,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode != 0:
            # Compilers tell their errors on stdout as often as not.
            raise AppFailed(what, command, self.directory, done.returncode, done.stderr or done.stdout)

    def _command(self) -> str:
        file = self.directory / CDK_JSON
        command = _table(file).get("app")
        if not isinstance(command, str) or not command.strip():
            raise InvalidApp(file, 'has no "app", the command that synthesizes, e.g. "python3 app.py"')
        if (self.directory / command).is_dir():
            raise InvalidApp(file, f'"app" is the directory {command}: planning runs the app, so name its command')
        return command

    def _build(self) -> str | None:
        file = self.directory / CDK_JSON
        build = _table(file).get("build")
        if build is not None and not isinstance(build, str):
            raise InvalidApp(file, f'"build" is {build!r}, which is no command')
        return build or None

    def _variables(self, out: str) -> dict[str, str]:
        of_user, looked_up = Path.home() / _USER_JSON, self.directory / _CONTEXT_JSON
        context = {
            **(_context(of_user) if of_user.exists() else {}),
            **(_table(looked_up) if looked_up.exists() else {}),
            **_context(self.directory / CDK_JSON),
            PLANNING: True,
        }
        # The validator of templates takes seconds to minutes, and the CLI runs it before it deploys.
        return {"CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": out, "CDK_VALIDATION": "false"}


def _context(file: Path) -> Mapping[str, Any]:
    context = _table(file).get("context", {})
    if not isinstance(context, dict):
        raise InvalidApp(file, '"context" is no object')
    return context


def _table(file: Path) -> Mapping[str, Any]:
    return read_object(file, InvalidApp, "no such file; run this in the directory of the CDK app, or name it")
