"""AWS::Lambda::EventInvokeConfig: of one qualifier for good; another qualifier is another configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Importable, Kind, Made, Properties, Site

_CREATE_ONLY: Final = frozenset({"FunctionName", "Qualifier"})


def _create(site: Site, properties: Properties) -> Made:
    site.lambda_api.call("PutFunctionEventInvokeConfig", properties)
    return _made(properties)


def _made(named: Properties) -> Made:
    return Made(f"{named['FunctionName']}|{named['Qualifier']}", {})


def _update(site: Site, _physical_id: str, _before: Properties, after: Properties) -> Mapping[str, Any]:
    site.lambda_api.call("PutFunctionEventInvokeConfig", after)
    return {}


def _delete(site: Site, _physical_id: str, properties: Properties) -> None:
    named = {name: properties[name] for name in _CREATE_ONLY}
    unless_gone(lambda: site.lambda_api.call("DeleteFunctionEventInvokeConfig", named))


def _look(site: Site, named: Mapping[str, str]) -> Made:
    site.lambda_api.call("GetFunctionEventInvokeConfig", named)
    return _made(named)


KIND: Final = Kind(
    type_name="AWS::Lambda::EventInvokeConfig",
    properties=_CREATE_ONLY | {"DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"},
    required=_CREATE_ONLY,
    create_only=_CREATE_ONLY,
    create=_create,
    update=_update,
    delete=_delete,
    importable=Importable(("FunctionName", "Qualifier"), _look),
)
