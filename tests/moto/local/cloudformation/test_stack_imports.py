"""Imports: what is there already comes into a stack (docs/lambda-facts.md §13, "Imports")."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from deployer.local.cloudformation.resources.lambda_function import inline_zip

from .subject import StackSubject
from .templates import ROLE, Template, alias, function, weights

Named = dict[str, dict[str, str]]


def there(stack: StackSubject) -> Template:
    """A function with two versions and an alias on both, made without a stack; and the template that says the same."""
    lambdas = stack.lambdas
    for code in ("x = 1", "x = 2"):
        zipped = inline_zip("python3.12", code)
        if code == "x = 1":
            given = {"Role": ROLE, "Runtime": "python3.12", "Handler": "index.handler", "Code": {"ZipFile": zipped}}
            lambdas.create_function(FunctionName=stack.name, **given)
        else:
            lambdas.get_waiter("function_active_v2").wait(FunctionName=stack.name)
            lambdas.update_function_code(FunctionName=stack.name, ZipFile=zipped)
        lambdas.get_waiter("function_updated_v2").wait(FunctionName=stack.name)
        lambdas.publish_version(FunctionName=stack.name)
    routing = {"AdditionalVersionWeights": {"1": 0.25}}
    lambdas.create_alias(
        FunctionName=stack.name, Name="live", FunctionVersion="2", RoutingConfig=routing, Description="d"
    )
    stack.mark()
    return says(function("x = 2"), alias("2", Description="d", **weights(_1=0.25)))


def says(fn: dict[str, Any], live: dict[str, Any]) -> Template:
    return {"Resources": {"Fn": {**fn, "DeletionPolicy": "Retain"}, "Live": {**live, "DeletionPolicy": "Retain"}}}


def named(stack: StackSubject) -> Named:
    return {"Fn": {"FunctionName": stack.name}, "Live": {"AliasArn": arn(stack)}}


def arn(stack: StackSubject, name: str = "live") -> str:
    return f"arn:aws:lambda:{stack.local.region}:123456789012:function:{stack.name}:{name}"


def propose(stack: StackSubject, template: Template, imports: Named, **more: Any) -> dict[str, Any]:
    stack("create_change_set", **asked(stack, template, imports), **more)
    return stack("describe_change_set", ChangeSetName="import")


def asked(stack: StackSubject, template: Template, imports: Named) -> dict[str, Any]:
    whole = stack.named(template)
    wanted = [
        {"LogicalResourceId": name, "ResourceType": whole["Resources"][name]["Type"], "ResourceIdentifier": identifier}
        for name, identifier in imports.items()
    ]
    given = {"ChangeSetName": "import", "ChangeSetType": "IMPORT", "TemplateBody": json.dumps(whole)}
    return {**given, "ResourcesToImport": wanted}


def refused(stack: StackSubject, template: Template, imports: Named) -> str:
    code, message = stack.refused("create_change_set", **asked(stack, template, imports))
    assert code == "ValidationError"
    return message


def carry_out(stack: StackSubject) -> None:
    stack.mark()
    stack("execute_change_set", ChangeSetName="import")


def imported(stack: StackSubject) -> Template:
    template = there(stack)
    propose(stack, template, named(stack))
    carry_out(stack)
    return template


# What it does.


def test_a_function_and_its_alias_make_a_new_stack(plain: StackSubject) -> None:
    described = propose(plain, there(plain), named(plain))
    changes = [one["ResourceChange"] for one in described["Changes"]]
    assert [(one["Action"], one["LogicalResourceId"], one["PhysicalResourceId"]) for one in changes] == [
        ("Import", "Fn", plain.name),
        ("Import", "Live", arn(plain)),
    ]
    assert (plain.status, described["Status"]) == ("REVIEW_IN_PROGRESS", "CREATE_COMPLETE")
    carry_out(plain)
    plain.client.get_waiter("stack_import_complete").wait(StackName=plain.name)
    assert plain.resources() == {"Fn": plain.name, "Live": arn(plain)}
    assert plain("describe_change_set", ChangeSetName="import")["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert plain.events() == [
        ("stack", "IMPORT_IN_PROGRESS"),
        *((one, status) for one in ("Fn", "Live") for status in
          ("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")),
        ("stack", "IMPORT_COMPLETE"),
    ]  # fmt: skip


def test_it_writes_what_the_template_says_once(plain: StackSubject) -> None:
    """The update that every import ends with; of the function, whose properties count as deployed, the tags alone."""
    before = there(plain), plain.alias()
    propose(plain, before[0], named(plain))
    carry_out(plain)
    assert plain.writes() == ["TagResource", "UpdateAlias"]
    assert (plain.alias(), plain.versions()) == (before[1], ["1", "2"])
    tags = plain.lambdas.list_tags(Resource=arn(plain).removesuffix(":live"))["Tags"]
    assert tags["aws:cloudformation:stack-name"] == plain.name


def test_an_alias_becomes_what_the_template_says_of_it(plain: StackSubject) -> None:
    """Nothing compares the two, so what is left out of the template is lost."""
    template = there(plain)
    template["Resources"]["Live"]["Properties"] = alias("2")["Properties"]
    propose(plain, template, named(plain))
    carry_out(plain)
    assert (plain.status, plain.alias()) == ("IMPORT_COMPLETE", {"FunctionVersion": "2", "Description": ""})


def test_other_code_in_the_template_is_not_pushed(plain: StackSubject) -> None:
    """Nor is it by the next update, to which it is nothing new."""
    template = there(plain)
    template["Resources"]["Fn"]["Properties"]["Code"] = {"ZipFile": "x = 3"}
    before = plain.configuration()["CodeSha256"]
    propose(plain, template, named(plain))
    carry_out(plain)
    template["Resources"]["Fn"]["Properties"]["Description"] = "other"
    plain.update(template)
    assert (plain.writes(), plain.configuration()["CodeSha256"]) == (["UpdateFunctionConfiguration"], before)


def test_what_was_imported_is_updated_and_kept_like_all_else(plain: StackSubject) -> None:
    template = imported(plain)
    template["Resources"]["Live"]["Properties"]["FunctionVersion"] = "1"
    del template["Resources"]["Live"]["Properties"]["RoutingConfig"]
    plain.update(template)
    assert (plain.status, plain.alias()) == ("UPDATE_COMPLETE", {"FunctionVersion": "1", "Description": "d"})
    plain("delete_stack")
    assert plain.alias()["FunctionVersion"] == "1"


def test_a_second_import_adds_to_the_stack(plain: StackSubject) -> None:
    template = there(plain)
    alone = {"Resources": {"Fn": template["Resources"]["Fn"]}}
    propose(plain, alone, {"Fn": {"FunctionName": plain.name}})
    carry_out(plain)
    plain("delete_change_set", ChangeSetName="import")
    propose(plain, template, {"Live": {"AliasArn": arn(plain)}})
    carry_out(plain)
    assert (plain.status, plain.writes()) == ("IMPORT_COMPLETE", ["UpdateAlias"])


def test_a_version_a_retry_setting_and_a_role_can_be_imported(plain: StackSubject) -> None:
    template = there(plain)
    may = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [may]}
    iam = boto3.client("iam", endpoint_url=plain.local.endpoint_url, region_name=plain.local.region)
    iam.create_role(RoleName=plain.name, AssumeRolePolicyDocument=json.dumps(trust))
    plain.lambdas.put_function_event_invoke_config(FunctionName=plain.name, Qualifier="live", MaximumRetryAttempts=1)
    more = {
        "V2": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}},
        "Retries": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": {"Ref": "Fn"}, "Qualifier": "live", "MaximumRetryAttempts": 1},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
    }
    template["Resources"] |= {name: {**one, "DeletionPolicy": "Delete"} for name, one in more.items()}
    others: Named = {
        "V2": {"FunctionArn": arn(plain, "2")},
        "Retries": {"FunctionName": plain.name, "Qualifier": "live"},
        "Role": {"RoleName": plain.name},
    }
    propose(plain, template, {**named(plain), **others}, Capabilities=["CAPABILITY_IAM"])
    carry_out(plain)
    assert (plain.status, plain.resources()["V2"], plain.versions()) == (
        "IMPORT_COMPLETE",
        arn(plain, "2"),
        ["1", "2"],
    )
    assert (plain.resources()["Retries"], plain.resources()["Role"]) == (f"{plain.name}|live", plain.name)


def test_a_summary_tells_how_each_type_is_identified(plain: StackSubject) -> None:
    template = there(plain)
    template["Resources"]["Retries"] = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {"FunctionName": {"Ref": "Fn"}, "Qualifier": "live"},
    }
    body = json.dumps(plain.named(template))
    assert plain.client.get_template_summary(TemplateBody=body)["ResourceIdentifierSummaries"] == [
        {"ResourceType": type_name, "LogicalResourceIds": [name], "ResourceIdentifiers": [identifiers]}
        for type_name, name, identifiers in (
            ("AWS::Lambda::Alias", "Live", "AliasArn"),
            ("AWS::Lambda::EventInvokeConfig", "Retries", "FunctionName,Qualifier"),
            ("AWS::Lambda::Function", "Fn", "FunctionName"),
        )
    ]


# What it refuses.


def test_every_resource_to_import_needs_a_deletion_policy(plain: StackSubject) -> None:
    template = there(plain)
    for one in template["Resources"].values():
        del one["DeletionPolicy"]
    assert refused(plain, template, named(plain)) == (
        "The following resources to import [Fn, Live] must have DeletionPolicy attribute specified in the template."
    )


def test_nothing_is_created_beside_an_import(plain: StackSubject) -> None:
    imports = {"Fn": {"FunctionName": plain.name}}
    assert refused(plain, there(plain), imports) == "Resources [Live] is missing from ResourceToImport list"


@pytest.mark.parametrize("change", [{"Description": "other"}, None], ids=["changed", "removed"])
def test_nothing_is_changed_or_removed_beside_an_import(change: dict[str, str] | None, plain: StackSubject) -> None:
    template = there(plain)
    propose(plain, {"Resources": {"Fn": template["Resources"]["Fn"]}}, {"Fn": {"FunctionName": plain.name}})
    carry_out(plain)
    plain("delete_change_set", ChangeSetName="import")
    template["Resources"]["Live"]["Properties"]["FunctionName"] = plain.name
    if change is None:
        del template["Resources"]["Fn"]
    else:
        template["Resources"]["Fn"]["Properties"] |= change
    assert refused(plain, template, {"Live": {"AliasArn": arn(plain)}}) == (
        "You have modified resources [Fn] in your template that are not being imported. Update, create or delete "
        "operations cannot be executed during import operations."
    )


def test_no_output_is_added_by_an_import(plain: StackSubject) -> None:
    template = {**there(plain), "Outputs": {"Name": {"Value": {"Ref": "Fn"}}}}
    assert refused(plain, template, named(plain)) == (
        "As part of the import operation, you cannot modify or add [Outputs]"
    )


def test_what_is_in_the_stack_already_is_not_imported_again(plain: StackSubject) -> None:
    template = imported(plain)
    plain("delete_change_set", ChangeSetName="import")
    assert refused(plain, template, named(plain)) == (
        "Resources [Fn, Live] passed in ResourceToImport are already in a stack and cannot be imported."
    )


def test_a_type_that_cannot_be_imported_is_refused(plain: StackSubject) -> None:
    template = there(plain)
    template["Resources"]["May"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Fn"}, "Principal": "*"},
        "DeletionPolicy": "Retain",
    }
    may = {"May": {"FunctionName": plain.name, "Id": "x"}}
    assert refused(plain, template, {**named(plain), **may}) == (
        "The following resource types are not supported for resource import: AWS::Lambda::Permission"
    )


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        ({}, "is identified by [FunctionName], and the request gives []"),
        ({"Arn": "x"}, "is identified by [FunctionName], and the request gives [Arn]"),
        ({"FunctionName": "x"}, "gives the resource Fn another [FunctionName] than ResourceToImport"),
    ],
)
def test_a_resource_is_identified_by_its_own_names(identifier: dict[str, str], said: str, plain: StackSubject) -> None:
    assert said in refused(plain, there(plain), {**named(plain), "Fn": identifier})


def test_what_to_import_must_be_said_and_be_in_the_template(plain: StackSubject) -> None:
    template = there(plain)
    given = asked(plain, template, named(plain))
    none = plain.refused("create_change_set", **{**given, "ResourcesToImport": []})
    assert (none[0], "ResourcesToImport must be specified" in none[1]) == ("ValidationError", True)
    stranger = [{**given["ResourcesToImport"][0], "LogicalResourceId": "Other"}]
    told = plain.refused("create_change_set", **{**given, "ResourcesToImport": stranger})[1]
    assert told == "Resources [Other] passed in ResourceToImport are missing from the template"
    with pytest.raises(ClientError, match="does not exist"):
        plain.client.describe_stacks(StackName=plain.name)


def test_what_is_not_there_fails_the_change_set(plain: StackSubject) -> None:
    template = there(plain)
    plain.lambdas.delete_alias(FunctionName=plain.name, Name="live")
    described = propose(plain, template, named(plain))
    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "HandlerErrorCode: NotFound" in described["StatusReason"]


def test_what_belongs_to_another_stack_fails_the_change_set(plain: StackSubject) -> None:
    template = imported(plain)
    first = plain.described()["StackId"]
    other = StackSubject(plain.local, f"{plain.name}-other")
    whole = plain.named(template)
    described = propose(other, whole, named(plain))
    assert (described["Status"], described["StatusReason"]) == (
        "FAILED",
        f"{plain.name} already exists in stack {first}",
    )


# When it fails on the way.


def test_an_import_that_fails_gives_up_what_it_took(plain: StackSubject) -> None:
    template = there(plain)
    before = plain.alias()
    propose(plain, template, named(plain))
    plain.local.fail_resource("AWS::Lambda::Alias")
    carry_out(plain)
    assert (plain.status, plain.resources(), plain.alias()) == ("IMPORT_ROLLBACK_COMPLETE", {}, before)
    assert plain.events()[-6:] == [
        ("stack", "IMPORT_ROLLBACK_IN_PROGRESS"),
        ("Fn", "IMPORT_ROLLBACK_IN_PROGRESS"),
        ("Fn", "IMPORT_ROLLBACK_COMPLETE"),
        ("Live", "IMPORT_ROLLBACK_IN_PROGRESS"),
        ("Live", "IMPORT_ROLLBACK_COMPLETE"),
        ("stack", "IMPORT_ROLLBACK_COMPLETE"),
    ]
    assert plain("describe_change_set", ChangeSetName="import")["ExecutionStatus"] == "EXECUTE_FAILED"


def test_what_went_away_in_between_fails_the_import(plain: StackSubject) -> None:
    template = there(plain)
    propose(plain, template, named(plain))
    plain.lambdas.delete_alias(FunctionName=plain.name, Name="live")
    carry_out(plain)
    assert plain.status == "IMPORT_ROLLBACK_COMPLETE"
    assert "HandlerErrorCode: NotFound" in plain.reasons("IMPORT_FAILED")[0]
    assert "The following resource(s) failed to import: [Live]." in plain.reasons("IMPORT_ROLLBACK_IN_PROGRESS")[0]


def test_an_import_that_failed_can_be_tried_again(plain: StackSubject) -> None:
    template = there(plain)
    propose(plain, template, named(plain))
    plain.local.fail_resource("AWS::Lambda::Alias")
    carry_out(plain)
    plain("delete_change_set", ChangeSetName="import")
    propose(plain, template, named(plain))
    carry_out(plain)
    assert plain.status == "IMPORT_COMPLETE"
