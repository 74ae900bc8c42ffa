"""Carries out a plan, action by action."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.aws.alias import Alias
from deployer.aws.clock import Clock
from deployer.aws.code import ReadyCode
from deployer.aws.failure import AwsFailure, Moved, Uncertain
from deployer.aws.function import Function, LatestSeen
from deployer.aws.prepared import BeforeTraffic, OnAction, Outcome, Prepared, Refused
from deployer.aws.traffic import Traffic
from deployer.aws.version import Versions, VersionSeen
from deployer.core import (
    Await,
    CreateAlias,
    CreateFunction,
    Plan,
    Publish,
    PushCode,
    PushSettings,
    Refusal,
    Shift,
    VersionFacts,
    plan,
    stamped,
)
from deployer.core.fitness import fit


@dataclass(slots=True)
class Execution:
    """One run of one plan: what is known of `$LATEST` and of the new version grows as actions are done."""

    prepared: Prepared
    decision: Plan
    function: Function
    versions: Versions
    alias: Alias
    clock: Clock
    on_action: OnAction
    before_traffic: BeforeTraffic
    latest: LatestSeen | None = None
    code: ReadyCode | None = None
    published: VersionSeen | None = None

    def run(self) -> Outcome:
        """Carry it out, action by action; the alias comes last."""
        traffic = Traffic(self.prepared, self.alias, self.function)
        self.function = traffic.watched
        with traffic.told():
            self._bring()
        write = self.decision.write
        before = self.prepared.alias.state
        if write is None:
            return Outcome(self.decision, before, before, self.published, self._reused)
        self.before_traffic(write)
        self.on_action(write)
        with traffic.told(Moved, Uncertain):  # these say what the alias shows now, or that nobody can tell
            stands = stamped(write, int(self.clock.now()), self._alias_arn)
            self.alias.write(stands, self.prepared.alias)
        return Outcome(self.decision, before, write.after, self.published, self._reused, stands.memory.record)

    def _bring(self) -> None:
        """All that comes before the write of the alias."""
        self.latest = self.prepared.latest
        self._make_ready()
        for action in self.decision.actions:
            if isinstance(action, CreateAlias | Shift):
                break
            self.on_action(action)
            self._do(action)
        if self.published is not None:
            self.decision = self._judged_again(self.published)

    def _make_ready(self) -> None:
        """What can fail of the code fails here, before settings are pushed without it."""
        release = self.prepared.release
        if release is not None and any(isinstance(one, CreateFunction | PushCode) for one in self.decision.actions):
            self.code = release.code.ready()

    @property
    def _alias_arn(self) -> str:
        if known := self.prepared.situation.alias_arn:
            return known
        # Only the function that this run has created was not there to tell it before.
        if self.latest is None:
            raise AwsFailure(f"write {self.alias.called}", "there is no such function", "deploy it first")
        return self.latest.alias_arn(self.alias.name)

    @property
    def _reused(self) -> bool:
        # Lambda keeps the Description that a version was published with, and ours has this run's id in it.
        release = self.prepared.release
        return self.published is not None and release is not None and self.published.description != str(release.mark)

    def _do(self, action: CreateFunction | PushSettings | PushCode | Publish | Await) -> None:
        release, latest, code, function = self.prepared.release, self.latest, self.code, self.function
        if release is None:
            raise TypeError("a plan that pushes or publishes comes from a release")
        match action:
            case CreateFunction() if code is not None:
                self.latest = function.create(code, release.to_create)
            case PushSettings() if latest is not None:
                self.latest = function.push_settings(latest, release.to_push(latest.content))
            case PushCode() if latest is not None and code is not None:
                self.latest = function.push_code(latest, code, release.architectures)
            case Publish() if latest is not None:
                self.published = self.versions.publish(function, latest, str(release.mark))
            case CreateFunction() | PushSettings() | PushCode() | Publish() | Await():
                raise TypeError(f"{action} needs a function that has been looked at, and code that is ready")

    def _judged_again(self, published: VersionSeen) -> Plan:
        """The number that publishing brought, judged by the same rules before the alias is written."""
        situation = self.prepared.situation.knowing(published.version, published.content.fingerprint)
        prepared = self.prepared
        decision = plan(
            situation,
            prepared.request,
            prepared.policy,
            published.version,
            now=int(self.clock.now()),
            operation_id=prepared.operation_id,
        )
        if isinstance(decision, Plan):
            # Lambda may have answered with a version that is there already, and not fit for traffic any more.
            facts = VersionFacts.of(published.version, published.configuration)
            decision = fit(decision, prepared.fitness.published(facts))
        if isinstance(decision, Refusal):
            raise Refused(decision)
        done = tuple(action for action in self.decision.actions if not isinstance(action, CreateAlias | Shift))
        # The plan already said its notices; only what is new with the number is worth saying.
        notices = tuple(dict.fromkeys((*self.decision.notices, *decision.notices)))
        return Plan((*done, *decision.actions), notices, decision.verdict)
