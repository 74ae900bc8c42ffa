"""What Lambda has to be asked before an alias is put on versions that are there, or to come."""

from __future__ import annotations

from typing import TypeAlias

from deployer.aws.alias import AliasSeen
from deployer.core import NEW, New, Published, VersionFacts, Write
from deployer.core.fitness import Fitness
from deployer.stack.site import Site

Facts: TypeAlias = dict[Published | New, VersionFacts | None]


def read_fitness(site: Site, write: Write, alias: AliasSeen) -> Fitness:
    """Read what the write has to be fit for: its versions, and whether the alias has provisioned concurrency."""
    facts: Facts = {version: _facts(site, version) for version in write.to_check if isinstance(version, Published)}
    asked = alias.arn is not None and write.minds_provisioned
    return Fitness(_with_new(write, facts), asked and site.alias.has_provisioned_concurrency())


def _facts(site: Site, version: Published) -> VersionFacts | None:
    seen = site.versions.look(version)
    return None if seen is None else VersionFacts.of(version, seen.configuration)


def _with_new(write: Write, facts: Facts) -> Facts:
    """The facts, and those of a version to come: as fit as the other, or Lambda refuses it and the stack rolls back."""
    if NEW not in write.to_check:
        return facts
    other = next((fact for fact in facts.values() if fact is not None), VersionFacts(NEW, role=""))
    return {**facts, NEW: VersionFacts(NEW, other.role, other.dead_letter)}
