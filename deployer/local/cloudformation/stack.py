"""A stack: its template and parameters as last deployed, its resources, its events, its change sets."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from deployer.local.cloudformation.parameters import Parameters
from deployer.local.cloudformation.refusals import invalid
from deployer.local.cloudformation.template import EMPTY, Declared, Template

OnFailure = Literal["ROLLBACK", "DELETE", "DO_NOTHING"]

Imports = Mapping[str, Mapping[str, str]]
"""Resources to import: by logical id, what each is identified by."""

_APART: Final = timedelta(milliseconds=1)

STACK_TYPE: Final = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a stack; `physical_id` is empty while there is nothing to point at.

    `properties` are those last sent, resolved; a failed one's may be there in part.
    """

    declared: Declared
    physical_id: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    status: str
    reason: str
    changed: datetime

    @property
    def logical_id(self) -> str:
        """Its name in the template."""
        return self.declared.logical_id

    @property
    def failed(self) -> bool:
        """Whether its last change did not end well."""
        return self.status.endswith("_FAILED")

    def reference(self) -> Any:
        """What Ref gives."""
        return self.physical_id

    @property
    def standing(self) -> bool:
        """Whether there is something physical behind it that is the stack's."""
        return bool(self.physical_id) and self.status not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}

    def attribute(self, name: str) -> Any:
        """What Fn::GetAtt gives."""
        if name not in self.attributes:
            raise invalid(f"Requested attribute {name} does not exist in schema for {self.declared.type_name}")
        return self.attributes[name]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a stack's history."""

    event_id: str
    time: datetime
    logical_id: str
    physical_id: str
    type_name: str
    status: str
    reason: str
    token: str
    operation_id: str
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a stack is to be: the template, and all that a request gives with it."""

    template: Template
    parameters: Parameters
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    notifications: tuple[str, ...] = ()
    role: str | None = None


NOTHING: Final = Deployment(EMPTY, {})


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stack; `export` is empty when it is not exported."""

    key: str
    value: str
    description: str
    export: str


@dataclass(slots=True)
class ChangeSet:
    """A deployment put down to be looked at, and then carried out; `execution` says whether it may be or was.

    imports: what it brings in, if its kind is IMPORT.
    """

    name: str
    arn: str
    kind: str
    deployment: Deployment
    created: datetime
    status: str
    reason: str
    execution: str
    changes: tuple[Mapping[str, Any], ...]
    description: str = ""
    on_failure: OnFailure | None = None
    imports: Imports = field(default_factory=dict)


@dataclass(slots=True)
class Stack:
    """One stack.

    token, operation_id: of the operation under way or last done; a rollback is an operation of its own.
    before: what a rollback goes back to, while one is under way or still to be done.
    leftovers: physical resources that stand beside those listed, and that the end of the operation removes.
    """

    name: str
    stack_id: str
    account: str
    region: str
    created: datetime
    status: str
    reason: str = ""
    deployed: Deployment = NOTHING
    changed: datetime | None = None
    deleted: datetime | None = None
    token: str = ""
    operation_id: str = ""
    protected: bool = False
    rollback_disabled: bool = False
    change_set_id: str | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    imported: frozenset[str] = frozenset()
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    before: Snapshot | None = None
    leftovers: list[Resource] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def snapshot(self) -> Snapshot:
        """What it is now, for a rollback."""
        return Snapshot(self.deployed, dict(self.resources), self.outputs, self.imported)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stack as it stood before an operation."""

    deployed: Deployment
    resources: Mapping[str, Resource]
    outputs: tuple[Output, ...]
    imported: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Writes what happens to a stack and its resources into its events."""

    stack: Stack
    clock: Callable[[], datetime]

    def operation_begins(self, status: str, reason: str) -> None:
        """The stack has another status, which is the first of an operation."""
        self.stack.operation_id = str(uuid.uuid4())
        self.stack_is(status, reason)

    def stack_is(self, status: str, reason: str = "") -> None:
        """The stack has another status."""
        stack = self.stack
        stack.status, stack.reason = status, reason
        self._write(stack.name, stack.stack_id, STACK_TYPE, status=status, reason=reason)

    def resource_is(self, resource: Resource, status: str, reason: str = "") -> Resource:
        """The resource with another status; the stack's own list is the caller's to keep."""
        self._write(
            resource.logical_id,
            resource.physical_id,
            resource.declared.type_name,
            status=status,
            reason=reason,
            properties=resource.properties,
        )
        return replace(resource, status=status, reason=reason, changed=self.clock())

    def now(self) -> datetime:
        """Later than the last event by what clients can tell apart, as they sort events by time and cut them by it."""
        now = self.clock()
        return max(now, self.stack.events[-1].time + _APART) if self.stack.events else now

    def _write(self, logical_id: str, physical_id: str, type_name: str, *, status: str, **more: Any) -> None:
        self.stack.events.append(
            Event(
                event_id=f"{logical_id}-{status}-{uuid.uuid4()}",
                time=self.now(),
                logical_id=logical_id,
                physical_id=physical_id,
                type_name=type_name,
                status=status,
                token=self.stack.token,
                operation_id=self.stack.operation_id,
                **more,
            )
        )
