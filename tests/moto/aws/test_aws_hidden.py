"""Environments that Lambda does not show, for want of kms:Decrypt, are not taken for empty ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from aws_wire import alter, altered

from deployer import BlueGreen
from deployer.aws.failure import NotAllowed

if TYPE_CHECKING:
    from aws_wire import Attempt
    from aws_world import World
    from botocore.awsrequest import AWSResponse

HIDDEN = {"Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no kms:Decrypt"}}}


def hide_listed(attempt: Attempt) -> AWSResponse | None:
    """Of every listed version but the first."""
    if attempt.operation != "ListVersionsByFunction":
        return None
    versions = json.loads(attempt.send().content)["Versions"]
    return altered(attempt, Versions=[one if one["Version"] == "1" else one | HIDDEN for one in versions])


def test_an_environment_that_lambda_does_not_show_is_not_written_over(plain: World) -> None:
    plain.deploy(1)
    before = plain.snapshot()
    with pytest.raises(NotAllowed, match="Lambda does not show its environment: no kms:Decrypt"):
        plain.broken(alter("GetFunctionConfiguration", None, **HIDDEN), lambda: plain.deployer(2).deploy())
    assert plain.snapshot() == before


def test_a_version_whose_environment_lambda_does_not_show_is_not_compared_as_if_it_had_none(plain: World) -> None:
    plain.deploy(1)
    before = plain.snapshot()
    deployer = plain.deployer(1, settings={**plain.settings(1), "Timeout": 9})  # with other code it is not even read
    with pytest.raises(NotAllowed) as caught:
        plain.broken(alter("GetFunctionConfiguration", "1", **HIDDEN), deployer.deploy)
    assert str(caught.value) == (
        f"could not read version 1 of {plain.name}: Lambda does not show its environment: no kms:Decrypt\n"
        "  kms:Decrypt on the function's KMS key is needed"
    )
    assert plain.snapshot() == before


def test_a_listed_version_whose_environment_lambda_does_not_show_equals_nothing(plain: World) -> None:
    """Version 2 has code 2 and a variable: with the variable hidden it must not be taken for code 2 without one."""
    plain.deploy(1)
    plain.deployer(2, alias="OTHER", settings={**plain.settings(2), "Environment": {"Variables": {"AB": "1"}}}).deploy()
    plain.edit(Environment={"Variables": {}})
    outcome = plain.broken(hide_listed, lambda: plain.deployer(2, strategy=BlueGreen()).deploy())
    assert "ListVersionsByFunction" in plain.wire.operations
    assert (outcome.published is not None, plain.shown()) == (True, "3")


def test_two_versions_can_share_traffic_although_lambda_does_not_show_an_environment(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2, strategy=BlueGreen())
    plain.broken(alter("GetFunctionConfiguration", "1", **HIDDEN), lambda: plain.deployer().route(2, 1, 40))
    assert plain.shown() == "2 at 60 %, 1 at 40 %"


def test_the_history_shows_versions_whose_environment_lambda_does_not(plain: World) -> None:
    plain.deploy(1)
    plain.deploy(2)
    assert [str(entry.version) for entry in plain.broken(hide_listed, plain.deployer().history)] == ["2", "1"]
