"""Which two versions Lambda lets share traffic, known before anything is written.

Rules (Lambda developer guide, "Configure alias routing"): both published, same execution role, same
dead-letter configuration or none; weights and provisioned concurrency on the alias exclude each other. And ours: both
must be able to answer, that is Active, with a SnapStart snapshot that is ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.core.action import Write
from deployer.core.content import Content, table
from deployer.core.memory import Verb
from deployer.core.plan import Notice, Reason, Refusal, Topic
from deployer.core.state import Stable
from deployer.core.version import LATEST, NEW, New, Published


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What of a version's configuration decides whether it may share traffic, or take it."""

    version: Published | New
    role: str
    dead_letter: str = ""
    state: str = "Active"
    state_reason: str = ""
    snap_start: bool = False
    snapshot_ready: bool = True

    @classmethod
    def of(cls, version: Published | New, configuration: Mapping[str, object]) -> VersionFacts:
        """Read an answer of GetFunctionConfiguration, or the settings of what is wanted."""
        snap_start = table(configuration.get("SnapStart"))
        return cls(
            version=version,
            role=str(configuration.get("Role", "")),
            dead_letter=str(table(configuration.get("DeadLetterConfig")).get("TargetArn", "")),
            state=str(configuration.get("State", "Active")),
            state_reason=str(configuration.get("StateReason", "")),
            snap_start=snap_start.get("ApplyOn") == "PublishedVersions",
            snapshot_ready=snap_start.get("OptimizationStatus", "On") == "On",
        )

    @property
    def pending(self) -> bool:
        """Whether it will be able to answer by itself, in a while."""
        return self.state == "Pending" or (self.state == "Active" and self.snap_start and not self.snapshot_ready)

    @classmethod
    def to_come(cls, content: Content) -> VersionFacts:
        """Of the version that publishing `content` will bring, as far as it can be known before."""
        return cls.of(NEW, content.settings)


def check(
    write: Write, facts: Mapping[Published | New, VersionFacts | None], *, provisioned: bool
) -> Refusal | tuple[Notice, ...]:
    """Whether a write may be made, given the facts of all versions in `write.to_check` (None: no such version).

    A single version that is merely idle may take traffic: Lambda wakes it, and the first calls may fail.
    """
    known: list[VersionFacts] = []
    for version in write.to_check:
        fact = facts[version]
        if fact is None:
            return Refusal(Reason.NO_VERSION, f"version {version} does not exist", _instead(write))
        known.append(fact)
    if provisioned and write.after == Stable(LATEST):
        return _not_routable(
            "the alias has provisioned concurrency, and Lambda has none for $LATEST",
            "take it off the alias first, or put it on versions",
        )
    if write.forms_pair:
        return unroutable(known[0], known[1], provisioned=provisioned) or ()
    for fact in known:
        if fact.state == "Inactive":
            text = f"version {fact.version} has been idle and is Inactive: its first calls may fail while it wakes"
            return (Notice(Topic.INACTIVE, text, loud=True),)
        refusal = unable(fact)
        if refusal is not None:
            return refusal
    return ()


def _instead(write: Write) -> str:
    history = "see `history` for those that do"
    if write.memory.record.operation.verb is Verb.ROLLBACK and write.memory.trail:
        return f"`rollback --to {write.memory.trail[0]}` goes to what was stable before it; {history}"
    return history


def unable(version: VersionFacts) -> Refusal | None:
    """Why a version cannot take traffic now, if so."""
    name = version.version
    if version.state != "Active":
        why = f" ({version.state_reason})" if version.state_reason else ""
        reason = Reason.PENDING if version.pending else Reason.NOT_ROUTABLE
        text = f"State of version {name} is {version.state}{why}, not Active"
        return Refusal(reason, text, _WAKE.get(version.state, _LOOK))
    if version.pending:
        text = f"SnapStart.OptimizationStatus of version {name} is Off: its snapshot is not ready"
        return Refusal(Reason.PENDING, text, "wait a minute and run the command again")
    return None


def unroutable(version1: VersionFacts, version2: VersionFacts, *, provisioned: bool) -> Refusal | None:
    """Why two versions cannot share an alias, if so; `provisioned`: the alias has provisioned concurrency."""
    if provisioned:
        return _not_routable(
            "the alias has provisioned concurrency, and Lambda allows no weights with it",
            "release blue/green, or put provisioned concurrency on the versions instead",
        )
    ours, theirs = version1.version, version2.version
    for field, first, second in (
        ("Role", version1.role, version2.role),
        ("DeadLetterConfig", version1.dead_letter, version2.dead_letter),
    ):
        if first != second:
            return _not_routable(
                f"{field} of version {ours} is {first or 'none'}, of version {theirs} {second or 'none'}; Lambda lets "
                "them share no traffic",
                "release this change blue/green, as it cannot be canaried",
            )
    return unable(version1) or unable(version2)


_LOOK = "see its State in the Lambda console"
_WAKE = {
    "Inactive": "it has been idle: invoke it once by its number, then run the command again",
    "Pending": "wait until it is Active and run the command again",
    "Failed": "it cannot start; choose another version, or delete it",
}


def _not_routable(text: str, way_out: str) -> Refusal:
    return Refusal(Reason.NOT_ROUTABLE, text, way_out)
