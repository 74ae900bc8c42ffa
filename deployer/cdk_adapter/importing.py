"""What is deployed without a stack comes into one as it is: its target, and how `cdk import` finds it.

CloudFormation compares nothing when it imports, and at the end writes what the template says (docs/lambda-facts.md
§13). So the target is what the alias shows, to the letter; and the template publishes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from deployer.cdk_adapter.preflight import Release
from deployer.cdk_adapter.target import Target
from deployer.cdk_adapter.template import Template, properties, resources
from deployer.core.memory import Through
from deployer.core.plan import Reason, Refusal
from deployer.core.state import Absent, Stable, Transition
from deployer.core.strategy import Development
from deployer.core.version import LATEST

Identifiers: TypeAlias = Mapping[str, Mapping[str, str]]
"""By logical id what a resource is identified by: what `cdk import --resource-mapping` reads."""


@dataclass(frozen=True, slots=True)
class Physical:
    """What is there: the alias's ARN, the function's name, and the ARN of the function's role."""

    alias_arn: str
    function_name: str
    role_arn: str


def resolve_import(
    release: Release, state: Absent | Stable | Transition, description: str, through: Through | None = None
) -> Target | Refusal:
    """The target that says what the alias shows, or why it cannot come into a stack.

    `through` is what the alias was last released through, as far as its memory tells.
    """
    called = f"alias {release.alias_name} of {release.function_name}"
    match state:
        case Absent():
            return Refusal(
                Reason.NO_ALIAS,
                f"there is no {called}, so there is nothing to import",
                "correct the name; where there is no function either, `deployer cdk deploy` makes both",
            )
        case Transition():
            return Refusal(
                Reason.UNDER_WAY,
                f"a release is under way, {called} is {state}",
                _finish(release, through),
            )
        case Stable(version) if version == LATEST and not isinstance(release.policy.strategy, Development):
            return Refusal(
                Reason.LATEST_OUTSIDE_DEVELOPMENT,
                f"{called} is on $LATEST, and this environment releases published versions only",
                "release it once the way it was, or put the alias on a published version, then import",
            )
        case Stable():
            return Target(release.function_name, release.alias_name, state, description, emits_version=False)


def _finish(release: Release, through: Through | None) -> str:
    """How a release under way ends: the other adapter's commands refuse it."""
    if through is Through.STACK:
        return "finish it with `promote` or go back with `rollback`, and deploy that, from the stack that began it"
    where = f"--env {release.environment or 'ENV'} --function NAME"
    return (
        f"finish it with `deployer promote {where}` or go back with `deployer rollback {where}`, the name that "
        "deployer.toml has, then import"
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """One resource to import: what the template calls it, what is there, and how a request names that.

    `way_out` is what to do where a stack has it already.
    """

    logical_id: str
    type_name: str
    physical_id: str
    called: str
    identifiers: Mapping[str, str]
    way_out: str

    def owned_by(self, stack: str) -> Refusal:
        """What belongs to a stack cannot come into another, nor once more into the same."""
        return Refusal(Reason.IN_STACK, f"{self.called} is in the stack {stack} already", self.way_out)


def subjects(release: Release, template: Template, deployed: Template, there: Physical) -> tuple[Subject, ...]:
    """The alias; function and role too, as far as the template makes them and the stack does not have them."""
    known = deployed.get("Resources", {})
    role = role_id(release, template)
    found = [] if role is None else [_role(role, there)]
    found.append(_function(release.function_id, there))
    return (*(one for one in found if one.logical_id not in known), _alias(release, there))


def role_id(release: Release, template: Template) -> str | None:
    """The logical id of the function's role; None where the template does not make it."""
    function, made = properties(template, release.function_id) or {}, resources(template)
    match function.get("Role"):
        case {"Fn::GetAtt": [str(logical_id), "Arn"]} if made.get(logical_id, {}).get("Type") == "AWS::IAM::Role":
            return logical_id
        case _:
            return None


def _role(logical_id: str, there: Physical) -> Subject:
    # Without the path before it.
    name = there.role_arn.rpartition("/")[2]
    return Subject(
        logical_id,
        "AWS::IAM::Role",
        name,
        f"role {name}",
        {"RoleName": name},
        f"give the function its role by ARN, Role.from_role_arn(…, {there.role_arn!r}, mutable=False)",
    )


def _function(logical_id: str, there: Physical) -> Subject:
    name = there.function_name
    return Subject(
        logical_id,
        "AWS::Lambda::Function",
        name,
        f"function {name}",
        {"FunctionName": name},
        "let that stack retain it and take it out there first (docs/cdk.md tells how)",
    )


def _alias(release: Release, there: Physical) -> Subject:
    return Subject(
        release.alias_id,
        "AWS::Lambda::Alias",
        there.alias_arn,
        f"alias {release.alias_name} of {release.function_name}",
        {"AliasArn": there.alias_arn},
        "deploy that stack, with `deploy --adopt` where the alias was released by other means last",
    )


def write_identifiers(path: Path, found: Identifiers) -> None:
    """The file that `cdk import --resource-mapping` reads."""
    data: dict[str, Any] = {name: dict(one) for name, one in found.items()}
    path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
