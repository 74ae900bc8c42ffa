"""The way back of a failed update: what it changed is changed back, what it replaced is put in its place again.

In the order of the earlier template, as it is an update to that. Nothing is removed here: what the update made is left
over for the end of the rollback.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from deployer.local.cloudformation.handling import Handling
from deployer.local.cloudformation.refusals import ResourceFailed
from deployer.local.cloudformation.stack import Chronicle, Resource, Snapshot, Stack


@dataclass(frozen=True, slots=True)
class Restoration:
    """Brings one stack's resources back; raises ResourceFailed at the first that cannot be."""

    stack: Stack
    handling: Handling
    chronicle: Chronicle

    def run(self, before: Snapshot, skipped: frozenset[str]) -> None:
        """All resources that were there before; those in `skipped` count as brought back."""
        kept = {one.physical_id for one in before.resources.values()}
        self.stack.leftovers[:] = [one for one in self.stack.leftovers if one.physical_id not in kept]
        for declared in before.deployed.template.order:
            if declared.logical_id in before.resources:
                self._restore(before.resources[declared.logical_id], skipped)

    def _restore(self, old: Resource, skipped: frozenset[str]) -> None:
        now = self.stack.resources[old.logical_id]
        if old.logical_id in skipped:
            self._now(old, "UPDATE_COMPLETE")
        elif now.physical_id != old.physical_id:
            self._now(old, "UPDATE_COMPLETE")
            self.stack.leftovers.append(now)
        elif now.properties != old.properties:
            self._change_back(now, old)
        else:
            self.stack.resources[old.logical_id] = replace(old, changed=now.changed)

    def _change_back(self, now: Resource, old: Resource) -> None:
        self._now(old, "UPDATE_IN_PROGRESS")
        try:
            attributes = self.handling.update(old.declared, old.physical_id, now.properties, old.properties)
        except ResourceFailed as error:
            self._now(now, "UPDATE_FAILED", error.reason)
            raise
        self._now(replace(old, attributes=attributes), "UPDATE_COMPLETE")

    def _now(self, resource: Resource, status: str, reason: str = "") -> None:
        self.stack.resources[resource.logical_id] = self.chronicle.resource_is(resource, status, reason)
