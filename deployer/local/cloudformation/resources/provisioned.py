"""ProvisionedConcurrencyConfig of a version or an alias."""

from __future__ import annotations

from typing import Any, Final

from deployer.local.cloudformation.refusals import handled
from deployer.local.cloudformation.resources.kind import Properties, Site

_LOOKS: Final = 1_000


def provide(site: Site, function: str, qualifier: str, wanted: Properties) -> None:
    """Ask for it and wait until it is there."""
    asked = {"FunctionName": function, "Qualifier": qualifier}
    site.lambda_api.call("PutProvisionedConcurrencyConfig", {**asked, **wanted})
    for _ in range(_LOOKS):
        found = site.lambda_api.call("GetProvisionedConcurrencyConfig", asked)
        if found["Status"] == "READY":
            return
        if found["Status"] == "FAILED":
            break
    raise handled(f"Provisioned concurrency of {function}:{qualifier} did not become ready", "NotStabilized")


def withdraw(site: Site, function: str, qualifier: str) -> None:
    """Take it away."""
    asked = {"FunctionName": function, "Qualifier": qualifier}
    site.lambda_api.call("DeleteProvisionedConcurrencyConfig", asked)


def change(site: Site, function: str, qualifier: str, before: Any, after: Any) -> None:
    """From one configuration, or none, to another, or none."""
    if before == after:
        return
    if after is None:
        withdraw(site, function, qualifier)
    else:
        provide(site, function, qualifier, after)
