"""The CDK app that the commands are about, and what is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deployer.cdk_adapter.app import CDK_JSON, App, InvalidApp
from deployer.cdk_adapter.needs import CdkMissing
from deployer.cdk_adapter.target import InvalidTargets, Target, Targets
from deployer.cdk_adapter.toolkit import Toolkit
from deployer.cli.cdk.asked import CdkAsked
from deployer.config.configuration import load, load_nearest

TARGETS_FILE: Final = "deployer-targets.json"


@dataclass(frozen=True, slots=True)
class Project:
    """The directory of a `cdk.json`, the file of its targets, and the CDK CLI if one is configured.

    `plan` is the command that writes the file, as it is typed.
    """

    directory: Path
    targets_file: Path
    plan: str
    cdk_command: str | None = None

    @classmethod
    def find(cls, asked: CdkAsked) -> Self:
        """The app that the configuration names, else the one in the working directory. Raises ConfigError."""
        config = load(asked.config) if asked.config is not None else load_nearest()
        cdk = None if config is None else config.cdk
        directory, command = (Path.cwd(), None) if cdk is None else (cdk.directory, cdk.command)
        return cls(directory, asked.targets or directory / TARGETS_FILE, asked.typed("plan"), command)

    @property
    def app(self) -> App:
        """What is synthesized."""
        return App(self.directory)

    @property
    def toolkit(self) -> Toolkit:
        """What deploys it. Raises CdkMissing, and InvalidApp where there is nothing to deploy."""
        file = self.directory / CDK_JSON
        if not file.exists():
            problem = "no such file; run this in the directory of the CDK app, or name that as cdk.directory"
            raise InvalidApp(file, f"{problem} in deployer.toml")
        return Toolkit.find(self.directory, self.cdk_command)

    @property
    def cdk_words(self) -> tuple[str, ...]:
        """How people call the CDK CLI in the directory, whether it is there or is still to be installed."""
        try:
            return self.toolkit.command
        except CdkMissing:
            return ("cdk",)

    def targets(self) -> Targets:
        """Those that are in the file. Raises InvalidTargets."""
        try:
            return Targets.read(self.targets_file)
        except InvalidTargets as error:
            raise error.by(self.plan) from error

    def kept(self) -> Targets:
        """Those that are in the file, none where it is not there yet. Raises InvalidTargets."""
        return self.targets() if self.targets_file.exists() else Targets(())

    def keep(self, decided: list[Target]) -> None:
        """Write what was decided, beside the targets of other aliases that are in the file. Raises InvalidTargets."""
        self.kept().with_those_of(decided).write(self.targets_file)
