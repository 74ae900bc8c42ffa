"""AWS::Lambda::Version: a publish that must bring a new number. It is never changed; each property replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.refusals import handled
from deployer.local.cloudformation.resources import provisioned
from deployer.local.cloudformation.resources.function_state import settled
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import (
    Importable,
    Kind,
    Made,
    Properties,
    Site,
    finished,
    never_updated,
)

_PROPERTIES: Final = frozenset({"CodeSha256", "Description", "FunctionName", "ProvisionedConcurrencyConfig"})


def _create(site: Site, properties: Properties) -> Made:
    function = properties["FunctionName"]
    settled(site, function)
    there = _numbers(site, function)
    asked = {name: properties[name] for name in ("FunctionName", "Description", "CodeSha256") if name in properties}
    published = site.lambda_api.call("PublishVersion", asked)
    number, arn = published["Version"], published["FunctionArn"]
    if number in there:
        raise handled(
            f"A version for this Lambda function exists ( {number} ). Modify the function to create a new version.",
            "AlreadyExists",
        )

    def steps() -> None:
        settled(site, function, number)
        provisioned.change(site, function, number, None, properties.get("ProvisionedConcurrencyConfig"))

    return finished(Made(arn, {"Version": number, "FunctionArn": arn}), steps)


def _numbers(site: Site, function: str) -> frozenset[str]:
    """The versions that are there before the publish: an answer with one of them has published nothing."""
    found: set[str] = set()
    marker: dict[str, Any] = {}
    while True:
        page = site.lambda_api.call("ListVersionsByFunction", {"FunctionName": function, **marker})
        found |= {version["Version"] for version in page["Versions"]}
        if "NextMarker" not in page:
            return frozenset(found)
        marker = {"Marker": page["NextMarker"]}


def _delete(site: Site, arn: str, _properties: Properties) -> None:
    function, _, number = arn.rpartition(":")
    unless_gone(lambda: site.lambda_api.call("DeleteFunction", {"FunctionName": function, "Qualifier": number}))


def _look(site: Site, named: Mapping[str, str]) -> Made:
    function, _, number = named["FunctionArn"].rpartition(":")
    members = {"FunctionName": function, "Qualifier": number}
    found = site.lambda_api.call("GetFunctionConfiguration", members)
    arn = found["FunctionArn"]
    return Made(arn, {"Version": found["Version"], "FunctionArn": arn})


KIND: Final = Kind(
    type_name="AWS::Lambda::Version",
    properties=_PROPERTIES,
    required=frozenset({"FunctionName"}),
    create_only=_PROPERTIES,
    create=_create,
    update=never_updated,
    delete=_delete,
    importable=Importable(("FunctionArn",), _look),
)
