"""AWS::Lambda::Alias: each update says the whole state, so weights and description that leave the template are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources import provisioned
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Importable, Kind, Made, Properties, Site, finished

_CREATE_ONLY: Final = frozenset({"FunctionName", "Name"})


def _create(site: Site, properties: Properties) -> Made:
    arn = site.lambda_api.call("CreateAlias", _target(properties))["AliasArn"]
    return finished(Made(arn, {"AliasArn": arn}), lambda: _provide(site, {}, properties))


def _update(site: Site, arn: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    site.lambda_api.call("UpdateAlias", _target(after))
    _provide(site, before, after)
    return {"AliasArn": arn}


def _delete(site: Site, arn: str, _properties: Properties) -> None:
    function, _, name = arn.rpartition(":")
    unless_gone(lambda: site.lambda_api.call("DeleteAlias", {"FunctionName": function, "Name": name}))


def _look(site: Site, named: Mapping[str, str]) -> Made:
    function, _, name = named["AliasArn"].rpartition(":")
    arn = site.lambda_api.call("GetAlias", {"FunctionName": function, "Name": name})["AliasArn"]
    return Made(arn, {"AliasArn": arn})


def _target(properties: Properties) -> dict[str, Any]:
    return {
        "FunctionName": properties["FunctionName"],
        "Name": properties["Name"],
        "FunctionVersion": properties["FunctionVersion"],
        "Description": properties.get("Description", ""),
        "RoutingConfig": {"AdditionalVersionWeights": _weights(properties.get("RoutingConfig") or {})},
    }


def _weights(routing: Properties) -> dict[str, Any]:
    """A template has a list where the API has a map."""
    return {str(one["FunctionVersion"]): one["FunctionWeight"] for one in routing.get("AdditionalVersionWeights") or ()}


def _provide(site: Site, before: Properties, after: Properties) -> None:
    key = "ProvisionedConcurrencyConfig"
    provisioned.change(site, after["FunctionName"], after["Name"], before.get(key), after.get(key))


KIND: Final = Kind(
    type_name="AWS::Lambda::Alias",
    properties=_CREATE_ONLY | {"Description", "FunctionVersion", "ProvisionedConcurrencyConfig", "RoutingConfig"},
    required=_CREATE_ONLY | {"FunctionVersion"},
    create_only=_CREATE_ONLY,
    create=_create,
    update=_update,
    delete=_delete,
    importable=Importable(("AliasArn",), _look),
)
