"""Waiting for a function or version until Lambda is done with it; an answer costs no time here, so nothing sleeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local.cloudformation.refusals import handled
from deployer.local.cloudformation.resources.kind import Site
from deployer.local.rules.refusals import Refusal

_LOOKS: Final = 1_000
_ROLE_TRIES: Final = 100


def settled(site: Site, function: str, qualifier: str | None = None) -> Mapping[str, Any]:
    """Its configuration once it is neither Pending nor InProgress."""
    asked = {"FunctionName": function, **({"Qualifier": qualifier} if qualifier else {})}
    for _ in range(_LOOKS):
        found: Mapping[str, Any] = site.lambda_api.call("GetFunctionConfiguration", asked)
        if found["State"] != "Pending" and found.get("LastUpdateStatus") != "InProgress":
            return found
    raise handled(f"{function} did not become active after {_LOOKS} looks", "NotStabilized")


def once_assumable(write: Callable[[], Any]) -> Any:
    """Try a write again while the role that it names is too fresh for Lambda (§9)."""
    for _ in range(_ROLE_TRIES - 1):
        try:
            return write()
        except Refusal as refusal:
            if "cannot be assumed by Lambda" not in refusal.message:
                raise
    return write()
