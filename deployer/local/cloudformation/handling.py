"""One resource, made, changed or removed by its kind; every way to fail ends as ResourceFailed with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from deployer.local.cloudformation.faults import Faults
from deployer.local.cloudformation.refusals import ResourceFailed, handled
from deployer.local.cloudformation.resources import KINDS, HalfMade, Importable, Made, Properties, Site
from deployer.local.cloudformation.template import Declared
from deployer.local.rules.refusals import Refusal

Done = TypeVar("Done")

_HANDLER_CODES: Final = {400: "InvalidRequest", 403: "AccessDenied", 404: "NotFound", 409: "AlreadyExists"}
_OTHER: Final = "GeneralServiceException"


@dataclass(frozen=True, slots=True)
class Handling:
    """Resources of one stack, by their kinds."""

    faults: Faults
    site: Callable[[str], Site]

    def create(self, declared: Declared, properties: Properties) -> Made:
        """Make one."""
        kind = KINDS[declared.type_name]
        self.faults.strike(kind.type_name)
        return _told(lambda: kind.create(self.site(declared.logical_id), properties))

    def update(self, declared: Declared, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        """Bring one from the properties `before` to `after`; gives its attributes."""
        kind = KINDS[declared.type_name]
        self.faults.strike(kind.type_name)
        return _told(lambda: kind.update(self.site(declared.logical_id), physical_id, before, after))

    def look(self, declared: Declared, named: Mapping[str, str]) -> Made:
        """Find one that is there already, by the identifiers of its kind."""
        return _told(lambda: importable(declared).look(self.site(declared.logical_id), named))

    def claim(self, declared: Declared, made: Made) -> None:
        """Mark one that is imported as the stack's."""
        _told(lambda: importable(declared).claim(self.site(declared.logical_id), made))

    def delete(self, declared: Declared, physical_id: str, properties: Properties) -> None:
        """Remove one."""
        _told(lambda: KINDS[declared.type_name].delete(self.site(declared.logical_id), physical_id, properties))


def importable(declared: Declared) -> Importable:
    """How one is imported; an import of any other type is refused before it gets here."""
    found = KINDS[declared.type_name].importable
    if found is None:
        raise AssertionError(f"{declared.type_name}: not importable")
    return found


def checked(declared: Declared, properties: Properties) -> Properties:
    """The properties, when its kind knows all of them and none is missing; raises ResourceFailed."""
    kind = KINDS[declared.type_name]
    unknown = sorted(properties.keys() - kind.properties)
    if unknown:
        raise ResourceFailed(
            f"The embedded CloudFormation does not know the property {', '.join(unknown)} of {kind.type_name} "
            f"({declared.logical_id})"
        )
    missing = sorted(kind.required - properties.keys())
    if missing:
        raise handled(f"Model validation failed (#: required key [{missing[0]}] not found)", "InvalidRequest")
    return properties


def replaces(declared: Declared, before: Properties, after: Properties) -> bool:
    """Whether going from one to the other takes a new physical resource."""
    return any(before.get(name) != after.get(name) for name in KINDS[declared.type_name].create_only)


def _told(write: Callable[[], Done]) -> Done:
    try:
        return write()
    except HalfMade as half:
        raise ResourceFailed(_reason(half.cause), half.made) from half
    # The last four: properties that are not of the shape that the kind takes for granted.
    except (Refusal, ClientError, BotoCoreError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ResourceFailed(_reason(error)) from error


def _reason(error: Exception) -> str:
    match error:
        case ResourceFailed():
            return error.reason
        case Refusal():
            message = f"{error.message} (Service: Lambda, Status Code: {error.status})"
            return handled(message, _HANDLER_CODES.get(error.status, _OTHER)).reason
        case ClientError():
            told, status = error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            return handled(f"{told['Message']} ({told['Code']})", _HANDLER_CODES.get(status, _OTHER)).reason
        case BotoCoreError():
            return handled(str(error), "InvalidRequest").reason
        case _:
            return handled(f"Model validation failed ({error!r})", "InvalidRequest").reason
