"""What each command may have to call, as the least IAM policy that lets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_READ_ALIAS: Final = ("GetAlias", "GetProvisionedConcurrencyConfig")
_WRITE_ALIAS: Final = ("CreateAlias", "UpdateAlias")
_PLAN: Final = (*_READ_ALIAS, "GetFunctionConfiguration", "ListVersionsByFunction")
_DEPLOY: Final = (
    *_PLAN,
    *_WRITE_ALIAS,
    "CreateFunction",
    "UpdateFunctionConfiguration",
    "UpdateFunctionCode",
    "PublishVersion",
)

ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "status": _READ_ALIAS,
    "history": (*_READ_ALIAS, "ListVersionsByFunction"),
    "plan": _PLAN,
    "deploy": _DEPLOY,
    "rollout": _DEPLOY,
    "tick": (*_READ_ALIAS, "UpdateAlias"),
    "route": (*_READ_ALIAS, *_WRITE_ALIAS, "GetFunctionConfiguration"),
    "promote": (*_READ_ALIAS, "UpdateAlias"),
    "hold": (*_READ_ALIAS, "UpdateAlias"),
    "resume": (*_READ_ALIAS, "UpdateAlias"),
    "rollback": (*_READ_ALIAS, "GetFunctionConfiguration", "ListVersionsByFunction", "UpdateAlias"),
}
"""Lambda's own actions, command by command. GetCallerIdentity, which some call too, needs no permission."""

WATCHING: Final = frozenset({"rollout", "tick"})
"""The commands that may call, beyond these, what a rollout reaches."""

TELLING: Final = frozenset({"deploy", "route", "promote", "rollback", "hold", "resume"})
"""Those that reach whom a rollout tells, and nothing else of it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the rollouts of a function reach: metrics, alarms by name or by tag; by ARN whatever is called or told.

    `tests`: whether the new version is invoked before it has traffic. `functions` are those of hooks.
    """

    metrics: bool = False
    alarms: bool = False
    tags: bool = False
    tests: bool = False
    functions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    buses: tuple[str, ...] = ()


CDK_ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "cdk plan": _PLAN,
    "cdk status": _READ_ALIAS,
    "cdk import": (*_READ_ALIAS, "GetFunctionConfiguration"),
    "cdk check": _READ_ALIAS,
    "cdk verify": _READ_ALIAS,
}
"""The same for functions that a CDK app deploys. What the CDK CLI calls is the CLI's own."""

STACK_ACTIONS: Final = ("DescribeStackResources", "DescribeStacks", "GetTemplate")
"""CloudFormation's, of each of these commands but those in ALIAS_ALONE."""

ALIAS_ALONE: Final = frozenset({"cdk status"})
"""The commands that look at no stack."""


def cdk_policy(command: str, *, function_arn: str, stack_arn: str) -> dict[str, Any]:
    """The policy document for one command of `deployer cdk`. Raises KeyError for one that is not in CDK_ACTIONS.

    "cdk plan" stands for all that decide: rollback, promote and route call no more.
    """
    function = _on_function(CDK_ACTIONS[command], function_arn)
    stack = _allow("Stack", [f"cloudformation:{name}" for name in STACK_ACTIONS], [stack_arn])
    return {"Version": "2012-10-17", "Statement": [function] if command in ALIAS_ALONE else [function, stack]}


def iam_policy(
    command: str,
    *,
    function_arn: str,
    role_arn: str | None = None,
    objects: tuple[str, ...] = (),
    reach: Reach | None = None,
) -> dict[str, Any]:
    """The policy document for one command on one function.

    `role_arn` is the function's execution role, which creating or changing the function passes on; `objects` are the
    ARNs of S3 objects that code comes from or goes by way of; `reach` is what its rollouts reach. Raises KeyError for
    a command that calls nothing.
    """
    statements = [_on_function(ACTIONS[command], function_arn)]
    pushes = ACTIONS[command] == _DEPLOY
    if pushes:
        passed = _allow("PassRole", ["iam:PassRole"], [role_arn or "*"])
        passed["Condition"] = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
        statements.append(passed)
    if objects and (pushes or command == "plan"):
        actions = ["s3:GetObject", "s3:GetObjectVersion"] + (["s3:PutObject"] if pushes else [])
        statements.append(_allow("Code", actions, list(objects)))
    if reach is not None and command in WATCHING:
        statements += _reached(reach, f"{function_arn}:*" if reach.tests and command == "rollout" else None)
    elif reach is not None and command in TELLING:
        statements += _reached(Reach(topics=reach.topics, buses=reach.buses), None)
    return {"Version": "2012-10-17", "Statement": statements}


def _reached(reach: Reach, tested: str | None) -> Iterator[dict[str, Any]]:
    """Metrics and alarms know no resources; composite alarms are shown only to who may describe all."""
    looks = {
        "cloudwatch:GetMetricData": reach.metrics,
        "cloudwatch:DescribeAlarms": reach.alarms,
        "tag:GetResources": reach.tags,
    }
    if any(looks.values()):
        yield _allow("Watch", [action for action, asked in looks.items() if asked], ["*"])
    invoked = [*([] if tested is None else [tested]), *reach.functions]
    for sid, action, resources in (
        ("Invoke", "lambda:InvokeFunction", invoked),
        ("Topics", "sns:Publish", reach.topics),
        ("Buses", "events:PutEvents", reach.buses),
    ):
        if resources:
            yield _allow(sid, [action], list(resources))


def _on_function(names: tuple[str, ...], function_arn: str) -> dict[str, Any]:
    return _allow("Function", [f"lambda:{name}" for name in sorted(set(names))], [function_arn, f"{function_arn}:*"])


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
