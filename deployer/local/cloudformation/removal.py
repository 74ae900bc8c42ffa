"""Removing resources, users before what they use, and keeping those that a policy keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from deployer.local.cloudformation.graph import needed_first
from deployer.local.cloudformation.handling import Handling
from deployer.local.cloudformation.refusals import ResourceFailed
from deployer.local.cloudformation.stack import Chronicle, Resource

# Of an old resource, at the end of an update (§13); then it leaves the stack all the same.
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Leaving:
    """A resource that leaves its stack, and whether a policy keeps what is behind it."""

    resource: Resource
    kept: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """Removes resources of one stack."""

    handling: Handling
    chronicle: Chronicle

    def run(self, leaving: Sequence[Leaving]) -> list[Resource]:
        """Each resource as it is then. What one that could not be removed still needs is not touched."""
        ended = []
        needed: set[str] = set()
        for one in _users_first(leaving):
            resource = one.resource
            if resource.logical_id not in needed:
                resource = self._skip(resource) if one.kept else self._remove(resource)
            if resource.standing:
                needed |= resource.declared.needs
            ended.append(resource)
        return ended

    def insist(self, leaving: Sequence[Leaving]) -> bool:
        """Whether all are gone or kept, after three rounds at most."""
        left = list(leaving)
        for _ in range(_ATTEMPTS):
            left = [Leaving(one, kept=False) for one in self.run(left) if one.standing]
        return not left

    def _skip(self, resource: Resource) -> Resource:
        return self.chronicle.resource_is(resource, "DELETE_SKIPPED")

    def _remove(self, resource: Resource) -> Resource:
        underway = self.chronicle.resource_is(resource, "DELETE_IN_PROGRESS")
        try:
            self.handling.delete(resource.declared, resource.physical_id, resource.properties)
        except ResourceFailed as error:
            return self.chronicle.resource_is(underway, "DELETE_FAILED", error.reason)
        return self.chronicle.resource_is(underway, "DELETE_COMPLETE")


def _users_first(leaving: Sequence[Leaving]) -> list[Leaving]:
    needs = {one.resource.logical_id: one.resource.declared.needs for one in leaving}
    place = {name: number for number, name in enumerate(needed_first(needs))}
    return sorted(leaving, key=lambda one: -place[one.resource.logical_id])


def deleted(resources: Iterable[Resource], retained: frozenset[str] = frozenset()) -> list[Leaving]:
    """Resources that leave their template, or whose stack is deleted: DeletionPolicy keeps, and whoever says so."""
    return [Leaving(one, one.declared.deletion != "Delete" or one.logical_id in retained) for one in resources]


def rolled_back(resources: Iterable[Resource], *, retain_except_on_create: bool) -> list[Leaving]:
    """Resources whose making is rolled back: only Retain keeps them, and only where the request did not override it."""
    return [Leaving(one, one.declared.deletion == "Retain" and not retain_except_on_create) for one in resources]


def replaced(resources: Iterable[Resource]) -> list[Leaving]:
    """Resources whose place others took: UpdateReplacePolicy keeps."""
    return [Leaving(one, one.declared.replacement == "Retain") for one in resources]


def superseded(current: Resource, successor: Resource) -> Resource:
    """The replaced resource, under the policies of the template that replaced it."""
    return replace(current, declared=successor.declared)
