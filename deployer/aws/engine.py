"""Look, let the core decide, and carry out what it decided.

`prepare` reads as much as the core asks for and writes nothing; `execute` carries out the plan, action by action. Each
action can be repeated: a command that died is finished by running it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from deployer.aws.alias import Alias, AliasSeen
from deployer.aws.function import Function, LatestSeen
from deployer.aws.release import Release
from deployer.aws.session import Session
from deployer.aws.version import Versions, VersionSeen
from deployer.aws.waiting import Patience
from deployer.core import (
    Action,
    AliasState,
    Await,
    Content,
    CreateAlias,
    CreateFunction,
    Decision,
    Deploy,
    DeployerError,
    Move,
    New,
    Plan,
    Policy,
    Publish,
    Published,
    PushCode,
    PushSettings,
    Reason,
    Refusal,
    Request,
    Settling,
    Shift,
    Situation,
    VersionFacts,
    check,
    plan,
    stamped,
    unread,
)


class Refused(DeployerError):
    """A rule forbids what was asked for; nothing was written to the alias."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        return f"{self.refusal.text}\n  {self.refusal.way_out}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision, with all that was looked at to make it. Nothing has been written."""

    request: Request
    policy: Policy
    operation_id: str
    alias: AliasSeen
    latest: LatestSeen | None
    situation: Situation
    release: Release | None
    wanted: Content | None
    decision: Decision
    versions: Mapping[Published, VersionSeen] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: the decision as it was carried out, and the alias before and after."""

    decision: Plan
    before: AliasState
    after: AliasState
    published: VersionSeen | None = None


OnAction = Callable[[Action], None]
"""Told of each action just before it is carried out."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One alias of one function, and how it is released."""

    session: Session
    function_name: str
    alias_name: str
    policy: Policy
    patience: Patience
    on_action: OnAction = lambda _action: None

    @property
    def alias(self) -> Alias:
        """The alias at Lambda."""
        return Alias(self.session.lambda_client, self.function_name, self.alias_name)

    @property
    def function(self) -> Function:
        """`$LATEST` at Lambda."""
        return Function(self.session.lambda_client, self.function_name, self.patience)

    @property
    def versions(self) -> Versions:
        """The published versions at Lambda."""
        return Versions(self.session.lambda_client, self.function_name, self.patience)

    def look(self) -> AliasSeen:
        """The alias as it stands, in the right account."""
        seen = self.alias.read()
        if seen.arn is not None:
            self.session.guard(seen.arn)
        return seen

    def prepare(self, request: Request, operation_id: str, release: Release | None = None) -> Prepared:
        """Read what the decision needs, and decide. `release` is what a deploy brings."""
        alias = self.look()
        latest = self.function.read() if isinstance(request, Deploy) else None
        if alias.arn is None:
            self._guard(latest)
        content = None if latest is None else latest.content
        wanted = None if release is None else release.wanted(content)
        situation = Situation(alias.state, alias.description, content)
        versions: dict[Published, VersionSeen] = {}
        while wanted is not None and (version := unread(situation, request, self.policy, wanted)) is not None:
            situation = situation.knowing(version, self._fingerprint(version, versions))
        decision = self._decide(situation, request, wanted, operation_id)
        seen = Prepared(
            request, self.policy, operation_id, alias, latest, situation, release, wanted, decision, versions
        )
        return replace(seen, decision=self._checked(seen, decision))

    def _guard(self, latest: LatestSeen | None) -> None:
        if latest is None:
            self.session.guard_absent()
        else:
            self.session.guard(latest.arn)

    def _fingerprint(self, version: Published, versions: dict[Published, VersionSeen]) -> str | None:
        seen = self.versions.read(version)
        if seen is None:
            return None
        versions[version] = seen
        return seen.content.fingerprint

    def _decide(
        self, situation: Situation, request: Request, wanted: Content | Published | None, operation_id: str
    ) -> Decision:
        now = int(self.patience.clock.now())
        return plan(situation, request, self.policy, wanted, now=now, operation_id=operation_id)

    def _checked(self, seen: Prepared, decision: Decision) -> Decision:
        """What the core cannot see from the alias alone: whether the versions and the function are fit for the plan."""
        if isinstance(decision, Refusal):
            return self._with_versions(decision) if decision.reason is Reason.NO_TRAIL else decision
        unfit = None if seen.release is None else self._unfit(seen.release, seen.latest, decision)
        if unfit is not None:
            return unfit
        if decision.write is None:
            return decision
        verdict = check(decision.write, self._facts(seen, decision.write), provisioned=self._provisioned(decision))
        if isinstance(verdict, Refusal):
            return replace(verdict, notices=decision.notices, verdict=decision.verdict)
        return replace(decision, notices=decision.notices + verdict)

    def _unfit(self, release: Release, latest: LatestSeen | None, decision: Plan) -> Refusal | None:
        """Why Lambda would not take what is to be pushed, as far as it can be known before."""
        kinds = {type(action) for action in decision.actions}
        if CreateFunction in kinds and release.missing_to_create:
            missing = ", ".join(release.missing_to_create)
            text = f"function {self.function_name} does not exist, and these settings of it are not given: {missing}"
            return Refusal(Reason.NO_FUNCTION, text, "give them, or correct the function's name")
        there = release.code.package_type if latest is None else latest.configuration.get("PackageType", "Zip")
        if PushCode in kinds and there != release.code.package_type:
            text = f"PackageType of {self.function_name} is {there}, of the code {release.code.package_type}"
            return Refusal(Reason.PACKAGE_TYPE, text, "a function keeps its package type for life: use another name")
        return None

    def _facts(self, seen: Prepared, write: CreateAlias | Shift) -> dict[Published | New, VersionFacts | None]:
        facts: dict[Published | New, VersionFacts | None] = {}
        for version in write.to_check:
            if isinstance(version, New):
                settings = {} if seen.wanted is None else seen.wanted.settings
                facts[version] = VersionFacts.of(version, {**settings, "SnapStart": {}})
            else:
                there = seen.versions.get(version) or self.versions.read(version)
                facts[version] = None if there is None else VersionFacts.of(version, there.configuration)
        return facts

    def _provisioned(self, decision: Plan) -> bool:
        write = decision.write
        return isinstance(write, Shift) and write.forms_pair and self.alias.has_provisioned_concurrency()

    def _with_versions(self, refusal: Refusal) -> Refusal:
        there = ", ".join(str(seen.version) for seen in self.versions.list()) or "none"
        return replace(refusal, way_out=f"{refusal.way_out}; published versions: {there}")

    def execute(self, prepared: Prepared) -> Outcome:
        """Carry out what was decided. Raises Refused for a refusal, and AwsFailure where AWS stood in the way."""
        decision = prepared.decision
        if isinstance(decision, Refusal):
            raise Refused(decision)
        if any(isinstance(action, Await) for action in decision.actions):
            return self.execute(self._after_the_move(prepared))
        return _Execution(self, prepared, decision).run()

    def _after_the_move(self, prepared: Prepared) -> Prepared:
        """Wait until Lambda's own move has ended, then look and decide again: nothing has been written yet."""

        def ended(seen: AliasSeen) -> bool:
            return not (isinstance(seen.state, Settling) and seen.state.move is Move.UNDER_WAY)

        for action in prepared.decision.actions:
            self.on_action(action)
        doing = f"wait for provisioned concurrency of {self.alias.called}"
        self.patience.until(self.alias.read, ended, self.patience.bounds.move, doing)
        return self.prepare(prepared.request, prepared.operation_id, prepared.release)


@dataclass(slots=True)
class _Execution:
    """One run of one plan: what is known of `$LATEST` and of the new version grows as actions are done."""

    engine: Engine
    prepared: Prepared
    decision: Plan
    latest: LatestSeen | None = None
    published: VersionSeen | None = None

    def run(self) -> Outcome:
        self.latest = self.prepared.latest
        for action in self.decision.actions:
            if isinstance(action, CreateAlias | Shift):
                break
            self.engine.on_action(action)
            self._do(action)
        if self.published is not None:
            self.decision = self._judged_again(self.published)
        write = self.decision.write
        before = self.prepared.alias.state
        if write is None:
            return Outcome(self.decision, before, before, self.published)
        self.engine.on_action(write)
        now = int(self.engine.patience.clock.now())
        self.engine.alias.write(stamped(write, now), self.prepared.alias)
        return Outcome(self.decision, before, write.after, self.published)

    def _do(self, action: CreateFunction | PushSettings | PushCode | Publish | Await) -> None:
        release, latest, function = self.prepared.release, self.latest, self.engine.function
        if release is None:
            raise TypeError("a plan that pushes or publishes comes from a release")
        match action:
            case CreateFunction():
                self.latest = function.create(release.code, release.to_create)
            case PushSettings() if latest is not None:
                self.latest = function.push_settings(latest, release.to_push(latest.content))
            case PushCode() if latest is not None:
                self.latest = function.push_code(latest, release.code, release.architectures)
            case Publish() if latest is not None:
                self.published = self.engine.versions.publish(function, latest, str(release.mark))
            case PushSettings() | PushCode() | Publish() | Await():
                raise TypeError(f"{action} needs a function that has been looked at")

    def _judged_again(self, published: VersionSeen) -> Plan:
        """The number that publishing brought, judged by the same rules before the alias is written."""
        situation = self.prepared.situation.knowing(published.version, published.content.fingerprint)
        decision = plan(
            situation,
            self.prepared.request,
            self.prepared.policy,
            published.version,
            now=int(self.engine.patience.clock.now()),
            operation_id=self.prepared.operation_id,
        )
        if isinstance(decision, Refusal):
            raise Refused(decision)
        done = tuple(action for action in self.decision.actions if not isinstance(action, CreateAlias | Shift))
        # The plan already said its notices; only what is new with the number is worth saying.
        notices = tuple(dict.fromkeys((*self.decision.notices, *decision.notices)))
        return Plan((*done, *decision.actions), notices, decision.verdict)
