"""Functions: creation, settings, RevisionIds, what is refused while busy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

    from .subject import Subject

STALE = (
    "PreconditionFailedException",
    412,
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    ),
)


def busy(function: Subject) -> tuple[str, int, str]:
    return (
        "ResourceConflictException",
        409,
        f"The operation cannot be performed at this time. An update is in progress for resource: {function.arn}",
    )


PENDING = (
    "ResourceConflictException",
    409,
    "The operation cannot be performed at this time. The function is currently in the following state: Pending",
)


def test_a_new_function_is_pending_in_the_answer_and_active_in_the_next(subject: Subject) -> None:
    """Recorded."""
    created = subject.create()
    assert (created["State"], created["StateReasonCode"], created["Version"]) == ("Pending", "Creating", "$LATEST")
    assert "LastUpdateStatus" not in created
    got = subject.latest()
    assert (got["State"], got["LastUpdateStatus"]) == ("Active", "Successful")
    assert got["RevisionId"] != created["RevisionId"]


def test_defaults_are_those_of_lambda(subject: Subject) -> None:
    """Recorded."""
    created = subject.create()
    assert {
        key: created[key] for key in sorted(created) if key not in {"RevisionId", "LastModified", "CodeSha256"}
    } == {
        "Architectures": ["x86_64"],
        "CodeSize": len(subject.zipped()),
        "Description": "",
        "EphemeralStorage": {"Size": 512},
        "FunctionArn": subject.arn,
        "FunctionName": subject.name,
        "Handler": "index.handler",
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{subject.name}"},
        "MemorySize": 128,
        "PackageType": "Zip",
        "Role": subject.role,
        "Runtime": "python3.12",
        "RuntimeVersionConfig": created["RuntimeVersionConfig"],
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
        "Timeout": 3,
        "TracingConfig": {"Mode": "PassThrough"},
        "Version": "$LATEST",
    }


def test_a_function_that_is_there_is_not_created_again(function: Subject) -> None:
    """§9."""
    assert function.refused(
        "create_function", Role=function.role, Runtime="python3.12", Handler="h.h", Code={"ZipFile": function.zipped()}
    ) == ("ResourceConflictException", 409, f"Function already exist: {function.name}")


def test_an_absent_function_is_told_by_its_arn(subject: Subject) -> None:
    """Recorded."""
    missing = ("ResourceNotFoundException", 404, f"Function not found: {subject.arn}")
    assert subject.refused("get_function") == missing
    assert subject.refused("get_function_configuration") == missing
    assert subject.refused("update_function_configuration", Timeout=5) == missing
    assert subject.refused("publish_version") == missing
    assert subject.refused("list_versions_by_function") == missing
    assert subject.refused("delete_function") == missing
    assert subject.refused("get_function", Qualifier="7") == (*missing[:2], f"{missing[2]}:7")


def test_a_function_is_found_by_name_partial_and_full_arn(function: Subject) -> None:
    """§1."""
    names = (function.name, f"123456789012:function:{function.name}", function.arn, f"{function.name}:$LATEST")
    assert {function("get_function_configuration", FunctionName=name)["FunctionName"] for name in names} == {
        function.name
    }


def test_a_qualifier_that_contradicts_the_name_is_refused(function: Subject) -> None:
    """§7."""
    function.publish()
    assert function.refused("get_function", FunctionName=f"{function.name}:1", Qualifier="2") == (
        "InvalidParameterValueException",
        400,
        "The derived qualifier from the function name does not match the specified qualifier.",
    )


def test_each_update_and_its_end_give_a_new_revision_even_without_a_change(function: Subject) -> None:
    """Recorded (redundant updates)."""
    revisions = [function.latest()["RevisionId"]]
    for _ in range(2):
        updated = function.configure(Description="same")
        assert (updated["LastUpdateStatus"], updated["State"]) == ("InProgress", "Active")
        revisions += [updated["RevisionId"], function.latest()["RevisionId"]]
    assert len(set(revisions)) == 5
    assert function.latest()["RevisionId"] == revisions[-1]


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("update_function_code", {"ZipFile": b""}),
        ("update_function_configuration", {"Timeout": 9}),
        ("publish_version", {}),
    ],
)
def test_a_revision_that_is_not_the_latest_is_refused_and_nothing_changes(
    function: Subject, operation: str, given: dict[str, Any]
) -> None:
    """Recorded."""
    stale = function.latest()["RevisionId"]
    function.configure(Description="another hand")
    before = function.latest()
    assert function.refused(operation, RevisionId=stale, **given) == STALE
    assert function.latest() == before


def test_the_latest_revision_is_accepted(function: Subject) -> None:
    """Recorded."""
    function.configure(Timeout=9, RevisionId=function.latest()["RevisionId"])
    function("update_function_code", ZipFile=function.zipped("x = 1"), RevisionId=function.latest()["RevisionId"])
    assert function.publish(RevisionId=function.latest()["RevisionId"]) == "1"


def test_what_an_update_leaves_out_is_kept_and_what_it_gives_replaces(function: Subject) -> None:
    """§3: replace, not merge."""
    function.configure(Environment={"Variables": {"ONE": "1", "TWO": "2"}}, MemorySize=256)
    function.configure(Environment={"Variables": {"TWO": "3"}})
    got = function.latest()
    assert (got["Environment"], got["MemorySize"], got["Handler"]) == (
        {"Variables": {"TWO": "3"}},
        256,
        "index.handler",
    )


EVERY_SETTING: dict[str, Any] = {
    "Runtime": "python3.13",
    "Handler": "app.main",
    "Description": "all of it",
    "Timeout": 60,
    "MemorySize": 512,
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    "Environment": {"Variables": {"STAGE": "prd"}},
    "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-central-1:123456789012:dead"},
    "KMSKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1",
    "TracingConfig": {"Mode": "Active"},
    "FileSystemConfigs": [
        {
            "Arn": "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-0123456789abcdef0",
            "LocalMountPath": "/mnt/data",
        }
    ],
    "EphemeralStorage": {"Size": 1024},
    "SnapStart": {"ApplyOn": "PublishedVersions"},
    "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "LogGroup": "/own"},
}


def test_every_setting_is_honoured_and_frozen_into_the_version(function: Subject) -> None:
    """§3, §5."""

    def kept(configuration: dict[str, Any]) -> dict[str, Any]:
        shown = {key: configuration[key] for key in EVERY_SETTING}
        shown["VpcConfig"] = {key: shown["VpcConfig"][key] for key in EVERY_SETTING["VpcConfig"]}
        shown["SnapStart"] = {"ApplyOn": shown["SnapStart"]["ApplyOn"]}
        return shown

    function.configure(**EVERY_SETTING)
    assert kept(function.latest()) == EVERY_SETTING
    version = function.publish()
    function.configure(Timeout=1, Environment={"Variables": {}}, TracingConfig={"Mode": "PassThrough"})
    assert kept(function("get_function_configuration", Qualifier=version)) == EVERY_SETTING


def test_empty_values_clear_what_can_be_cleared(function: Subject) -> None:
    function.configure(**EVERY_SETTING)
    function.configure(DeadLetterConfig={"TargetArn": ""}, KMSKeyArn="", FileSystemConfigs=[], Layers=[])
    assert {"DeadLetterConfig", "KMSKeyArn", "FileSystemConfigs", "Layers"} & function.latest().keys() == set()


def test_architecture_changes_with_the_code(function: Subject) -> None:
    """§3: only there."""
    function("update_function_code", ZipFile=function.zipped(), Architectures=["arm64"])
    assert function.latest()["Architectures"] == ["arm64"]


def test_layers_show_their_size_and_an_unknown_one_is_refused(function: Subject, local: LocalLambda) -> None:
    client = boto3.client("lambda", endpoint_url=local.endpoint_url)
    layer = client.publish_layer_version(LayerName="common", Content={"ZipFile": function.zipped()})
    function.configure(Layers=[layer["LayerVersionArn"]])
    assert function.latest()["Layers"] == [{"Arn": layer["LayerVersionArn"], "CodeSize": len(function.zipped())}]
    absent = "arn:aws:lambda:eu-central-1:123456789012:layer:nothing:1"
    assert function.refused("update_function_configuration", Layers=[absent])[0] == "InvalidParameterValueException"


FAILED = "failed to satisfy constraint"
AT_MOST, AT_LEAST = "Member must have value less than or equal to", "Member must have value greater than or equal to"
NOT_IN_MODEL = "InvalidParameterValueException"
IN_MODEL = "ValidationException"


@pytest.mark.parametrize(
    ("given", "code", "part"),
    [
        ({"Timeout": 901}, IN_MODEL, f"'901' at 'timeout' {FAILED}: {AT_MOST} 900"),
        ({"Timeout": 0}, IN_MODEL, f"'0' at 'timeout' {FAILED}: {AT_LEAST} 1"),
        ({"MemorySize": 10_241}, IN_MODEL, f"'10241' at 'memorySize' {FAILED}: {AT_MOST} 10240"),
        ({"MemorySize": 64}, IN_MODEL, f"'64' at 'memorySize' {FAILED}: {AT_LEAST} 128"),
        ({"EphemeralStorage": {"Size": 1}}, IN_MODEL, f"'1' at 'ephemeralStorage.size' {FAILED}: {AT_LEAST} 512"),
        (
            {"Description": "x" * 257},
            IN_MODEL,
            f"at 'description' {FAILED}: Member must have length less than or equal to 256",
        ),
        (
            {"TracingConfig": {"Mode": "Loud"}},
            IN_MODEL,
            f"'Loud' at 'tracingConfig.mode' {FAILED}: Member must satisfy enum value set: [Active, PassThrough]",
        ),
        ({"Role": "me"}, IN_MODEL, f"'me' at 'role' {FAILED}: Member must satisfy regular expression pattern: arn:("),
        (
            {"Runtime": "cobol1"},
            NOT_IN_MODEL,
            f"Value cobol1 at 'runtime' {FAILED}: Member must satisfy enum value set: [",
        ),
        (
            {"Environment": {"Variables": {"A": "s3cret"}}},
            IN_MODEL,
            f"Value at 'environment.variables' {FAILED}: Map keys must satisfy constraint: [",
        ),
        (
            {"Environment": {"Variables": {"BIG": "x" * 4096}}},
            NOT_IN_MODEL,
            'exceeded the 4KB limit. String measured: {"BIG":"xxx',
        ),
    ],
)
def test_settings_out_of_range_are_refused(function: Subject, given: dict[str, Any], code: str, part: str) -> None:
    """§3, and the constraints of the service model (§2)."""
    before = function.latest()
    refused = function.refused("update_function_configuration", **given)
    assert (refused.code, refused.status) == (code, 400)
    assert part in refused.message
    assert "s3cret" not in refused.message
    assert function.latest() == before


def test_several_broken_constraints_are_told_at_once(function: Subject) -> None:
    refused = function.refused("update_function_configuration", Timeout=0, MemorySize=1)
    assert refused.message.startswith("2 validation errors detected: Value '0' at 'timeout'")
    assert "; Value '1' at 'memorySize'" in refused.message


def test_a_description_is_measured_in_utf16_units(function: Subject) -> None:
    function.configure(Description="𝄞" * 128)
    assert function.refused("update_function_configuration", Description="𝄞" * 129).code == "ValidationException"


def test_a_zip_function_needs_runtime_and_handler(subject: Subject) -> None:
    assert subject.refused("create_function", Role=subject.role, Code={"ZipFile": subject.zipped()}) == (
        "InvalidParameterValueException",
        400,
        "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    )


UNASSUMABLE = (
    "InvalidParameterValueException",
    400,
    "The role defined for the function cannot be assumed by Lambda.",
)


def test_an_unknown_role_is_refused(subject: Subject, local: LocalLambda) -> None:
    """§9."""
    given = {"Runtime": "python3.12", "Handler": "h.h", "Code": {"ZipFile": subject.zipped()}}
    assert subject.refused("create_function", Role="arn:aws:iam::123456789012:role/nobody", **given) == UNASSUMABLE
    assert subject.refused("create_function", Role="arn:aws:iam::999999999999:role/other", **given) == (
        "AccessDeniedException",
        403,
        "Cross-account pass role is not allowed.",
    )
    iam = boto3.client("iam", endpoint_url=local.endpoint_url)
    untrusting = iam.create_role(RoleName=subject.name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    assert subject.refused("create_function", Role=untrusting, **given) == UNASSUMABLE
    assert subject.refused("get_function").code == "ResourceNotFoundException"


def test_a_role_may_need_a_while_until_lambda_can_assume_it(subject: Subject, local: LocalLambda) -> None:
    """§9."""
    local.configure(role_refusals=2)
    given = {"Runtime": "python3.12", "Handler": "h.h", "Code": {"ZipFile": subject.zipped()}}
    fresh = local.role(subject.name)
    assert subject.refused("create_function", Role=fresh, **given) == UNASSUMABLE
    assert subject.refused("create_function", Role=fresh, **given) == UNASSUMABLE
    assert subject.create(Role=fresh)["Role"] == fresh


def test_pending_lasts_as_many_answers_as_set_and_refuses_writes_meanwhile(
    subject: Subject, local: LocalLambda
) -> None:
    """§3."""
    local.configure(pending_polls=2)
    subject.create()
    assert subject.refused("update_function_configuration", Timeout=5) == PENDING
    assert subject.refused("publish_version") == PENDING
    assert subject.refused("invoke") == PENDING
    assert [subject.latest()["State"] for _ in range(3)] == ["Pending", "Pending", "Active"]
    assert subject.configure(Timeout=5)["LastUpdateStatus"] == "InProgress"


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("update_function_code", {"ZipFile": b""}),
        ("update_function_configuration", {"Timeout": 9}),
        ("publish_version", {}),
    ],
)
def test_writes_are_refused_while_an_update_is_in_progress(
    function: Subject, local: LocalLambda, operation: str, given: dict[str, Any]
) -> None:
    """§3."""
    function.latest()
    local.configure(pending_polls=1)
    function.configure(Timeout=5)
    assert function.refused(operation, **given) == busy(function)
    assert [function.latest()["LastUpdateStatus"] for _ in range(2)] == ["InProgress", "Successful"]
    assert function.publish() == "1"


def test_a_function_with_a_qualifier_cannot_be_updated(function: Subject) -> None:
    """§3."""
    function.publish()
    refused = function.refused("update_function_configuration", FunctionName=f"{function.name}:1", Timeout=5)
    assert (refused.code, refused.status) == ("InvalidParameterValueException", 400)
    assert "Current operation does not support versions other than $LATEST" in refused.message


def test_tags_belong_to_the_whole_function(subject: Subject) -> None:
    """§5."""
    subject.create(Tags={"team": "a"}, Publish=True)
    client = subject.client
    client.tag_resource(Resource=subject.arn, Tags={"cost": "1", "more": "2"})
    client.untag_resource(Resource=subject.arn, TagKeys=["team", "more"])
    assert client.list_tags(Resource=subject.arn)["Tags"] == {"cost": "1"}
    assert subject("get_function")["Tags"] == {"cost": "1"}
    with pytest.raises(
        client.exceptions.InvalidParameterValueException, match="aliases and versions are not supported"
    ):
        client.tag_resource(Resource=f"{subject.arn}:1", Tags={"cost": "1"})


def test_reserved_concurrency_is_shown_and_zero_throttles(function: Subject) -> None:
    """§5."""
    assert function("get_function_concurrency") == {}
    function("put_function_concurrency", ReservedConcurrentExecutions=0)
    assert function("get_function")["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert function.refused("invoke")[:2] == ("TooManyRequestsException", 429)
    function("delete_function_concurrency")
    assert function("get_function_concurrency") == {}


def test_functions_are_listed_by_name_with_every_version_on_request(function: Subject) -> None:
    function.publish()

    def listed(**more: Any) -> list[str]:
        pages = function.client.get_paginator("list_functions").paginate(**more)
        found = [one["FunctionArn"] for page in pages for one in page["Functions"]]
        return [arn for arn in found if arn.startswith(function.arn)]

    assert listed() == [function.arn]
    assert listed(FunctionVersion="ALL") == [f"{function.arn}:$LATEST", f"{function.arn}:1"]


def test_a_list_of_all_versions_shows_them_as_a_look_at_each_does(subject: Subject) -> None:
    """A version that is done has a RevisionId of its own, whoever looks first."""
    subject.create(Publish=True)
    pages = subject.client.get_paginator("list_functions").paginate(FunctionVersion="ALL")
    listed = [one for page in pages for one in page["Functions"] if one["FunctionName"] == subject.name]
    looked_at = [subject("get_function_configuration", Qualifier=one["Version"]) for one in listed]
    assert [one["RevisionId"] for one in listed] == [one["RevisionId"] for one in looked_at]


def test_operations_beyond_releases_are_told_to_be_unknown(function: Subject) -> None:
    assert function.refused("list_function_url_configs") == (
        "NotImplementedException",
        501,
        "The embedded Lambda does not know ListFunctionUrlConfigs.",
    )


def test_accounts_and_regions_know_nothing_of_each_other(function: Subject, local: LocalLambda) -> None:
    elsewhere = boto3.client("lambda", endpoint_url=local.endpoint_url, region_name="us-east-1")
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException, match="lambda:us-east-1:123456789012"):
        elsewhere.get_function(FunctionName=function.name)
