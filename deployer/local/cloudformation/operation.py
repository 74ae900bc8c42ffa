"""One operation on one stack, from its first status to its last. Nothing is removed before everything else is done.

create    CREATE_COMPLETE, or by the wish: ROLLBACK_COMPLETE, CREATE_FAILED, DELETE_COMPLETE
update    UPDATE_COMPLETE, or UPDATE_ROLLBACK_COMPLETE, or UPDATE_FAILED where rollback is disabled
import    IMPORT_COMPLETE, or IMPORT_ROLLBACK_COMPLETE
delete    DELETE_COMPLETE, or DELETE_FAILED
roll back to what was before a failed update: UPDATE_ROLLBACK_COMPLETE, or UPDATE_ROLLBACK_FAILED
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deployer.local.cloudformation.convergence import Convergence, wanted
from deployer.local.cloudformation.handling import Handling
from deployer.local.cloudformation.intrinsics import Scope
from deployer.local.cloudformation.refusals import ResourceFailed
from deployer.local.cloudformation.removal import Leaving, Removal, deleted, replaced, rolled_back
from deployer.local.cloudformation.restoration import Restoration
from deployer.local.cloudformation.stack import Chronicle, Imports, OnFailure, Resource, Snapshot, Stack
from deployer.local.cloudformation.takeover import Takeover


@dataclass(frozen=True, slots=True)
class Wish:
    """How a failed operation ends; `retain_except_on_create` overrides the Retain of what it made."""

    on_failure: OnFailure = "ROLLBACK"
    retain_except_on_create: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """Works on one stack, which nobody else writes meanwhile."""

    stack: Stack
    handling: Handling
    chronicle: Chronicle
    scope: Scope
    wish: Wish

    def create(self) -> None:
        """Make everything."""
        try:
            self._converge()
        except ResourceFailed:
            self.undo_creation()
            return
        self.chronicle.stack_is("CREATE_COMPLETE")

    def update(self, before: Snapshot) -> None:
        """Make, change, and then remove what is no longer wanted."""
        self.stack.before = self.stack.before or before
        try:
            self._converge()
        except ResourceFailed:
            self._undo_update()
            return
        names = self.stack.resources.keys() - wanted(self.stack.deployed.template, self.scope).keys()
        self._clean_up("UPDATE_COMPLETE", [*deleted(self._leave(names)), *replaced(self.stack.leftovers)])

    def take_over(self, before: Snapshot, imports: Imports) -> None:
        """Bring in what is there already."""
        takeover = Takeover(self.stack, self.handling, self.chronicle, self.scope)
        try:
            takeover.run(imports)
        except ResourceFailed:
            self.chronicle.stack_is("IMPORT_ROLLBACK_IN_PROGRESS", self._failures("import", "update"))
            takeover.roll_back(before)
            self.chronicle.stack_is("IMPORT_ROLLBACK_COMPLETE")
            return
        self.chronicle.stack_is("IMPORT_COMPLETE")

    def delete(self, retained: frozenset[str] = frozenset()) -> None:
        """Remove everything that no policy, and no name in `retained`, keeps."""
        self._remove(deleted(self._standing(), retained), "DELETE")

    def roll_back(self, reason: str, skipped: frozenset[str] = frozenset()) -> None:
        """Back to what was before the update that failed; resources in `skipped` count as brought back."""
        before = self.stack.before
        if before is None:
            raise AssertionError(f"{self.stack.name}: nothing to go back to")
        self.chronicle.operation_begins("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        self.stack.deployed, self.stack.outputs, self.stack.imported = before.deployed, before.outputs, before.imported
        try:
            Restoration(self.stack, self.handling, self.chronicle).run(before, skipped)
        except ResourceFailed:
            self.chronicle.stack_is("UPDATE_ROLLBACK_FAILED", self._failures("update"))
            return
        made = self._leave(self.stack.resources.keys() - before.resources.keys())
        left = [Leaving(one, kept=False) for one in self.stack.leftovers]
        self._clean_up("UPDATE_ROLLBACK_COMPLETE", [*self._rolled_back(made), *left])

    def _converge(self) -> None:
        Convergence(self.stack, self.handling, self.chronicle, self.scope).run()

    def undo_creation(self) -> None:
        """The end of a creation that failed, by the wish."""
        reason = self._failures("create")
        match self.wish.on_failure:
            case "DO_NOTHING":
                self.chronicle.stack_is("CREATE_FAILED", reason)
            case "ROLLBACK":
                self.chronicle.operation_begins("ROLLBACK_IN_PROGRESS", f"{reason} Rollback requested by user.")
                self._remove(self._rolled_back(self._standing()), "ROLLBACK")
            case "DELETE":
                self.chronicle.operation_begins("DELETE_IN_PROGRESS", f"{reason} Delete requested by user.")
                self._remove(self._rolled_back(self._standing()), "DELETE")

    def _undo_update(self) -> None:
        reason = self._failures("create", "update")
        if self.wish.on_failure == "DO_NOTHING":
            self.chronicle.stack_is("UPDATE_FAILED", reason)
        else:
            self.roll_back(reason)

    def _failures(self, *verbs: str) -> str:
        """The stack's reason: which resources failed, by what was to be done to them."""
        told = []
        for verb in verbs:
            status = f"{verb.upper()}_FAILED"
            names = sorted(one.logical_id for one in self.stack.resources.values() if one.status == status)
            if names:
                told.append(f"The following resource(s) failed to {verb}: [{', '.join(names)}].")
        return " ".join(told)

    def _standing(self) -> list[Resource]:
        return [one for one in self.stack.resources.values() if one.standing]

    def _rolled_back(self, resources: Iterable[Resource]) -> list[Leaving]:
        return rolled_back(resources, retain_except_on_create=self.wish.retain_except_on_create)

    def _remove(self, leaving: Sequence[Leaving], verb: str) -> None:
        """The end of a stack, or of its creation."""
        ended = Removal(self.handling, self.chronicle).run(leaving)
        self.stack.resources.update({one.logical_id: one for one in ended})
        left = sorted(one.logical_id for one in ended if one.standing)
        if left:
            reason = f"The following resource(s) failed to delete: [{', '.join(left)}]."
            self.chronicle.stack_is(f"{verb}_FAILED", reason)
            return
        self.chronicle.stack_is(f"{verb}_COMPLETE")
        if verb == "DELETE":
            self.stack.deleted = self.chronicle.clock()

    def _leave(self, names: Iterable[str]) -> list[Resource]:
        """Take names off the stack; gives those with something behind them."""
        gone = [self.stack.resources.pop(name) for name in names]
        return [one for one in gone if one.standing]

    def _clean_up(self, status: str, leaving: Sequence[Leaving]) -> None:
        """The end of an update or of its rollback, which nothing that cannot be removed fails any more."""
        whole = True
        if leaving:
            self.chronicle.stack_is(f"{status}_CLEANUP_IN_PROGRESS")
            whole = Removal(self.handling, self.chronicle).insist(leaving)
        self.stack.leftovers.clear()
        self.stack.before = None
        self.chronicle.stack_is(status, "" if whole else "One or more resources could not be deleted.")
