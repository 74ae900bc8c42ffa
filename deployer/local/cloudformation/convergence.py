"""The way forward of an operation: each resource in the order of references made, changed or left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from deployer.local.cloudformation.handling import Handling, checked, replaces
from deployer.local.cloudformation.intrinsics import Scope, text
from deployer.local.cloudformation.refusals import ResourceFailed, StackRefusal
from deployer.local.cloudformation.removal import superseded
from deployer.local.cloudformation.stack import Chronicle, Output, Resource, Stack
from deployer.local.cloudformation.template import Declared, Template

_REPLACING: Final = "Requested update requires the creation of a new physical resource; hence creating one."
_INITIATED: Final = "Resource creation Initiated"


def wanted(template: Template, scope: Scope) -> Mapping[str, Declared]:
    """The resources whose condition holds, each after those it needs."""
    return {
        declared.logical_id: declared
        for declared in template.order
        if declared.condition is None or scope.holds(declared.condition)
    }


def outputs(template: Template, scope: Scope) -> Iterator[Output]:
    """The outputs whose condition holds."""
    for key, given in template.section("Outputs").items():
        if "Condition" not in given or scope.holds(given["Condition"]):
            export = given.get("Export", {}).get("Name", "")
            value = text(scope.resolve(given["Value"]))
            yield Output(key, value, given.get("Description", ""), text(scope.resolve(export)))


@dataclass(frozen=True, slots=True)
class Convergence:
    """Brings one stack's resources to what its template says; raises ResourceFailed at the first that fails.

    A resource that must be replaced gets a second physical one; the first is left over until the operation ends.
    """

    stack: Stack
    handling: Handling
    chronicle: Chronicle
    scope: Scope

    def run(self) -> None:
        """All resources, then the outputs."""
        template = self.stack.deployed.template
        self.scope.resources = self.stack.resources
        for declared in wanted(template, self.scope).values():
            self._settle(declared, self.stack.resources.get(declared.logical_id))
        try:
            self.stack.outputs = tuple(outputs(template, self.scope))
        except StackRefusal as error:
            raise ResourceFailed(error.message) from error
        self.stack.imported = frozenset(self.scope.imported)

    def _settle(self, declared: Declared, current: Resource | None) -> None:
        there = current if current is not None and current.standing else None
        try:
            properties = checked(declared, self.scope.resolve(declared.properties))
        except (ResourceFailed, StackRefusal) as error:
            reason = error.reason if isinstance(error, ResourceFailed) else error.message
            self._fail(there or self._blank(declared, {}), reason)
            raise ResourceFailed(reason) from error
        if there is None:
            self._make(declared, properties)
        elif there.properties == properties and not there.failed:
            self.stack.resources[declared.logical_id] = replace(there, declared=declared)
        elif replaces(declared, there.properties, properties):
            self._replace(there, declared, properties)
        else:
            self._change(there, declared, properties)

    def _blank(self, declared: Declared, properties: Mapping[str, Any]) -> Resource:
        return Resource(declared, "", properties, {}, "CREATE_IN_PROGRESS", "", self.chronicle.clock())

    def _make(self, declared: Declared, properties: Mapping[str, Any]) -> None:
        blank = self._blank(declared, properties)
        self._now(blank, "CREATE_IN_PROGRESS")
        try:
            made = self.handling.create(declared, properties)
        except ResourceFailed as error:
            if error.made is not None:
                blank = replace(blank, physical_id=error.made.physical_id, attributes=error.made.attributes)
            self._fail(blank, error.reason)
            raise
        there = replace(blank, physical_id=made.physical_id, attributes=made.attributes)
        self._now(there, "CREATE_IN_PROGRESS", _INITIATED)
        self._now(there, "CREATE_COMPLETE")

    def _replace(self, current: Resource, declared: Declared, properties: Mapping[str, Any]) -> None:
        self._now(current, "UPDATE_IN_PROGRESS", _REPLACING)
        blank = replace(self._blank(declared, properties), status="UPDATE_IN_PROGRESS")
        try:
            made = self.handling.create(declared, properties)
        except ResourceFailed as error:
            if error.made is not None:
                half = replace(blank, physical_id=error.made.physical_id, status="UPDATE_FAILED")
                self.stack.leftovers.append(half)
            self._fail(current, error.reason)
            raise
        there = replace(blank, physical_id=made.physical_id, attributes=made.attributes)
        self._now(there, "UPDATE_IN_PROGRESS", _INITIATED)
        self._now(there, "UPDATE_COMPLETE")
        self.stack.leftovers.append(superseded(current, there))

    def _change(self, current: Resource, declared: Declared, properties: Mapping[str, Any]) -> None:
        # What a change that failed has left is not known, so everything is said again.
        before = {} if current.failed else current.properties
        attempted = replace(current, declared=declared, properties=properties)
        self._now(attempted, "UPDATE_IN_PROGRESS")
        try:
            attributes = self.handling.update(declared, current.physical_id, before, properties)
        except ResourceFailed as error:
            self._fail(attempted, error.reason)
            raise
        self._now(replace(attempted, attributes=attributes), "UPDATE_COMPLETE")

    def _fail(self, resource: Resource, reason: str) -> None:
        verb = "CREATE" if resource.status == "CREATE_IN_PROGRESS" else "UPDATE"
        self._now(resource, f"{verb}_FAILED", reason)

    def _now(self, resource: Resource, status: str, reason: str = "") -> None:
        self.stack.resources[resource.logical_id] = self.chronicle.resource_is(resource, status, reason)
