"""AWS::CDK::Metadata: what the CDK reports of itself; nothing is made for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site


def _create(_site: Site, _properties: Properties) -> Made:
    return Made(str(uuid.uuid4()), {})


def _update(_site: Site, _physical_id: str, _before: Properties, _after: Properties) -> Mapping[str, Any]:
    return {}


def _delete(_site: Site, _physical_id: str, _properties: Properties) -> None:
    """Nothing was made."""


KIND: Final = Kind(
    type_name="AWS::CDK::Metadata",
    properties=frozenset({"Analytics"}),
    required=frozenset(),
    create_only=frozenset(),
    create=_create,
    update=_update,
    delete=_delete,
)
