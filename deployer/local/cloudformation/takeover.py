"""The way of an import: each resource to import is looked up, taken into the stack, and written to once.

The write is CloudFormation's "Apply stack-level tags to imported resource if applicable": the type's update, with the
template's properties as if they were deployed already. What it has written stays when the import is rolled back (§13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from deployer.local.cloudformation.convergence import wanted
from deployer.local.cloudformation.handling import Handling, checked
from deployer.local.cloudformation.intrinsics import Scope
from deployer.local.cloudformation.refusals import ResourceFailed, StackRefusal
from deployer.local.cloudformation.resources import KINDS, Made
from deployer.local.cloudformation.stack import Chronicle, Imports, Resource, Snapshot, Stack
from deployer.local.cloudformation.template import Declared

_STARTED: Final = "Resource import started."
_TAKEN: Final = "Resource import completed."
_TAGGED: Final = "Apply stack-level tags to imported resource if applicable."


@dataclass(frozen=True, slots=True)
class Takeover:
    """Takes resources into one stack; raises ResourceFailed at the first that cannot be."""

    stack: Stack
    handling: Handling
    chronicle: Chronicle
    scope: Scope

    def run(self, imports: Imports) -> None:
        """In the order of references; what the stack has already is left alone."""
        self.scope.resources = self.stack.resources
        for declared in wanted(self.stack.deployed.template, self.scope).values():
            if declared.logical_id in imports:
                self._take(declared, imports[declared.logical_id])

    def roll_back(self, before: Snapshot) -> None:
        """Give up what was taken; nothing of it is removed."""
        for name, one in list(self.stack.resources.items()):
            if name not in before.resources and one.standing:
                self.chronicle.resource_is(one, "IMPORT_ROLLBACK_IN_PROGRESS")
                self.chronicle.resource_is(one, "IMPORT_ROLLBACK_COMPLETE")
        self.stack.deployed, self.stack.outputs = before.deployed, before.outputs
        self.stack.resources = dict(before.resources)

    def _take(self, declared: Declared, named: Mapping[str, str]) -> None:
        there = Resource(declared, "", {}, {}, "IMPORT_IN_PROGRESS", "", self.chronicle.clock())
        try:
            properties = checked(declared, self.scope.resolve(declared.properties))
            there = replace(there, properties=properties)
            self._now(there, "IMPORT_IN_PROGRESS", _STARTED)
            made = self.handling.look(declared, named)
        except (ResourceFailed, StackRefusal) as error:
            reason = error.reason if isinstance(error, ResourceFailed) else error.message
            self._now(there, "IMPORT_FAILED", reason)
            raise ResourceFailed(reason) from error
        there = replace(there, physical_id=made.physical_id, attributes=made.attributes)
        self._now(there, "IMPORT_COMPLETE", _TAKEN)
        self._apply(there, made)

    def _apply(self, there: Resource, made: Made) -> None:
        declared, properties = there.declared, there.properties
        self._now(there, "UPDATE_IN_PROGRESS", _TAGGED)
        try:
            self.handling.claim(declared, made)
            # Of a kind with properties that are all create-only there is nothing that could be updated.
            if KINDS[declared.type_name].properties != KINDS[declared.type_name].create_only:
                self.handling.update(declared, made.physical_id, properties, properties)
        except ResourceFailed as error:
            self._now(there, "UPDATE_FAILED", error.reason)
            raise
        self._now(there, "UPDATE_COMPLETE")

    def _now(self, resource: Resource, status: str, reason: str = "") -> None:
        self.stack.resources[resource.logical_id] = self.chronicle.resource_is(resource, status, reason)
