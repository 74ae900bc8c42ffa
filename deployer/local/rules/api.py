"""From a request to Lambda's answer: which rule speaks for which operation, and what every answer has in common."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from deployer.local.rules import aliases, constraints, event_invokes, functions, policies, provisioned, routes, versions
from deployer.local.rules.refusals import Refusal
from deployer.local.rules.world import Call, Reply, World

Rule = Callable[[World, Call], Reply]

RULES: Mapping[str, Rule] = {
    "CreateFunction": functions.create_function,
    "GetFunction": functions.get_function,
    "GetFunctionConfiguration": functions.get_function_configuration,
    "ListFunctions": functions.list_functions,
    "UpdateFunctionCode": functions.update_function_code,
    "UpdateFunctionConfiguration": functions.update_function_configuration,
    "GetFunctionCodeSigningConfig": functions.get_function_code_signing_config,
    "PutFunctionConcurrency": functions.put_function_concurrency,
    "GetFunctionConcurrency": functions.get_function_concurrency,
    "DeleteFunctionConcurrency": functions.delete_function_concurrency,
    "ListTags": functions.list_tags,
    "TagResource": functions.tag_resource,
    "UntagResource": functions.untag_resource,
    "PublishVersion": versions.publish_version,
    "ListVersionsByFunction": versions.list_versions_by_function,
    "DeleteFunction": versions.delete_function,
    "CreateAlias": aliases.create_alias,
    "GetAlias": aliases.get_alias,
    "UpdateAlias": aliases.update_alias,
    "DeleteAlias": aliases.delete_alias,
    "ListAliases": aliases.list_aliases,
    "PutProvisionedConcurrencyConfig": provisioned.put_provisioned_concurrency_config,
    "GetProvisionedConcurrencyConfig": provisioned.get_provisioned_concurrency_config,
    "DeleteProvisionedConcurrencyConfig": provisioned.delete_provisioned_concurrency_config,
    "ListProvisionedConcurrencyConfigs": provisioned.list_provisioned_concurrency_configs,
    "AddPermission": policies.add_permission,
    "RemovePermission": policies.remove_permission,
    "GetPolicy": policies.get_policy,
    "PutFunctionEventInvokeConfig": event_invokes.put_function_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": event_invokes.update_function_event_invoke_config,
    "GetFunctionEventInvokeConfig": event_invokes.get_function_event_invoke_config,
    "DeleteFunctionEventInvokeConfig": event_invokes.delete_function_event_invoke_config,
    "ListFunctionEventInvokeConfigs": event_invokes.list_function_event_invoke_configs,
}

# Given as a list in the query, which is checked where it is used.
_TAG_KEYS: Mapping[str, Any] = {"UntagResource": {"TagKeys": []}}

# Their body is the event for the handler, not parameters.
INVOCATIONS = frozenset({"Invoke", "InvokeAsync"})


# Left to moto: nothing of a layer but its size matters to a release.
LAYERS = frozenset(
    {
        "AddLayerVersionPermission",
        "DeleteLayerVersion",
        "GetLayerVersion",
        "GetLayerVersionByArn",
        "GetLayerVersionPolicy",
        "ListLayerVersions",
        "ListLayers",
        "PublishLayerVersion",
        "RemoveLayerVersionPermission",
    }
)


def understand(
    method: str, target: str, headers: Mapping[str, str], body: bytes, *, account: str, region: str
) -> Call | None:
    """The request as a Call; None when no operation of Lambda's model has that method and path."""
    found = routes.match("lambda", method, target, headers)
    if found is None:
        return None
    operation, path, query = found
    return Call(
        operation=operation,
        account=account,
        region=region,
        params=path | _members(operation, query),
        body={} if operation in INVOCATIONS else _json(body),
        raw=body,
        headers=headers,
        user_agent=headers.get("User-Agent", ""),
    )


def _members(operation: str, query: Mapping[str, list[str]]) -> dict[str, str]:
    """Query parameters by member name; a list is joined by NUL, which no key can contain."""
    model = constraints.lambda_model()
    shape = model["shapes"][model["operations"][operation]["input"]["shape"]]
    names = {
        described["locationName"]: member
        for member, described in shape["members"].items()
        if described.get("location") == "querystring"
    }
    return {names[key]: "\0".join(values) for key, values in query.items() if key in names}


def _json(body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        return {}
    return parsed


def answer(world: World, call: Call) -> Reply:
    """Lambda's answer to one call, as one step against all others; raises Refusal."""
    if call.operation not in RULES:
        raise Refusal("NotImplementedException", 501, f"The embedded Lambda does not know {call.operation}.")
    validate(call)
    with world.lock:
        return RULES[call.operation](world, call)


def validate(call: Call) -> None:
    """Refuse what the service model forbids, before any rule looks at it."""
    params: dict[str, Any] = {name: value for name, value in call.params.items() if name != "TagKeys"}
    if re.fullmatch(r"-?\d+", params.get("MaxItems", "")):
        params["MaxItems"] = int(params["MaxItems"])
    constraints.check(call.operation, {**call.body, **params, **_TAG_KEYS.get(call.operation, {})})


def refused(refusal: Refusal) -> Reply:
    """A refusal as an answer."""
    return Reply(refusal.status, refusal.body(), {"x-amzn-ErrorType": refusal.code})
