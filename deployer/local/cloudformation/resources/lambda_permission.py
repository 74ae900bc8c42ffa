"""AWS::Lambda::Permission: a statement of a function's, version's or alias's policy; each property replaces it."""

from __future__ import annotations

from typing import Final

from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site, never_updated

_REQUIRED: Final = frozenset({"Action", "FunctionName", "Principal"})
_PROPERTIES: Final = _REQUIRED | {"SourceAccount", "SourceArn"}


def _create(site: Site, properties: Properties) -> Made:
    statement = site.name(100)
    site.lambda_api.call("AddPermission", {**properties, "StatementId": statement})
    return Made(statement, {"Id": statement})


def _delete(site: Site, statement: str, properties: Properties) -> None:
    named = {"FunctionName": properties["FunctionName"], "StatementId": statement}
    unless_gone(lambda: site.lambda_api.call("RemovePermission", named))


KIND: Final = Kind(
    type_name="AWS::Lambda::Permission",
    properties=_PROPERTIES,
    required=_REQUIRED,
    create_only=_PROPERTIES,
    create=_create,
    update=never_updated,
    delete=_delete,
)
