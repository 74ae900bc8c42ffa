"""What a type of resource is to an operation: its properties, and how one is made, changed and removed."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deployer.local.cloudformation.lambda_api import LambdaApi

Properties = Mapping[str, Any]

_LETTERS: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Site:
    """Where a resource stands and by what it is written: its stack, Lambda's API, and clients of other services."""

    stack_name: str
    stack_id: str
    logical_id: str
    account: str
    region: str
    lambda_api: LambdaApi
    client: Callable[[str], Any]

    def name(self, limit: int) -> str:
        """A new physical name for a resource that the template does not name: stack, logical id, twelve letters."""
        unique = "".join(secrets.choice(_LETTERS) for _ in range(12))
        room = limit - len(unique) - 2
        stack = self.stack_name[: max(room - len(self.logical_id), room // 2)]
        return f"{stack}-{self.logical_id[: room - len(stack)]}-{unique}"


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that is there: what Ref gives, and what Fn::GetAtt gives by attribute."""

    physical_id: str
    attributes: Mapping[str, Any]


class HalfMade(Exception):
    """A resource is there, and a later step of making it failed by `cause`: a rollback must remove it."""

    def __init__(self, made: Made, cause: Exception) -> None:
        super().__init__(made, cause)
        self.made = made
        self.cause = cause


def finished(made: Made, steps: Callable[[], object]) -> Made:
    """What was made, after the steps that make it whole; raises HalfMade when one of them fails."""
    try:
        steps()
    except Exception as error:
        raise HalfMade(made, error) from error
    return made


@dataclass(frozen=True, slots=True)
class Importable:
    """How a resource that is there already comes into a stack.

    identifiers: the names that a request has to give: the primary identifier of the type's schema.
    look: finds it by them; may raise Refusal or ClientError.
    claim: marks it as the stack's.
    """

    identifiers: tuple[str, ...]
    look: Callable[[Site, Mapping[str, str]], Made]
    claim: Callable[[Site, Made], None] = lambda _site, _made: None


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource. All three may raise Refusal, ClientError or ResourceFailed.

    create: makes one.
    update: brings one from the properties `before` (empty when they are not known) to `after`; gives its attributes.
    delete: removes one; that it is gone already is no failure.
    importable: None for types that imports are refused for.
    """

    type_name: str
    properties: frozenset[str]
    required: frozenset[str]
    create_only: frozenset[str]
    create: Callable[[Site, Properties], Made]
    update: Callable[[Site, str, Properties, Properties], Mapping[str, Any]]
    delete: Callable[[Site, str, Properties], None]
    importable: Importable | None = None


def never_updated(_site: Site, physical_id: str, _before: Properties, _after: Properties) -> Mapping[str, Any]:
    """For kinds all of whose properties are create-only."""
    raise AssertionError(f"{physical_id}: replaced, never updated")
