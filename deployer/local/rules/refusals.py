"""How Lambda says no: code, HTTP status, message, and where in the body the message stands."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """One error answer of the Lambda API, with Lambda's own code and message."""

    def __init__(self, code: str, status: int, message: str, *, bare: bool = False) -> None:
        super().__init__(code, status, message)
        self.code = code
        self.status = status
        self.message = message
        self.bare = bare

    def body(self) -> dict[str, Any]:
        """The JSON body as recorded: `Message` where something was not found, `message` elsewhere."""
        key = "Message" if self.code == "ResourceNotFoundException" else "message"
        return {key: self.message} if self.bare else {"Type": "User", key: self.message}


def invalid(message: str, *, bare: bool = False) -> Refusal:
    """400: a value that Lambda's own rules forbid; `bare` where the recorded body has no Type."""
    return Refusal("InvalidParameterValueException", 400, message, bare=bare)


def conflict(message: str) -> Refusal:
    """409: already there, in use or busy."""
    return Refusal("ResourceConflictException", 409, message)


def not_found(message: str) -> Refusal:
    """404: no such function, version or alias."""
    return Refusal("ResourceNotFoundException", 404, message)


def too_large(message: str) -> Refusal:
    """413: in no service model, so a client sees a plain ClientError (§3)."""
    return Refusal("RequestEntityTooLargeException", 413, message)


def stale(getter: str = "GetFunction/GetAlias") -> Refusal:
    """412: the RevisionId is not the latest (recorded)."""
    return Refusal(
        "PreconditionFailedException",
        412,
        "The Revision Id provided does not match the latest Revision Id. "
        f"Call the {getter} API to retrieve the latest Revision Id",
    )


def violations(found: list[str]) -> Refusal:
    """400 ValidationException: constraints of the service model; in no model itself (§2, recorded)."""
    count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
    return Refusal("ValidationException", 400, f"{count}: {'; '.join(found)}", bare=True)
