"""What a template would do, seen before anything changes: plain dicts in, no AWS and no constructs.

A template tells of its releases by the Metadata that `AliasRelease` puts on the alias:

    "Metadata": {"deployer": {"format": 1, "function": "<logical id>", "function_name": "orders", "alias": "LIVE",
                              "version": "<logical id, or absent>", "environment": "<its name, or absent>",
                              "strategy": {…}, "protected": false}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

from deployer.cdk_adapter.frozen import changed
from deployer.cdk_adapter.strategy import read_strategy
from deployer.cdk_adapter.template import Template, resources
from deployer.core.content import table
from deployer.core.errors import DeployerError, InvalidValue, InvalidVersion
from deployer.core.memory import Through
from deployer.core.strategy import Policy
from deployer.core.version import Published, read_published

METADATA_KEY: Final = "deployer"
METADATA_FORMAT: Final = 1

StackResource: TypeAlias = Mapping[str, Any]
"""One of the `StackResources` that DescribeStackResources answers with."""

_NOT_THERE: Final = frozenset({"CREATE_FAILED", "CREATE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_SKIPPED"})


class UnreadableStack(DeployerError):
    """A template or a deployed stack that does not say what it must: `what` it is, and its `problem`."""

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(what, problem)
        self.what = what
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.what}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Release:
    """One alias that a template releases through; ids are logical ids in that template.

    version_id   None when the template emits no Version
    environment  None for a release that names none
    """

    function_id: str
    function_name: str
    alias_id: str
    alias_name: str
    version_id: str | None
    policy: Policy
    environment: str | None = None


def releases(template: Template) -> tuple[Release, ...]:
    """The releases of a template, in the order of their function and alias. Raises UnreadableStack."""
    found = sorted(_releases(template), key=lambda release: (release.function_name, release.alias_name))
    for release, following in pairwise(found):
        if (release.function_name, release.alias_name) == (following.function_name, following.alias_name):
            problem = f"{following.alias_id} is the same alias of the same function; release it once"
            raise UnreadableStack(f"the alias {release.alias_id}", problem)
    return tuple(found)


def deployed_version(version_id: str | None, stack_resources: Sequence[StackResource]) -> Published | None:
    """The number of the Version with that logical id where the stack has deployed it; None when it has not."""
    for resource in stack_resources:
        if resource["LogicalResourceId"] == version_id and resource["ResourceStatus"] not in _NOT_THERE:
            return _number(resource)
    return None


def versions_in(release: Release, template: Template) -> Iterator[str]:
    """The logical ids of the Versions that a template holds of the release's function, of whichever code."""
    function = {"Ref": release.function_id}
    for logical_id, one in resources(template).items():
        if one["Type"] == "AWS::Lambda::Version" and table(one.get("Properties")).get("FunctionName") == function:
            yield logical_id


def function_changed(release: Release, template: Template, deployed: Template) -> bool:
    """Whether deploying `template` changes the function in something that a version freezes, or creates it.

    A Version that is published over an unchanged function ends in 409, "A version for this Lambda function exists".
    """
    return bool(changed(release.function_id, template, deployed))


def _releases(template: Template) -> Iterator[Release]:
    for logical_id, resource in resources(template).items():
        data = table(resource.get("Metadata")).get(METADATA_KEY)
        if data is not None and resource["Type"] == "AWS::Lambda::Alias":
            yield _release(logical_id, data)


def _release(alias_id: str, data: object) -> Release:
    match data:
        case {
            "format": 1,
            "function": str(function_id),
            "function_name": str(function_name),
            "alias": str(alias_name),
            "strategy": strategy,
            "protected": bool(protected),
            **others,
        }:
            version_id, environment = (_text(alias_id, others.get(name)) for name in ("version", "environment"))
        case {"format": format_} if format_ != METADATA_FORMAT:
            problem = (
                f"its Metadata is in format {format_!r}, this deployer knows {METADATA_FORMAT}: use one version of it"
            )
            raise UnreadableStack(f"the alias {alias_id}", problem)
        case _:
            raise _not_ours(alias_id, data)
    try:
        policy = Policy(read_strategy(strategy), protected, Through.STACK)
    except InvalidValue as error:
        raise UnreadableStack(f"the alias {alias_id}", str(error)) from error
    return Release(function_id, function_name, alias_id, alias_name, version_id, policy, environment)


def _text(alias_id: str, given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise _not_ours(alias_id, given)


def _not_ours(alias_id: str, data: object) -> UnreadableStack:
    problem = f"its Metadata {METADATA_KEY!r} is not as AliasRelease writes it, but {data!r}; leave it to AliasRelease"
    return UnreadableStack(f"the alias {alias_id}", problem)


def _number(version: StackResource) -> Published:
    """The version that an ARN ends with."""
    physical_id = str(version.get("PhysicalResourceId", ""))
    try:
        return read_published(physical_id.rpartition(":")[2])
    except InvalidVersion as error:
        problem = f"CloudFormation names it {physical_id!r}, which is no ARN of a version"
        raise UnreadableStack(f"the version {version['LogicalResourceId']}", problem) from error
