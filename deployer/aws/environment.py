"""Environments that Lambda does not show: without kms:Decrypt it answers with an error in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployer.aws.failure import NotAllowed


def is_hidden(configuration: Mapping[str, Any]) -> bool:
    """Whether a configuration shows an error instead of its environment, which would compare as empty."""
    return bool(_error(configuration))


def see_environment(doing: str, configuration: Mapping[str, Any]) -> None:
    """Raise NotAllowed when the environment is hidden: what is not seen cannot be kept or compared."""
    if error := _error(configuration):
        problem = f"Lambda does not show its environment: {error.get('Message', error.get('ErrorCode'))}"
        raise NotAllowed(doing, problem, "kms:Decrypt on the function's KMS key is needed")


def _error(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    error: Mapping[str, Any] = configuration.get("Environment", {}).get("Error", {})
    return error
