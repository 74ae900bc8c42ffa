"""Provisioned concurrency, and the weights that Lambda itself puts on an alias that holds some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

    from .subject import Subject

PUT, GET = "put_provisioned_concurrency_config", "get_provisioned_concurrency_config"
DELETE, LIST = "delete_provisioned_concurrency_config", "list_provisioned_concurrency_configs"


def put(function: Subject, qualifier: str, count: int = 1) -> dict[str, Any]:
    return function(PUT, Qualifier=qualifier, ProvisionedConcurrentExecutions=count)


def refused_put(function: Subject, qualifier: str) -> tuple[str, int, str]:
    return function.refused(PUT, Qualifier=qualifier, ProvisionedConcurrentExecutions=1)


@pytest.fixture
def aliased(function: Subject) -> Subject:
    """Versions 1 and 2, and alias `live` on 1."""
    function.versions(2)
    function.alias("1")
    return function


@pytest.fixture
def held(aliased: Subject) -> Subject:
    """And provisioned concurrency on the alias, ready."""
    put(aliased, "live", 5)
    while aliased(GET, Qualifier="live")["Status"] != "READY":
        pass
    return aliased


def test_it_is_in_progress_first_and_ready_after_the_polls_set(aliased: Subject, local: LocalLambda) -> None:
    """Recorded; §5."""
    local.configure(provisioned_polls=2)
    answered = put(aliased, "1", 3)
    answered.pop("LastModified")
    assert answered == {
        "RequestedProvisionedConcurrentExecutions": 3,
        "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
    }
    shown = [aliased(GET, Qualifier="1") for _ in range(3)]
    assert [(one["Status"], one["AvailableProvisionedConcurrentExecutions"]) for one in shown] == [
        ("IN_PROGRESS", 0),
        ("IN_PROGRESS", 0),
        ("READY", 3),
    ]


def test_it_changes_the_revision_of_the_version(aliased: Subject) -> None:
    """§3."""
    before = aliased("get_function_configuration", Qualifier="1")["RevisionId"]
    put(aliased, "1")
    assert aliased("get_function_configuration", Qualifier="1")["RevisionId"] != before


def test_an_alias_and_its_version_do_not_both_hold_some(aliased: Subject) -> None:
    """Recorded."""
    put(aliased, "1")
    assert refused_put(aliased, "live") == (
        "ResourceConflictException",
        409,
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    )
    aliased(DELETE, Qualifier="1")
    put(aliased, "live")
    assert refused_put(aliased, "1") == (
        "ResourceConflictException",
        409,
        "Version is pointed by a Provisioned Concurrency alias",
    )
    assert put(aliased, "2")["Status"] == "IN_PROGRESS"


def test_neither_latest_nor_a_weighted_alias_holds_any(aliased: Subject) -> None:
    """§5."""
    assert refused_put(aliased, "$LATEST") == (
        "InvalidParameterValueException",
        400,
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
    )
    aliased.move(RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    assert refused_put(aliased, "live") == (
        "InvalidParameterValueException",
        400,
        "Alias with weights can not be used with Provisioned Concurrency",
    )


def test_what_is_not_there_is_told_and_deleted_without_a_word(aliased: Subject) -> None:
    """Recorded."""
    assert aliased.refused(GET, Qualifier="1") == (
        "ProvisionedConcurrencyConfigNotFoundException",
        404,
        "No Provisioned Concurrency Config found for this function",
    )
    assert aliased(DELETE, Qualifier="1") == {}
    assert aliased.refused(GET, Qualifier="9").message == f"Function not found: {aliased.arn}:9"
    assert aliased.refused(GET, Qualifier="none").message == f"Cannot find alias arn: {aliased.arn}:none"


def test_all_of_a_function_are_listed_by_qualified_arn(aliased: Subject) -> None:
    put(aliased, "2")
    put(aliased, "live")
    listed = aliased(LIST)["ProvisionedConcurrencyConfigs"]
    assert [one["FunctionArn"] for one in listed] == [f"{aliased.arn}:2", f"{aliased.arn}:live"]


def test_deleting_the_alias_deletes_its_own(held: Subject) -> None:
    """Recorded."""
    held("delete_alias", Name="live")
    assert held(LIST)["ProvisionedConcurrencyConfigs"] == []


def test_a_flip_sends_all_traffic_to_the_old_version_until_the_new_one_is_ready(
    held: Subject, local: LocalLambda
) -> None:
    """§5: the answer shows nothing of it, the next look does, and each step has a RevisionId of its own."""
    local.configure(provisioned_polls=2)
    answers = [held.move(FunctionVersion="2"), held.got(), held.got(), held.got(), held.got()]
    moving = {"AdditionalVersionWeights": {"1": 1.0}}
    assert [one.get("RoutingConfig") for one in answers] == [None, moving, moving, None, None]
    assert {one["FunctionVersion"] for one in answers} == {"2"}
    revisions = [one["RevisionId"] for one in answers]
    assert (len(set(revisions)), revisions[1], revisions[3]) == (3, revisions[2], revisions[4])
    assert held(GET, Qualifier="live")["Status"] == "READY"


def test_looking_at_the_configuration_counts_as_looking(held: Subject, local: LocalLambda) -> None:
    local.configure(provisioned_polls=1)
    held.move(FunctionVersion="2")
    assert [held(GET, Qualifier="live")["Status"] for _ in range(2)] == ["IN_PROGRESS", "READY"]
    assert "RoutingConfig" not in held.got()


def test_during_the_move_calls_go_to_the_old_version(held: Subject, local: LocalLambda) -> None:
    """§5."""
    local.configure(provisioned_polls=5)
    held.move(FunctionVersion="2")
    assert {held("invoke", Qualifier="live")["ExecutedVersion"] for _ in range(5)} == {"1"}


def test_going_back_to_the_version_that_holds_the_capacity_is_ready_at_once(held: Subject, local: LocalLambda) -> None:
    local.configure(provisioned_polls=5)
    held.move(FunctionVersion="2")
    held.move(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}})
    assert "RoutingConfig" not in held.got()
    assert held(GET, Qualifier="live")["Status"] == "READY"


def test_a_failed_move_leaves_its_weights_until_they_are_cleared_by_hand(held: Subject, local: LocalLambda) -> None:
    """§5."""
    local.configure(provisioned_init_fails=True)
    held.move(FunctionVersion="2")
    for _ in range(3):
        held.got()
    failed = held(GET, Qualifier="live")
    assert (failed["Status"], failed["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")
    assert held.got()["RoutingConfig"] == {"AdditionalVersionWeights": {"1": 1.0}}
    assert held.refused("update_alias", Name="live", Description="again") == (
        "InvalidParameterValueException",
        400,
        "Invalid alias configuration for Provisioned Concurrency",
    )
    cleared = held.move(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}})
    assert "RoutingConfig" not in cleared
    assert "RoutingConfig" not in held.got()
    assert held(GET, Qualifier="live")["Status"] == "READY"


def test_an_alias_that_holds_some_does_not_move_to_latest(held: Subject) -> None:
    """§5."""
    refused = held.refused("update_alias", Name="live", FunctionVersion="$LATEST")
    assert (refused.code, refused.status) == ("InvalidParameterValueException", 400)
    assert held.got()["FunctionVersion"] == "1"


def test_weights_cleared_by_hand_stay_cleared(held: Subject, local: LocalLambda) -> None:
    """§5: the next move to the same version is no move."""
    local.configure(provisioned_init_fails=True)
    held.move(FunctionVersion="2")
    for _ in range(3):
        held.got()
    held.move(FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
    assert "RoutingConfig" not in held.got()


def test_lambdas_own_hand_is_in_the_log_of_alias_writes(held: Subject, local: LocalLambda) -> None:
    held.move(FunctionVersion="2")
    held.got()
    held.got()
    writes = [one for one in local.alias_writes if one.function == held.name][-3:]
    assert [(one.operation, one.user_agent == "lambda.amazonaws.com") for one in writes] == [
        ("UpdateAlias", False),
        ("ProvisionedConcurrencyMove", True),
        ("ProvisionedConcurrencyMove", True),
    ]
    assert [one.after and dict(one.after.weights) for one in writes] == [{}, {"1": 1.0}, {}]
    assert writes[-1].revision_id == held.got()["RevisionId"]
