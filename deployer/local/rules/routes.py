"""Which operation a request means, by the service models that botocore ships."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of a REST service; `needs` are the query keys and headers without which it is another one."""

    operation: str
    method: str
    path: re.Pattern[str]
    fixed: frozenset[tuple[str, str]]
    needs: frozenset[str]

    @property
    def weight(self) -> int:
        """How much a request must bring to mean this operation."""
        return len(self.fixed) + len(self.needs)


@cache
def routes(service: str) -> tuple[Route, ...]:
    """The operations of a REST service, most particular first; none for a service that is not REST or not known."""
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        model = Loader().load_service_model(service, "service-2")
    except UnknownServiceError:
        return ()
    if not model["metadata"].get("protocol", "").startswith("rest"):
        return ()
    found = [_route(model, name, described) for name, described in model["operations"].items()]
    return tuple(sorted(found, key=lambda route: (-route.weight, -len(route.path.pattern))))


def _route(model: Mapping[str, Any], name: str, described: Mapping[str, Any]) -> Route:
    uri = urlsplit(described["http"]["requestUri"])
    escaped = re.escape(uri.path.rstrip("/"))
    greedy = re.sub(r"\\{(\w+)\\\+\\}", r"(?P<\1>.+)", escaped)
    path = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", greedy)
    fixed = {(key, values[0]) for key, values in parse_qs(uri.query, keep_blank_values=True).items()}
    shape = model["shapes"].get(described.get("input", {}).get("shape"), {"members": {}})
    needs = {
        shape["members"][member]["locationName"].lower()
        for member in shape.get("required", ())
        if shape["members"][member].get("location") in {"querystring", "header"}
    }
    return Route(name, described["http"]["method"], re.compile(path + "/?"), frozenset(fixed), frozenset(needs))


def match(
    service: str, method: str, target: str, headers: Mapping[str, str]
) -> tuple[str, dict[str, str], dict[str, list[str]]] | None:
    """Operation, path parameters and query of a request; `target` is path and query as they were sent."""
    raw_path, _, raw_query = target.partition("?")
    query = parse_qs(raw_query, keep_blank_values=True)
    given = {key.lower() for key in query} | {name.lower() for name in headers}
    for route in routes(service):
        if route.method != method or not route.needs <= given:
            continue
        if any(query.get(key, [None])[0] != value for key, value in route.fixed):
            continue
        found = route.path.fullmatch(raw_path)
        if found is not None:
            return route.operation, {key: unquote(value) for key, value in found.groupdict().items()}, query
    return None


def operation_name(service: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """The operation as botocore names it, whatever the service's protocol; `METHOD path` where it cannot be told."""
    amz_target = headers.get("X-Amz-Target")
    if amz_target:
        return amz_target.rpartition(".")[2]
    action = parse_qs(body.decode("latin-1")).get("Action") if body.startswith((b"Action=", b"Version=")) else None
    if action:
        return action[0]
    found = match(service, method, target, headers)
    return found[0] if found else f"{method} {target.partition('?')[0]}"
