"""A race that is over: how each command ended, what the embedded Lambda saw, and what the core would have decided."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli_racers import Racer, Step, racer_of

from deployer.cli.commands import Commands
from deployer.core import (
    Content,
    Decision,
    Deploy,
    Move,
    Operation,
    Plan,
    Policy,
    Publish,
    Published,
    Refusal,
    Situation,
    Verb,
    parse_description,
    plan,
    read_state,
)

if TYPE_CHECKING:
    from cli_world import Ran

    from deployer.core import AliasState, Record
    from deployer.local.journal import AliasWrite

# What whoever was beaten is told, whole.
_ALIAS_MOVED = re.compile(
    r"could not move alias LIVE of [\w-]+ from (?P<found>.+) to .+: somebody else changed it in between: "
    r"it is now (?P<now>.+), by a (?P<verb>\w+) \(run (?P<run>[\w-]+)\)\n"
    r"  look at it with `deployer status --env \w+`, and run the command again if you still want it\n"
)
_UNTOUCHED = r"\n  traffic is untouched; run the command again if you still want it\n"
_PUBLISHED = re.compile(
    rf"could not publish [\w-]+: somebody else published the same content as version (?P<version>\d+){_UNTOUCHED}"
)
_CHANGED = re.compile(
    r"could not (?:change the settings|push the code|publish)(?: of)? [\w-]+: somebody else "
    r"(?:keeps changing the function|changed the function (?:in between|while it settled): "
    rf"(?:(?:code|Environment\.Variables\.CODE|, )+|published, or described anew)){_UNTOUCHED}"
)


@dataclass(frozen=True)
class Race:
    """`log` begins with the write before the race; `versions` and `publishers` are by number, `wanted` by code.

    A publisher is the login name in a version's mark.
    """

    ends: Mapping[str, Ran]
    log: tuple[AliasWrite, ...]
    steps: tuple[Step, ...]
    versions: Mapping[Published, Content]
    publishers: Mapping[Published, str]
    wanted: Mapping[int, Content]
    policies: Mapping[str, Policy]

    @property
    def writes(self) -> tuple[AliasWrite, ...]:
        """The racers' own."""
        return self.log[1:]

    def legal(self, racer: Racer, found: AliasWrite, write: AliasWrite) -> bool:
        """Whether the core, as the racer found the alias, decides on this write to the letter."""
        record = record_of(write)
        decisions = self._decisions(racer, found, record.since, record.operation.id)
        steps = [decision.write for decision in decisions if isinstance(decision, Plan)]
        return (state_of(write), write.description) in [
            (step.after, step.description.text) for step in steps if step is not None
        ]

    def reasonable(self, racer: Racer) -> bool:
        """Whether the core gives the racer's reasons, for nothing or a refusal, as the alias stood at some moment."""
        ran = self.ends[racer.name]
        decisions = (decision for found in self.log for decision in self._decisions(racer, found, 0, "some-run"))
        return any(_told(decision, ran, Commands(racer.environment)) for decision in decisions)

    def _decisions(self, racer: Racer, found: AliasWrite, now: int, operation: str) -> Iterator[Decision]:
        """All that may be decided: of what is wanted, and then of each number that publishing it may bring."""
        situation = Situation(state_of(found), found.description, alias_arn=alias_arn(found))
        if isinstance(racer.request, Deploy):
            for version, content in self.versions.items():
                situation = situation.knowing(version, content.fingerprint)
        wanted = self.wanted[racer.code]
        brought = [version for version, content in self.versions.items() if content == wanted]
        policy = self.policies[racer.environment]
        decision = plan(situation, racer.request, policy, wanted, now=now, operation_id=operation)
        yield decision
        if any(isinstance(action, Publish) for action in decision.actions):
            for version in brought:
                yield plan(situation, racer.request, policy, version, now=now, operation_id=operation)
                # Or it was there already, published by a racer who had not routed it.
                listed = situation.listing({version: wanted.fingerprint})
                yield plan(listed, racer.request, policy, wanted, now=now, operation_id=operation)

    def lost(self, racer: Racer) -> bool:
        """Whether the racer is told what moved, and by somebody else it did."""
        said = self.ends[racer.name].err
        told = said[said.find("could not ") :]
        if found := _ALIAS_MOVED.fullmatch(told):
            operation = Operation(Verb(found["verb"]), found["run"])
            return self._moved(racer, found["found"], found["now"], operation)
        if found := _PUBLISHED.fullmatch(told):
            version = Published(int(found["version"]))
            return self.versions[version] == self.wanted[racer.code] and self.publishers[version] != racer.name
        return _CHANGED.fullmatch(told) is not None and any(step.racer != racer for step in self.steps)

    def _moved(self, racer: Racer, found: str, now: str, operation: Operation) -> bool:
        number = [record_of(write).operation for write in self.log].index(operation)
        write = self.log[number]
        before = [str(state_of(earlier)) for earlier in self.log[:number]]
        return found in before and str(state_of(write)) == now and winner_of(write) != racer


def _told(decision: Decision, ran: Ran, commands: Commands) -> bool:
    match decision:
        case Refusal(text=text):
            return f"  refused    {commands.whole(text)}\n" in ran.err
        case Plan(actions=()):
            told = all(f" {commands.whole(one.text)}\n" in ran.out for one in decision.notices)
            return told and "  done       nothing\n" in ran.out
        case Plan():
            return False


def winner_of(write: AliasWrite) -> Racer:
    """Whose write it is, by its User-Agent."""
    racer = racer_of(write.user_agent)
    assert racer is not None
    return racer


def state_of(write: AliasWrite) -> AliasState:
    """What the alias showed from then on."""
    assert write.after is not None
    return read_state(write.after.version, write.after.weights, Move.NONE)


def alias_arn(write: AliasWrite) -> str:
    """Of the alias that was written, at the embedded Lambda."""
    return f"arn:aws:lambda:eu-central-1:123456789012:function:{write.function}:{write.alias}"


def record_of(write: AliasWrite) -> Record:
    """What the write says of itself."""
    memory = parse_description(write.description, alias_arn(write)).memory
    assert memory is not None
    return memory.record
