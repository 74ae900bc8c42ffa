"""AWS::Logs::LogGroup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site, finished


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("LogGroupName") or site.name(512)
    site.client("logs").create_log_group(logGroupName=name)
    return finished(Made(name, _attributes(site, name)), lambda: _keep(site, name, properties))


def _update(site: Site, name: str, _before: Properties, after: Properties) -> Mapping[str, Any]:
    _keep(site, name, after)
    return _attributes(site, name)


def _keep(site: Site, name: str, properties: Properties) -> None:
    """For how long; for ever when the template does not say."""
    logs = site.client("logs")
    if "RetentionInDays" in properties:
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(properties["RetentionInDays"]))
    else:
        logs.delete_retention_policy(logGroupName=name)


def _delete(site: Site, name: str, _properties: Properties) -> None:
    unless_gone(lambda: site.client("logs").delete_log_group(logGroupName=name))


def _attributes(site: Site, name: str) -> dict[str, str]:
    return {"Arn": f"arn:aws:logs:{site.region}:{site.account}:log-group:{name}:*"}


KIND: Final = Kind(
    type_name="AWS::Logs::LogGroup",
    properties=frozenset({"LogGroupName", "RetentionInDays"}),
    required=frozenset(),
    create_only=frozenset({"LogGroupName"}),
    create=_create,
    update=_update,
    delete=_delete,
)
