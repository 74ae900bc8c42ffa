"""What was decided, and what the template must say for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from deployer.aws.alias import AliasSeen
from deployer.cdk_adapter.deployed import Deployed
from deployer.cdk_adapter.importing import Identifiers
from deployer.cdk_adapter.preflight import Release
from deployer.cdk_adapter.target import Target
from deployer.core import Decision, Refusal


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was decided for one alias, and what the template must say for it; `target` is a Refusal where it cannot."""

    release: Release
    alias: AliasSeen
    decision: Decision
    target: Target | Refusal
    deployed: Deployed = field(default_factory=Deployed)

    def bound(self) -> Self:
        """With the target bound to the code that it was decided for, and to the alias that it was decided from."""
        if isinstance(self.target, Refusal):
            return self
        bound = replace(self.target, version_id=self.release.version_id, starts_from=self.alias.revision)
        return replace(self, target=bound)


@dataclass(frozen=True, slots=True)
class ResolvedImport:
    """What was decided for an alias that comes into the stack as it is, and by what the import finds it."""

    resolved: Resolved
    identifiers: Identifiers = field(default_factory=dict)
