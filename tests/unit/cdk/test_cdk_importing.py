"""What an alias comes into a stack by: its target, and what tells CloudFormation which resources are meant."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.cdk_adapter.importing import Physical, resolve_import, role_id, subjects
from deployer.cdk_adapter.preflight import Release
from deployer.cdk_adapter.target import Target
from deployer.core import (
    LATEST,
    Absent,
    BlueGreen,
    Development,
    Percent,
    Published,
    Reason,
    Refusal,
    Stable,
    Strategy,
    Transition,
)
from deployer.core.strategy import Policy

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders:LIVE"
ROLE = "arn:aws:iam::123456789012:role/apps/orders"
THERE = Physical(ARN, "orders", ROLE)


def release(strategy: Strategy | None = None) -> Release:
    return Release("Fn", "orders", "Live", "LIVE", "FnV1", Policy(strategy or BlueGreen()))


def template(role: Any = None) -> dict[str, Any]:
    given = {"Fn::GetAtt": ["FnRole", "Arn"]} if role is None else role
    return {
        "Resources": {
            "FnRole": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Custom": {"Type": "Custom::Role", "Properties": {}},
            "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"Role": given}},
            "Live": {"Type": "AWS::Lambda::Alias", "Properties": {}},
        }
    }


def test_the_target_is_what_the_alias_shows_to_the_letter() -> None:
    text = " lr1:abc  by hand\u00e9 "
    assert resolve_import(release(), Stable(Published(4)), text) == Target(
        "orders", "LIVE", Stable(Published(4)), text, emits_version=False
    )
    assert resolve_import(release(Development()), Stable(LATEST), "") == Target(
        "orders", "LIVE", Stable(LATEST), "", emits_version=False
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (Absent(), Reason.NO_ALIAS),
        (Transition(Published(2), Published(1), Percent.of(75)), Reason.UNDER_WAY),
        (Stable(LATEST), Reason.LATEST_OUTSIDE_DEVELOPMENT),
    ],
)
def test_what_cannot_come_in_as_it_is_is_refused(state: Absent | Stable | Transition, reason: Reason) -> None:
    found = resolve_import(release(), state, "")
    assert isinstance(found, Refusal)
    assert found.reason is reason


def named(deployed: dict[str, Any], role: Any = None) -> dict[str, Any]:
    return {one.logical_id: one.identifiers for one in subjects(release(), template(role), deployed, THERE)}


def test_alias_function_and_role_are_told_by_their_identifiers() -> None:
    assert named({}) == {
        "FnRole": {"RoleName": "orders"},
        "Fn": {"FunctionName": "orders"},
        "Live": {"AliasArn": ARN},
    }


def test_what_the_stack_has_already_does_not_come_in_again() -> None:
    assert named({"Resources": {"FnRole": {}, "Fn": {}}}) == {"Live": {"AliasArn": ARN}}


@pytest.mark.parametrize("role", [ROLE, {"Ref": "RoleArn"}, {"Fn::GetAtt": ["Custom", "Arn"]}])
def test_a_role_that_the_template_does_not_make_is_left_alone(role: Any) -> None:
    assert role_id(release(), template(role)) is None
    assert "FnRole" not in named({}, role)


def test_a_resource_that_a_stack_has_is_refused_with_a_way_out() -> None:
    refusals = [one.owned_by("Other") for one in subjects(release(), template(), {}, THERE)]
    assert [(one.reason, one.text) for one in refusals] == [
        (Reason.IN_STACK, "role orders is in the stack Other already"),
        (Reason.IN_STACK, "function orders is in the stack Other already"),
        (Reason.IN_STACK, "alias LIVE of orders is in the stack Other already"),
    ]
    assert ROLE in refusals[0].way_out
