"""How CloudFormation says no: to a request (StackRefusal), and of one resource in the midst of an operation.

Exception
├── StackRefusal      an error answer of the CloudFormation API
└── ResourceFailed    a resource could not be made, changed or removed; the operation fails and is rolled back
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.local.cloudformation.resources.kind import Made


class StackRefusal(Exception):
    """One error answer of the CloudFormation API, with CloudFormation's own code and message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status


class ResourceFailed(Exception):
    """Why one resource failed, as its event tells it; `made` is what there is of it all the same, if anything."""

    def __init__(self, reason: str, made: Made | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.made = made


def invalid(message: str) -> StackRefusal:
    """400 ValidationError: CloudFormation's word for nearly everything."""
    return StackRefusal("ValidationError", message)


def no_stack(name: str) -> StackRefusal:
    """400: there is no stack of that name or id."""
    return invalid(f"Stack with id {name} does not exist")


def exists(message: str) -> StackRefusal:
    """400: the name is taken."""
    return StackRefusal("AlreadyExistsException", message)


def no_change_set(name: str) -> StackRefusal:
    """404: there is no change set of that name or ARN."""
    return StackRefusal("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def handled(message: str, code: str) -> ResourceFailed:
    """A failure in the words of a resource's handler; `code` is one of CloudFormation's handler error codes."""
    return ResourceFailed(f'Resource handler returned message: "{message}" (HandlerErrorCode: {code})')
