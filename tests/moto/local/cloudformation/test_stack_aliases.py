"""AWS::Lambda::Alias: the whole state in each update."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .subject import StackSubject
from .templates import Template, alias, function, released, version, weights


def two(*, of: str = "2", **properties: Any) -> Template:
    """Two versions, both in the template, and the alias on one of them."""
    second = version(Properties={"FunctionName": {"Ref": "Fn"}, "Description": "two"})
    return {"Resources": {"Fn": function("x = 2"), "V2": second, "Live": alias(of, **properties)}}


@pytest.fixture
def staged(plain: StackSubject) -> StackSubject:
    """Versions 1 and 2 are published; `live` is on 2 and 1, and says so."""
    plain.create(released("x = 1", "V1", DeletionPolicy="Retain"))
    plain.update(two(Description="half", **weights(_1=0.75)))
    assert plain.status == "UPDATE_COMPLETE"
    return plain


def test_weights_come_as_a_list_and_go_as_a_map(staged: StackSubject) -> None:
    assert staged.alias() == {
        "FunctionVersion": "2",
        "Description": "half",
        "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.75}},
    }


def test_weights_and_description_that_leave_the_template_are_gone(staged: StackSubject) -> None:
    staged.update(two())
    assert (staged.writes(), staged.alias()) == (["UpdateAlias"], {"FunctionVersion": "2", "Description": ""})


def test_weights_may_change_alone(staged: StackSubject) -> None:
    staged.update(two(Description="half", **weights(_1=0.25)))
    assert (staged.writes(), staged.alias()["RoutingConfig"]["AdditionalVersionWeights"]) == (
        ["UpdateAlias"],
        {"1": 0.25},
    )


def test_a_step_that_only_routes_publishes_nothing(staged: StackSubject) -> None:
    staged.update(two(of="1"))
    assert (staged.writes(), staged.alias()) == (["UpdateAlias"], {"FunctionVersion": "1", "Description": ""})


def test_numbers_and_weights_may_be_text(staged: StackSubject) -> None:
    routing = {"AdditionalVersionWeights": [{"FunctionVersion": 1, "FunctionWeight": "0.5"}]}
    staged.update(two(RoutingConfig=routing))
    assert staged.alias()["RoutingConfig"] == {"AdditionalVersionWeights": {"1": 0.5}}


def test_drift_is_not_seen_until_something_changes(staged: StackSubject) -> None:
    """§13: template is compared with template."""
    staged.lambdas.update_alias(FunctionName=staged.name, Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
    same = two(Description="half", **weights(_1=0.75))
    assert staged.refused("update_stack", TemplateBody=as_text(staged, same))[1] == "No updates are to be performed."
    assert "RoutingConfig" not in staged.alias()
    staged.update(two(Description="half again", **weights(_1=0.75)))
    assert staged.alias()["RoutingConfig"] == {"AdditionalVersionWeights": {"1": 0.75}}


def as_text(stack: StackSubject, template: Template) -> str:
    return json.dumps(stack.named(template))


def test_another_name_is_another_alias(staged: StackSubject) -> None:
    staged.update(two(Name="other"))
    assert staged.writes() == ["CreateAlias", "DeleteAlias"]
    listed = staged.lambdas.list_aliases(FunctionName=staged.name)["Aliases"]
    assert [one["Name"] for one in listed] == ["other"]


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"of": "$LATEST", **weights(_1=0.5)}, "$LATEST is not supported for an alias pointing to more than 1 version"),
        (weights(_1=0.5, _2=0.1), "Number of items in AdditionalVersionWeights cannot be greater than 1"),
        (weights(_2=0.5), "Function version 2 is already included in routing configuration."),
        (weights(_1=1.5), "Member must have value less than or equal to 1.0"),
        (weights(_9=0.5), "Function not found"),
        ({"Description": "x" * 257}, "Member must have length less than or equal to 256"),
    ],
)
def test_what_lambda_refuses_rolls_the_update_back(staged: StackSubject, properties: dict[str, Any], told: str) -> None:
    before = staged.alias()
    given = {name: value for name, value in properties.items() if name != "of"}
    number: Any = {"Fn::Join": ["", [properties.get("of", "2")]]}
    staged.update({"Resources": {**two()["Resources"], "Live": alias(number, **given)}})
    assert (staged.status, staged.alias()) == ("UPDATE_ROLLBACK_COMPLETE", before)
    assert told in staged.reasons("UPDATE_FAILED")[-1]


def test_an_alias_that_is_there_already_fails_the_create(plain: StackSubject) -> None:
    plain.create({"Resources": {"Fn": function()}})
    plain.lambdas.create_alias(FunctionName=plain.name, Name="live", FunctionVersion="$LATEST")
    plain.update({"Resources": {"Fn": function(), "Live": alias({"Ref": "AWS::NoValue"}, FunctionVersion="$LATEST")}})
    assert (plain.status, "Alias already exists" in plain.reasons("CREATE_FAILED")[0]) == (
        "UPDATE_ROLLBACK_COMPLETE",
        True,
    )


def test_it_may_hold_provisioned_concurrency(plain: StackSubject) -> None:
    wanted = {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2}}
    plain.create(released(routing=wanted))
    held = plain.lambdas.get_provisioned_concurrency_config(FunctionName=plain.name, Qualifier="live")
    assert held["Status"] == "READY"
    plain.update(released())
    assert plain.writes() == ["UpdateAlias", "DeleteProvisionedConcurrencyConfig"]


def test_provisioned_concurrency_that_does_not_become_ready_fails_the_create(plain: StackSubject) -> None:
    before = plain.local.settings
    plain.local.configure(provisioned_init_fails=True)
    plain.create(released(routing={"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2}}))
    plain.local.configure(**before.as_json())
    assert (plain.status, "did not become ready" in plain.reasons("CREATE_FAILED")[0]) == ("ROLLBACK_COMPLETE", True)


def test_traffic_by_codedeploy_is_refused_before_anything_is_made(plain: StackSubject) -> None:
    template = released()
    template["Resources"]["Live"]["UpdatePolicy"] = {"CodeDeployLambdaAliasUpdate": {"ApplicationName": "a"}}
    code, message = plain.refused("create_stack", TemplateBody=as_text(plain, template))
    assert code == "ValidationError"
    assert message == (
        "The embedded CloudFormation follows no UpdatePolicy: CodeDeployLambdaAliasUpdate of Live would leave the "
        "traffic to CodeDeploy"
    )
