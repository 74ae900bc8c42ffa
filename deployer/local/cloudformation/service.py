"""CloudFormation as a service of the embedded Lambda: from a request to its answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from deployer.local.cloudformation import change_sets, query, stack_operations, views
from deployer.local.cloudformation.clients import Clients
from deployer.local.cloudformation.desk import Desk, Realm
from deployer.local.cloudformation.faults import Faults
from deployer.local.cloudformation.lambda_api import LambdaApi
from deployer.local.cloudformation.refusals import StackRefusal
from deployer.local.rules.world import Call, Reply

OPERATIONS: Final[Mapping[str, Callable[[Desk, Mapping[str, Any]], Mapping[str, Any]]]] = {
    "ContinueUpdateRollback": stack_operations.continue_update_rollback,
    "CreateChangeSet": change_sets.create_change_set,
    "CreateStack": stack_operations.create_stack,
    "DeleteChangeSet": change_sets.delete_change_set,
    "DeleteStack": stack_operations.delete_stack,
    "DescribeChangeSet": change_sets.describe_change_set,
    "DescribeStackEvents": views.describe_stack_events,
    "DescribeStackResource": views.describe_stack_resource,
    "DescribeStackResources": views.describe_stack_resources,
    "DescribeStacks": views.describe_stacks,
    "ExecuteChangeSet": change_sets.execute_change_set,
    "GetTemplate": views.get_template,
    "GetTemplateSummary": views.get_template_summary,
    "ListChangeSets": change_sets.list_change_sets,
    "ListExports": views.list_exports,
    "ListImports": views.list_imports,
    "ListStackResources": views.list_stack_resources,
    "ListStacks": views.list_stacks,
    "RollbackStack": stack_operations.rollback_stack,
    "UpdateStack": stack_operations.update_stack,
    "UpdateTerminationProtection": stack_operations.update_termination_protection,
    "ValidateTemplate": views.validate_template,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request to CloudFormation: who sent it, where to, and the form it carries."""

    account: str
    region: str
    access_key: str
    body: bytes


@dataclass(slots=True)
class CloudFormation:
    """All stacks of one embedded Lambda. `answer` is how it calls Lambda, `clients` how it calls the rest."""

    answer: Callable[[Call], Reply]
    clients: Clients
    clock: Callable[[], datetime]
    faults: Faults = field(default_factory=Faults)
    _realms: dict[tuple[str, str], Realm] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def carry_out(self, operation: str, members: Mapping[str, Any], request: Request) -> Reply:
        """The answer to one operation; raises StackRefusal."""
        if operation not in OPERATIONS:
            message = f"The embedded CloudFormation does not know {operation}."
            raise StackRefusal("NotImplementedException", message, 501)
        return query.answered(operation, OPERATIONS[operation](self._desk(request), members))

    def clear(self) -> None:
        """Forget all stacks, and the failures that were asked for."""
        with self._lock:
            self._realms.clear()
        self.faults.clear()

    def _desk(self, request: Request) -> Desk:
        with self._lock:
            key = (request.account, request.region)
            realm = self._realms.setdefault(key, Realm(request.account, request.region))
        return Desk(
            realm=realm,
            access_key=request.access_key,
            clock=self.clock,
            lambda_api=LambdaApi(self.answer, request.account, request.region),
            client=lambda service: self.clients.client(service, request.access_key, request.region),
            faults=self.faults,
        )
