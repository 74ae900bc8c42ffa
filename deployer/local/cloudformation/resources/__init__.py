"""The types of resources that stacks of the embedded Lambda may have, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deployer.local.cloudformation.resources import (
    cdk_metadata,
    ecr_repository,
    iam_managed_policy,
    iam_policy,
    iam_role,
    lambda_alias,
    lambda_event_invoke_config,
    lambda_function,
    lambda_layer_version,
    lambda_permission,
    lambda_version,
    logs_log_group,
    s3_bucket,
    s3_bucket_policy,
    sqs_queue,
    ssm_parameter,
)
from deployer.local.cloudformation.resources.kind import HalfMade, Importable, Kind, Made, Properties, Site

__all__ = ["KINDS", "HalfMade", "Importable", "Kind", "Made", "Properties", "Site"]

_MODULES = (
    ecr_repository, iam_managed_policy, iam_policy, iam_role, lambda_alias, lambda_event_invoke_config,
    lambda_function, lambda_layer_version, lambda_permission, lambda_version, logs_log_group, cdk_metadata, s3_bucket,
    s3_bucket_policy, sqs_queue, ssm_parameter,
)  # fmt: skip

KINDS: Final[Mapping[str, Kind]] = {module.KIND.type_name: module.KIND for module in _MODULES}
