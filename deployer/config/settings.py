"""What a command needs to know about one function in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from deployer.core import strategy as core
from deployer.core.errors import InvalidValue
from deployer.core.increments import CanaryIncrements

if TYPE_CHECKING:
    from deployer.config.rollout.deferred import Deferred
    from deployer.config.rollout.settings import RolloutSettings

Strategy = Literal["latest", "blue_green", "canary"]
OnNewer = Literal["advance", "restart", "refuse", "move"]
Build = Literal["auto", "uv", "pip", "none"]
Architecture = Literal["x86_64", "arm64"]

# What each strategy can do with newer code while a release is under way; its default first.
ON_NEWER: Mapping[str, tuple[OnNewer, ...]] = {
    "latest": (),
    "blue_green": ("move", "refuse"),
    "canary": ("advance", "restart", "refuse"),
}


@dataclass(frozen=True, slots=True)
class CdkSettings:
    """The CDK app that releases: where its `cdk.json` is; `command` None leaves it open how the CDK CLI is called."""

    directory: Path
    command: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One function in one environment: defaults applied, overrides merged, placeholders filled, all checked.

    environment        key of the environment, e.g. "prd"
    function           key of the function in the file; `function_name` is its name at Lambda
    account            12 digits, or None when the file names none
    region, profile    None leaves them to the AWS environment
    canary_increments  given exactly when strategy is "canary"
    on_newer           "advance", "restart" or "refuse" with "canary"; "move" or "refuse" with "blue_green";
                       None with "latest"
    code               absolute path of a directory or zip file, `s3://bucket/key[?versionId=V]`, or an image
                       URI that ends with `@sha256:…`
    exclude            globs of files that stay out of the artifact
    architecture       None leaves the function's own alone (Lambda creates with "x86_64")
    release_env_var    name of the variable that carries the release's semantic version inside the function
    deferred_rollout   what `rollout` is read from, given exactly when strategy is not "latest"
    lambda_settings    only what the file gives, as members of UpdateFunctionConfiguration (which CreateFunction has
                       too), e.g. {"MemorySize": 512, "Environment": {"Variables": {"TABLE": "orders"}}};
                       a member that is absent is left as it is at Lambda
    """

    environment: str
    function: str
    function_name: str
    alias: str
    account: str | None
    region: str | None
    profile: str | None
    protected: bool
    strategy: Strategy
    canary_increments: CanaryIncrements | None
    on_newer: OnNewer | None
    artifact_bucket: str | None
    artifact_prefix: str
    code: str
    build: Build
    exclude: tuple[str, ...]
    architecture: Architecture | None
    release_env_var: str | None
    deferred_rollout: Deferred | None = field(repr=False, hash=False)
    # Environment variable values are in here, so it stays out of the repr.
    lambda_settings: Mapping[str, object] = field(repr=False, hash=False)

    def __post_init__(self) -> None:
        if (self.strategy == "canary") != (self.canary_increments is not None):
            raise InvalidValue(self.strategy, "canary_increments go with canary, and only with it")
        if self.on_newer not in (ON_NEWER[self.strategy] or (None,)):
            raise InvalidValue(self.on_newer, f"no on_newer of strategy {self.strategy}")
        if (self.strategy == "latest") != (self.deferred_rollout is None):
            raise InvalidValue(self.strategy, "a rollout goes with every strategy but latest")

    @property
    def rollout(self) -> RolloutSettings | None:
        """How a release goes the whole way by itself; None with strategy "latest"."""
        return None if self.deferred_rollout is None else self.deferred_rollout.settings

    @property
    def written_rollout(self) -> RolloutSettings | None:
        """The same where a table says anything of it; None where all is as built in, which then is not even read."""
        return None if self.deferred_rollout is None or self.deferred_rollout.bare else self.rollout

    @property
    def policy(self) -> core.Policy:
        """How this environment releases, as the core takes it."""
        given = self.written_rollout
        if given is None:
            return core.Policy(self._strategy(), self.protected)
        return core.Policy(self._strategy(), self.protected, freeze=given.freeze, stopped=given.stopped)

    def _strategy(self) -> core.Strategy:
        if self.canary_increments is not None:
            return core.Canary(self.canary_increments, core.OnNewer(str(self.on_newer)))
        if self.strategy == "latest":
            return core.Development()
        return core.BlueGreen(refuse_newer=self.on_newer == "refuse")
