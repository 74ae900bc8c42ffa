"""The types of resources that stacks of the embedded Lambda may have, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deployer.local.cloudformation.resources import (
    lambda_alias,
    lambda_function,
    lambda_version,
    metadata,
)
from deployer.local.cloudformation.resources.kind import HalfMade, Kind, Made, Properties, Site

__all__ = ["KINDS", "HalfMade", "Kind", "Made", "Properties", "Site"]

KINDS: Final[Mapping[str, Kind]] = {
    kind.type_name: kind
    for kind in (
        lambda_alias.KIND,
        lambda_function.KIND,
        lambda_version.KIND,
        metadata.KIND,
    )
}
