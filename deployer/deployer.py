"""The library's front door: one function, one alias, and the verbs."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer import provenance
from deployer.arguments import check_arguments
from deployer.aws.alias import AliasSeen
from deployer.aws.clock import Clock, SystemClock
from deployer.aws.engine import Engine
from deployer.aws.prepared import BeforeTraffic, OnAction, Outcome, Prepared
from deployer.aws.release import Release
from deployer.aws.session import Session
from deployer.aws.status import Entry, Status
from deployer.aws.waiting import Bounds, OnWait, Patience
from deployer.core import (
    BlueGreen,
    Decision,
    Deploy,
    Freeze,
    Hold,
    InvalidRequest,
    Notice,
    Percent,
    Plan,
    Policy,
    Promote,
    Request,
    Resume,
    Rollback,
    Route,
    Stable,
    Strategy,
    Transition,
    read_published,
    read_version,
    rollout,
)

if TYPE_CHECKING:
    from deployer.artifact import Artifact, Building
    from deployer.artifact.target import Architecture
    from deployer.aws.code import Code, OnUpload
    from deployer.config import Settings


@dataclass(frozen=True, kw_only=True)
class Deployer:
    """Releases one Lambda function through one alias.

        deployer = Deployer(function_name="orders", code="src/orders", strategy=Canary(CanaryIncrements.of([25, 50])))
        deployer.deploy()

    `code` is a directory, a zip file, `s3://bucket/key?versionId=V` or an image URI with its digest; only `plan` and
    `deploy` need it. `settings` are members of Lambda's UpdateFunctionConfiguration; what is not given is left alone.
    Nothing goes forward in the windows of `freeze`, nor at all where `stopped` says why.
    `account` (12 digits) must be that of the credentials. What no release can be made with is an InvalidValue at once.
    Every verb raises Refused when a rule forbids it and AwsFailure when AWS stands in the way
    (`deployer.aws.failure` draws the tree).
    """

    function_name: str
    strategy: Strategy = field(default_factory=BlueGreen)
    alias: str = "LIVE"
    protected: bool = False
    freeze: Freeze = field(default_factory=Freeze)
    stopped: str | None = None
    code: str | Path | None = None
    build: Building = "auto"
    exclude: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    architecture: Architecture | None = None
    release: str | None = None
    release_env_var: str | None = None
    region: str | None = None
    account: str | None = None
    profile: str | None = None
    artifact_bucket: str | None = None
    artifact_prefix: str = ""
    on_action: OnAction = lambda _action: None
    on_upload: OnUpload = lambda _sent, _size: None
    on_wait: OnWait = lambda _words: None
    clock: Clock = field(default_factory=SystemClock)
    bounds: Bounds = field(default_factory=Bounds)
    new_operation_id: Callable[[], str] = provenance.new_operation_id

    def __post_init__(self) -> None:
        """Raises InvalidValue for what no release can be made with, here and not in the middle of one."""
        check_arguments(vars(self))
        _ = self.policy

    @property
    def policy(self) -> Policy:
        """How it releases."""
        return Policy(self.strategy, self.protected, freeze=self.freeze, stopped=self.stopped)

    @classmethod
    def from_settings(cls, settings: Settings, **more: Any) -> Deployer:  # any of the fields above
        """A Deployer for one function in one environment of deployer.toml (see `deployer.config.load`)."""
        policy = settings.policy
        given: dict[str, Any] = {
            "function_name": settings.function_name,
            "strategy": policy.strategy,
            "alias": settings.alias,
            "protected": policy.protected,
            "freeze": policy.freeze,
            "stopped": policy.stopped,
            "code": settings.code,
            "build": settings.build,
            "exclude": settings.exclude,
            "settings": settings.lambda_settings,
            "architecture": settings.architecture,
            "release_env_var": settings.release_env_var,
            "region": settings.region,
            "account": settings.account,
            "profile": settings.profile,
            "artifact_bucket": settings.artifact_bucket,
            "artifact_prefix": settings.artifact_prefix,
        }
        return cls(**{**given, **more})

    def prepare(self, request: Request | None = None, *, operation_id: str | None = None) -> Prepared:
        """Look at AWS and decide about `request` (a deploy, by default); nothing is written."""
        request = request or Deploy()
        operation_id = operation_id or self.new_operation_id()
        release = self._release(operation_id) if isinstance(request, Deploy) else None
        return self._dated(self._engine.prepare(request, operation_id, release))

    def plan(self, request: Request | None = None) -> Decision:
        """What would be done, as data: a Plan, or a Refusal. Nothing is written."""
        return self.prepare(request).decision

    def rollout(self, prepared: Prepared | None = None) -> tuple[Decision, ...]:
        """All deploys it would take until one version has all traffic; the first is what `plan` says.

        `prepared` is a deploy that has been decided already; without it one is.
        """
        prepared = prepared or self.prepare()
        if prepared.wanted is None or not isinstance(prepared.request, Deploy) or not prepared.decision.actions:
            return (prepared.decision,)
        ahead = rollout(
            prepared.situation,
            prepared.request,
            prepared.policy,
            prepared.wanted,
            now=int(self.now()),
            operation_id=prepared.operation_id,
        )
        return (prepared.decision, *ahead[1:])

    def execute(self, prepared: Prepared, before_traffic: BeforeTraffic = lambda _write: None) -> Outcome:
        """Carry out what `prepare` decided, provided that nothing has moved since.

        `before_traffic` is called when all is published, right before the alias is written; what it raises leaves the
        alias as it is.
        """
        return self._engine.execute(prepared, before_traffic)

    def decided(self, seen: AliasSeen, request: Request, plan: Plan, operation_id: str) -> Prepared:
        """A plan that was made of the alias as it was `seen`, ready to be executed."""
        return self._engine.decided(seen, request, plan, operation_id)

    def look(self) -> AliasSeen:
        """The alias as it stands, with what guards the next write of it: one call."""
        return self._engine.look()

    def settled(self, prepared: Prepared) -> Prepared:
        """Wait out Lambda's own move of capacity, if that is what was decided, and decide again. Writes nothing."""
        return self._engine.settled(prepared)

    def deploy(self, *, again: bool = False, adopt: bool = False, override: str | None = None) -> Outcome:
        """Release the code and settings, or take the release under way one step further.

        `override` is why, where a freeze window is shut or `stopped` is set.
        """
        return self.execute(self.prepare(Deploy(again=again, adopt=adopt, override=override)))

    def route(
        self, version1: int | str, version2: int | str | None = None, weight: float | str | Percent | None = None
    ) -> Outcome:
        """Put version1 on the alias: alone, or with version2 having `weight` percent. Publishes nothing."""
        return self.execute(self.prepare(route_request(version1, version2, weight)))

    def hold(self) -> Outcome:
        """Let nothing go forward on the alias until it is resumed."""
        return self.execute(self.prepare(Hold()))

    def resume(self) -> Outcome:
        """Let it go forward again, also from a weight that somebody else has set."""
        return self.execute(self.prepare(Resume()))

    def promote(self, *, adopt: bool = False, override: str | None = None) -> Outcome:
        """Version1 alone, at once; `override` as in `deploy`."""
        return self.execute(self.prepare(Promote(adopt=adopt, override=override)))

    def rollback(self, to: int | str | None = None, *, adopt: bool = False) -> Outcome:
        """Back to where the release came from, or to what was stable before; `to` names a version further back."""
        back = None if to is None else read_published(to)
        return self.execute(self.prepare(Rollback(to=back, adopt=adopt)))

    def status(self) -> Status:
        """The alias as it stands: one call."""
        return Status.of(self.function_name, self.alias, self._engine.look())

    def history(self) -> tuple[Entry, ...]:
        """The published versions, newest first, with their release marks and their place on alias and trail."""
        status = self.status()
        entries = [Entry.of(seen, status) for seen in self._engine.versions.list()]
        return tuple(sorted(entries, key=lambda entry: entry.version, reverse=True))

    @cached_property
    def session(self) -> Session:
        """The clients, and the guard of the account."""
        return Session(self.region, self.account, self.profile, self.clock)

    def now(self) -> float:
        """Unix time in seconds: by `clock`, unless AWS's answers show it to be wrong; then AWS's."""
        return self.session.timekeeper.now()

    @property
    def clock_notices(self) -> tuple[Notice, ...]:
        """One where AWS's answers show `clock` to be wrong."""
        return self.session.timekeeper.notices

    @cached_property
    def _engine(self) -> Engine:
        return Engine(
            self.session,
            self.function_name,
            self.alias,
            self.policy,
            Patience(self.session.timekeeper, self.bounds, self.on_wait),
            self.on_action,
        )

    def artifact(self, output: Path | None = None) -> Artifact:
        """The code as it will be released: read, or packaged into `output`; its hash and size known. Needs no AWS.

        Without `output` a directory is packaged into a temporary file that lives as long as this Deployer.
        Raises ArtifactError for code that no function can be made of.
        """
        from deployer.artifact import Source

        if self.code is None:
            raise InvalidRequest("deploy", f"function {self.function_name} has no `code` to release")
        source = Source(
            str(self.code),
            build=self.build,
            exclude=self.exclude,
            runtime=self.settings.get("Runtime"),
            handler=self.settings.get("Handler"),
            architecture=self.architecture,
            layers=bool(self.settings.get("Layers")),
        )
        return source.artifact(lambda: output or self._temporary_zip())

    def _temporary_zip(self) -> Path:
        """One file a packaging: what an earlier `prepare` looked at must stay as it was."""
        folder = Path(tempfile.mkdtemp(prefix="deployer-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder / "function.zip"

    def _release(self, operation_id: str) -> Release:
        mark = provenance.mark(operation_id, self.now(), self._source, self.release)
        variable = None if self.release_env_var is None else (self.release_env_var, self.release)
        return Release(self._code(), mark, self.settings, self.architecture, variable)

    def _dated(self, prepared: Prepared) -> Prepared:
        """What was prepared, its mark by the time that it was decided at: AWS has told it by now."""
        release, now = prepared.release, self.now()
        if release is None:
            return prepared
        shut = self.stopped is not None or self.freeze.closed(int(now)) is not None
        why = prepared.request.override if shut and isinstance(prepared.request, Deploy) else None
        mark = replace(release.mark, at=provenance.moment(now), override=why)
        return replace(prepared, release=replace(release, mark=mark))

    @property
    def _source(self) -> Path | None:
        path = Path(str(self.code))
        return path if path.exists() else None

    def _code(self) -> Code:
        from deployer.aws.code import code_for

        return code_for(
            self.artifact(), self.session, self.artifact_bucket, self.artifact_prefix, on_upload=self.on_upload
        )


def route_request(
    version1: int | str, version2: int | str | None = None, weight: float | str | Percent | None = None
) -> Route:
    """Read a route as a person gives it: two versions come with a weight (version2's share in percent), one without."""
    if (version2 is None) != (weight is None):
        raise InvalidRequest("route", "a second version comes with a weight, and a weight with a second version")
    if version2 is None or weight is None:
        return Route(Stable(read_version(version1)))
    return Route(Transition(read_published(version1), read_published(version2), Percent.of(weight)))
