"""How asynchronous invocations are retried: set apart for `$LATEST`, versions and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .subject import Subject

NONE: dict[str, Any] = {"OnSuccess": {}, "OnFailure": {}}
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:dead"


@pytest.fixture
def aliased(function: Subject) -> Subject:
    function.publish()
    function.alias("1")
    return function


def put(function: Subject, **given: Any) -> dict[str, Any]:
    return shown(function("put_function_event_invoke_config", **given))


def got(function: Subject, **given: Any) -> dict[str, Any]:
    return shown(function("get_function_event_invoke_config", **given))


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer.pop("LastModified").year >= 2026
    return answer


def test_latest_a_version_and_an_alias_have_one_each(aliased: Subject) -> None:
    """§5."""
    put(aliased, MaximumRetryAttempts=0)
    put(aliased, MaximumRetryAttempts=1, Qualifier="1")
    put(aliased, MaximumRetryAttempts=2, Qualifier="live")
    listed = aliased("list_function_event_invoke_configs")["FunctionEventInvokeConfigs"]
    assert {one["FunctionArn"]: one["MaximumRetryAttempts"] for one in listed} == {
        f"{aliased.arn}:$LATEST": 0,
        f"{aliased.arn}:1": 1,
        f"{aliased.arn}:live": 2,
    }


def test_put_forgets_what_it_does_not_say_and_update_keeps_it(aliased: Subject) -> None:
    """§5."""
    destination = {"OnFailure": {"Destination": QUEUE}}
    answered = put(aliased, MaximumRetryAttempts=1, DestinationConfig=destination, Qualifier="live")
    assert answered == {
        "FunctionArn": f"{aliased.arn}:live",
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {**NONE, **destination},
    }
    aliased("update_function_event_invoke_config", MaximumEventAgeInSeconds=60, Qualifier="live")
    assert got(aliased, Qualifier="live") == {**answered, "MaximumEventAgeInSeconds": 60}
    assert put(aliased, MaximumEventAgeInSeconds=70, Qualifier="live") == {
        "FunctionArn": f"{aliased.arn}:live",
        "MaximumEventAgeInSeconds": 70,
        "DestinationConfig": NONE,
    }


def test_one_that_is_not_there_is_neither_read_changed_nor_deleted(aliased: Subject) -> None:
    told = ("ResourceNotFoundException", 404, f"The function {aliased.arn}:live doesn't have an EventInvokeConfig")
    for operation, given in (("get", {}), ("update", {"MaximumRetryAttempts": 1}), ("delete", {})):
        assert aliased.refused(f"{operation}_function_event_invoke_config", Qualifier="live", **given) == told


def test_one_that_says_nothing_is_refused(aliased: Subject) -> None:
    assert aliased.refused("put_function_event_invoke_config", Qualifier="live") == (
        "InvalidParameterValueException",
        400,
        "You must specify at least one of error handling or destination setting.",
    )


def test_the_bounds_of_the_model_hold(aliased: Subject) -> None:
    refused = aliased.refused("put_function_event_invoke_config", MaximumRetryAttempts=3, MaximumEventAgeInSeconds=59)
    assert (refused.code, refused.status) == ("ValidationException", 400)


def test_what_does_not_exist_has_none(aliased: Subject) -> None:
    for qualifier in ("2", "other"):
        refused = aliased.refused("put_function_event_invoke_config", MaximumRetryAttempts=1, Qualifier=qualifier)
        assert refused == ("ResourceNotFoundException", 404, "The function doesn't exist.")


def test_one_goes_alone_or_with_what_it_is_for(aliased: Subject) -> None:
    for qualifier in ("1", "live"):
        put(aliased, MaximumRetryAttempts=1, Qualifier=qualifier)
    aliased("delete_alias", Name="live")
    aliased("delete_function", Qualifier="1")
    put(aliased, MaximumRetryAttempts=1)
    assert len(aliased("list_function_event_invoke_configs")["FunctionEventInvokeConfigs"]) == 1
    aliased("delete_function_event_invoke_config")
    assert aliased("list_function_event_invoke_configs")["FunctionEventInvokeConfigs"] == []
