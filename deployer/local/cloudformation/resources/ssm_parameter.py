"""AWS::SSM::Parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.documents import taken
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("Name") or site.name(1024)
    _put(site, name, properties, overwrite=False)
    return Made(name, _attributes(properties))


def _update(site: Site, name: str, _before: Properties, after: Properties) -> Mapping[str, Any]:
    _put(site, name, after, overwrite=True)
    return _attributes(after)


def _put(site: Site, name: str, properties: Properties, *, overwrite: bool) -> None:
    told = {"Description": "", **taken(properties, ("AllowedPattern", "Description", "Tier"))}
    site.client("ssm").put_parameter(
        Name=name, Type=properties["Type"], Value=str(properties["Value"]), Overwrite=overwrite, **told
    )


def _delete(site: Site, name: str, _properties: Properties) -> None:
    unless_gone(lambda: site.client("ssm").delete_parameter(Name=name))


def _attributes(properties: Properties) -> dict[str, Any]:
    return {"Type": properties["Type"], "Value": str(properties["Value"])}


KIND: Final = Kind(
    type_name="AWS::SSM::Parameter",
    properties=frozenset({"AllowedPattern", "Description", "Name", "Tier", "Type", "Value"}),
    required=frozenset({"Type", "Value"}),
    create_only=frozenset({"Name"}),
    create=_create,
    update=_update,
    delete=_delete,
)
