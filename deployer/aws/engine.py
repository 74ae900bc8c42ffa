"""Look, let the core decide, and carry out what it decided.

`prepare` reads as much as the core asks for and writes nothing; `execute` carries out the plan, action by action. Each
action can be repeated: a command that died is finished by running it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from deployer.aws.alias import Alias, AliasSeen
from deployer.aws.execution import Execution
from deployer.aws.failure import Moved
from deployer.aws.function import Function, LatestSeen
from deployer.aws.prepared import BeforeTraffic, OnAction, Outcome, Prepared, Refused
from deployer.aws.release import Release
from deployer.aws.rival import in_words
from deployer.aws.session import Session
from deployer.aws.version import Versions, VersionSeen
from deployer.aws.waiting import Patience
from deployer.core import (
    AllVersions,
    Await,
    Content,
    Deploy,
    Move,
    New,
    Plan,
    Policy,
    Published,
    Reason,
    Refusal,
    Request,
    Rollback,
    Route,
    Settling,
    Shift,
    Situation,
    VersionFacts,
    plan,
    unread,
    versions_on,
)
from deployer.core.fitness import Fitness, FunctionFacts, fit
from deployer.core.reversal import with_versions


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
        teller = latest
        if alias.arn is None:
            teller = self.function.look() if isinstance(request, Route) else latest
            self._guard(teller)
        content = None if latest is None else latest.content
        wanted = None if release is None else release.wanted(content)
        situation = Situation(alias.state, alias.description, content, alias_arn=self._alias_arn(alias, teller))
        versions: dict[Published, VersionSeen] = {}
        while wanted is not None and (asked := unread(situation, request, self.policy, wanted)) is not None:
            situation = self._read(situation, asked, versions)
        now = int(self.patience.clock.now())
        decision = plan(situation, request, self.policy, wanted, now=now, operation_id=operation_id)
        fitness = Fitness()
        if isinstance(decision, Plan):
            fitness = self._fitness(decision, release, latest, wanted, versions)
            decision = fit(decision, fitness)
        elif decision.reason is Reason.NO_TRAIL:
            decision = with_versions(decision, (seen.version for seen in self.versions.list()))
        decision = replace(decision, notices=(*decision.notices, *self.session.timekeeper.notices))
        return Prepared(
            request, self.policy, operation_id, alias, latest, situation, release, wanted, decision, fitness
        )

    def _alias_arn(self, alias: AliasSeen, latest: LatestSeen | None) -> str:
        """The ARN that the alias has or will have: the memory is made out to it."""
        return alias.arn or ("" if latest is None else latest.alias_arn(self.alias_name))

    def _guard(self, latest: LatestSeen | None) -> None:
        if latest is None:
            self.session.guard_absent()
        else:
            self.session.guard(latest.arn)

    def _read(
        self, situation: Situation, asked: Published | AllVersions, versions: dict[Published, VersionSeen]
    ) -> Situation:
        match asked:
            case AllVersions():
                # What Lambda does not show can equal nothing.
                shown = (seen for seen in self.versions.list() if seen.comparable)
                return situation.listing({seen.version: seen.content.fingerprint for seen in shown})
            case Published():
                seen = self.versions.read(asked)
                if seen is None:
                    return situation.knowing(asked, None)
                versions[asked] = seen
                return situation.knowing(asked, seen.content.fingerprint)

    def _fitness(
        self,
        decision: Plan,
        release: Release | None,
        latest: LatestSeen | None,
        wanted: Content | None,
        read: Mapping[Published, VersionSeen],
    ) -> Fitness:
        """Read what the plan has to be fit for."""
        write = decision.write
        facts: dict[Published | New, VersionFacts | None] = {}
        for version in () if write is None else write.to_check:
            if isinstance(version, Published):
                there = read.get(version) or self.versions.look(version)
                facts[version] = None if there is None else VersionFacts.of(version, there.configuration)
            elif wanted is not None:
                facts[version] = VersionFacts.to_come(wanted)
        asked = isinstance(write, Shift) and write.minds_provisioned
        return Fitness(facts, asked and self.alias.has_provisioned_concurrency(), self._function(release, latest))

    def _function(self, release: Release | None, latest: LatestSeen | None) -> FunctionFacts | None:
        if release is None:
            return None
        there = None if latest is None else str(latest.configuration.get("PackageType", "Zip"))
        return FunctionFacts(self.function_name, there, release.code.package_type, release.missing_to_create)

    def decided(self, seen: AliasSeen, request: Request, decision: Plan, operation_id: str) -> Prepared:
        """What was decided of the alias as it was `seen` alone, looked at for what else it has to be fit for."""
        fitness = self._fitness(decision, None, None, None, {})
        fitting = fit(decision, fitness)
        return Prepared(request, self.policy, operation_id, seen, None, seen.situation, None, None, fitting, fitness)

    def execute(self, prepared: Prepared, before_traffic: BeforeTraffic = lambda _write: None) -> Outcome:
        """Carry out what was decided. Raises Refused for a refusal, and AwsFailure where AWS stood in the way.

        What `before_traffic` raises leaves the alias as it is. A write of somebody else's that leaves the traffic as it
        is, as a hold or the word that hooks are through, stops no rollback: that is decided again, once.
        """
        prepared = self.settled(prepared)
        try:
            return self._carried_out(prepared, before_traffic)
        except Moved:
            if not isinstance(prepared.request, Rollback):
                raise
            again = self.prepare(prepared.request, prepared.operation_id)
            if not _goes_the_same_way(prepared, again):
                raise
            return self._carried_out(again, before_traffic)

    def _carried_out(self, prepared: Prepared, before_traffic: BeforeTraffic) -> Outcome:
        decision = prepared.decision
        if isinstance(decision, Refusal):
            raise Refused(decision)
        parts = (self.function, self.versions, self.alias, self.patience.clock, self.on_action, before_traffic)
        return Execution(prepared, decision, *parts).run()

    def settled(self, prepared: Prepared) -> Prepared:
        """Wait for what becomes ready by itself, then look and decide again: nothing has been written yet.

        That is Lambda's own move, and versions that are still Pending. For whoever confirms what was decided: only
        what this answers says all that will be done.
        """
        while True:
            match prepared.decision:
                case Plan(actions) if any(isinstance(action, Await) for action in actions):
                    prepared = self._after_the_move(prepared)
                case Refusal(Reason.PENDING):
                    prepared = self._when_ready(prepared)
                case _:
                    return prepared

    def _when_ready(self, prepared: Prepared) -> Prepared:
        for version, facts in prepared.fitness.versions.items():
            if facts is not None and facts.pending and isinstance(version, Published):
                self.versions.ready(version)
        again = self.prepare(prepared.request, prepared.operation_id, prepared.release)
        if again.alias.revision != prepared.alias.revision:
            raise _moved_meanwhile(f"wait for a version of {self.function_name}", prepared, again)
        return again

    def _after_the_move(self, prepared: Prepared) -> Prepared:
        def ended(seen: AliasSeen) -> bool:
            return not (isinstance(seen.state, Settling) and seen.state.move is Move.UNDER_WAY)

        for action in prepared.decision.actions:
            self.on_action(action)
        doing = f"wait for provisioned concurrency of {self.alias.called}"
        self.patience.until(self.alias.read, ended, self.patience.bounds.move, doing)
        again = self.prepare(prepared.request, prepared.operation_id, prepared.release)
        # Lambda's move ends with version1 alone, or fails; it leaves the Description alone.
        moving = versions_on(prepared.alias.state)
        ends = versions_on(again.alias.state) in {moving, moving[:1]}
        if again.alias.description != prepared.alias.description or not ends:
            raise _moved_meanwhile(doing, prepared, again)
        return again


def _goes_the_same_way(prepared: Prepared, again: Prepared) -> bool:
    """Whether the traffic is where it was, and would be put where it was to be put."""
    one, other = prepared.decision, again.decision
    if isinstance(one, Refusal) or isinstance(other, Refusal) or one.write is None or other.write is None:
        return False
    return prepared.alias.state == again.alias.state and one.write.after == other.write.after


def _moved_meanwhile(doing: str, prepared: Prepared, again: Prepared) -> Moved:
    """A person, or another run, wrote the alias while we waited; nothing is decided on that unasked."""
    problem = f"somebody else wrote the alias meanwhile: it is now {in_words(prepared.alias, again.alias)}"
    return Moved(doing, problem, "look at it with `status`, and run the command again if you still want it")
