"""What can be told of an alias and its versions without changing anything."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.aws.alias import AliasSeen
from deployer.aws.version import VersionSeen
from deployer.core import (
    AliasState,
    Percent,
    Published,
    Recollection,
    Settling,
    Situation,
    Stable,
    Transition,
)
from deployer.core.mark import Mark, read_mark


@dataclass(frozen=True, slots=True)
class Status:
    """One alias: its state, what it remembers, and the text that people wrote on it; `situation` is all that in one."""

    function_name: str
    alias: str
    state: AliasState
    recollection: Recollection
    text: str
    damaged: bool
    situation: Situation

    @classmethod
    def of(cls, function_name: str, alias: str, seen: AliasSeen) -> Status:
        """Read what GetAlias showed. Raises TokenTooNew."""
        situation = seen.situation
        written = situation.written
        return cls(function_name, alias, seen.state, situation.recollection, written.text, written.damaged, situation)


@dataclass(frozen=True, slots=True)
class Entry:
    """One published version in the history. `share` is what it has of the alias's traffic."""

    version: Published
    description: str
    mark: Mark | None
    code_sha256: str
    published: str
    share: Percent | None
    trail: int | None
    head: bool

    @classmethod
    def of(cls, seen: VersionSeen, status: Status) -> Entry:
        """`trail` counts from 1, the newest; None when the version is not on the trail."""
        trail = status.recollection.trail
        return cls(
            version=seen.version,
            description=seen.description,
            mark=read_mark(seen.description),
            code_sha256=str(seen.configuration.get("CodeSha256", "")),
            published=str(seen.configuration.get("LastModified", "")),
            share=share_of(status.state, seen.version),
            trail=trail.index(seen.version) + 1 if seen.version in trail else None,
            head=status.recollection.head == seen.version,
        )


def share_of(state: AliasState, version: Published) -> Percent | None:
    """The share of the alias's traffic that a version has; None when the alias does not name it."""
    match state:
        case Stable(alone) if alone == version:
            return Percent(10_000)
        case Transition(version1=first) if first == version:
            return state.share
        case Transition(version2=second) if second == version:
            return state.weight
        case Settling(version1, version2) if version in (version1, version2):
            return Percent(10_000 if version == version2 else 0)
        case _:
            return None
