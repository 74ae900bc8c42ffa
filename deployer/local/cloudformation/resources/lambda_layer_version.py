"""AWS::Lambda::LayerVersion: published once; each property replaces it. Layers are moto's (see `rules/api.py`)."""

from __future__ import annotations

from typing import Final

from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site, never_updated

_PROPERTIES: Final = frozenset(
    {"CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LayerName", "LicenseInfo"}
)


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("LayerName") or site.name(140)
    made = site.client("lambda").publish_layer_version(**{**properties, "LayerName": name})
    arn = made["LayerVersionArn"]
    return Made(arn, {"LayerVersionArn": arn})


def _delete(site: Site, arn: str, _properties: Properties) -> None:
    layer, _, number = arn.rpartition(":")
    site.client("lambda").delete_layer_version(LayerName=layer, VersionNumber=int(number))


KIND: Final = Kind(
    type_name="AWS::Lambda::LayerVersion",
    properties=_PROPERTIES,
    required=frozenset({"Content"}),
    create_only=_PROPERTIES,
    create=_create,
    update=never_updated,
    delete=_delete,
)
