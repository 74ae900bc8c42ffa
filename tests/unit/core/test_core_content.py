import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.core import Content
from deployer.core.content import same_code, same_settings
from deployer.testing import contents

_RECORDED = Path(__file__).parents[4] / "shared" / "aws-recorded" / "lambda.json"

# What Lambda answers of a plain function, restated from recordings of 2025-11.
LATEST_ANSWER: dict[str, Any] = {
    "Architectures": ["x86_64"],
    "CodeSha256": "code-1",
    "CodeSize": 276,
    "Description": "First version :)",
    "Environment": {"Variables": {"MODE": "fast", "TOKEN": "s3cret"}},
    "EphemeralStorage": {"Size": 512},
    "FunctionArn": "arn:aws:lambda:eu-west-1:111111111111:function:f",
    "FunctionName": "f",
    "Handler": "handler.handler",
    "LastModified": "2025-11-25T02:27:00.000+0000",
    "LastUpdateStatus": "Successful",
    "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
    "MemorySize": 128,
    "PackageType": "Zip",
    "RevisionId": "11111111-1111-1111-1111-111111111111",
    "Role": "arn:aws:iam::111111111111:role/r",
    "Runtime": "python3.12",
    "RuntimeVersionConfig": {"RuntimeVersionArn": "arn:aws:lambda:eu-west-1::runtime:abc"},
    "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
    "State": "Active",
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "Version": "$LATEST",
    "ResponseMetadata": {"HTTPHeaders": {}, "HTTPStatusCode": 200},
}
SETTINGS = {
    "Architectures": ["x86_64"],
    "Environment": {"Variables": {"MODE": "fast", "TOKEN": "s3cret"}},
    "EphemeralStorage": {"Size": 512},
    "Handler": "handler.handler",
    "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
    "MemorySize": 128,
    "PackageType": "Zip",
    "Role": "arn:aws:iam::111111111111:role/r",
    "Runtime": "python3.12",
    "Timeout": 3,
}


def test_content_is_code_and_every_frozen_setting() -> None:
    assert Content.of(LATEST_ANSWER) == Content("code-1", SETTINGS)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("FunctionName", "g"),
        ("FunctionArn", "arn:aws:lambda:eu-west-1:111111111111:function:f:7"),
        ("MasterArn", "arn:aws:lambda:us-east-1:111111111111:function:f:7"),
        ("Version", "7"),
        ("RevisionId", "22222222-2222-2222-2222-222222222222"),
        ("ResponseMetadata", {"HTTPStatusCode": 201}),
        ("Description", "Another description"),
        ("LastModified", "2026-01-01T00:00:00.000+0000"),
        ("State", "Pending"),
        ("StateReason", "The function is being created."),
        ("StateReasonCode", "Creating"),
        ("LastUpdateStatus", "InProgress"),
        ("LastUpdateStatusReason", "The function is being created."),
        ("LastUpdateStatusReasonCode", "Creating"),
        ("RuntimeVersionConfig", {"RuntimeVersionArn": "arn:aws:lambda:eu-west-1::runtime:def"}),
        ("SigningProfileVersionArn", "arn:aws:signer:eu-west-1:111111111111:/signing-profiles/p/v"),
        ("SigningJobArn", "arn:aws:signer:eu-west-1:111111111111:/signing-jobs/j"),
        ("CodeSize", 277),
        ("ConfigSha256", "abc"),
        ("SnapStart", {"ApplyOn": "None", "OptimizationStatus": "On"}),
        ("SnapStart", None),
        ("TracingConfig", None),
        ("VpcConfig", {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False}),
        ("DeadLetterConfig", {"TargetArn": ""}),
        ("Layers", []),
        ("KMSKeyArn", ""),
    ],
)
def test_what_no_release_means_changes_nothing(member: str, value: object) -> None:
    other = Content.of({**LATEST_ANSWER, member: value})
    assert other == Content("code-1", SETTINGS)
    assert other.fingerprint == Content("code-1", SETTINGS).fingerprint


@pytest.mark.parametrize(
    ("member", "value", "changed"),
    [
        ("Handler", "handler.other", ("Handler",)),
        ("Runtime", "python3.13", ("Runtime",)),
        ("Role", "arn:aws:iam::111111111111:role/s", ("Role",)),
        ("MemorySize", 256, ("MemorySize",)),
        ("Architectures", ["arm64"], ("Architectures",)),
        ("Environment", {"Variables": {"MODE": "safe", "TOKEN": "s3cret"}}, ("Environment.Variables.MODE",)),
        ("Environment", {"Variables": {"MODE": "fast"}}, ("Environment.Variables.TOKEN",)),
        ("Environment", None, ("Environment.Variables.MODE", "Environment.Variables.TOKEN")),
        ("LoggingConfig", {"LogFormat": "JSON", "LogGroup": "/aws/lambda/f"}, ("LoggingConfig.LogFormat",)),
        ("SnapStart", {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}, ("SnapStart.ApplyOn",)),
        ("TracingConfig", {"Mode": "Active"}, ("TracingConfig.Mode",)),
        ("Layers", [{"Arn": "arn:layer:1", "CodeSize": 5}], ("Layers",)),
        ("VpcConfig", {"SubnetIds": ["a"], "VpcId": "v"}, ("VpcConfig.SubnetIds",)),
        ("FileSystemConfigs", [{"Arn": "arn:fs", "LocalMountPath": "/mnt/a"}], ("FileSystemConfigs",)),
        ("Later", 0, ("Later",)),
    ],
)
def test_every_setting_that_a_version_freezes_counts(member: str, value: object, changed: tuple[str, ...]) -> None:
    other = Content.of({**LATEST_ANSWER, member: value})
    ours = Content("code-1", SETTINGS)
    assert other.fingerprint != ours.fingerprint
    assert (ours.changes(other), other.changes(ours)) == (changed, changed)


def test_code_counts_and_is_no_setting() -> None:
    other = Content.of({**LATEST_ANSWER, "CodeSha256": "code-2"})
    assert other == Content("code-1", SETTINGS).with_code("code-2")
    assert other.fingerprint != Content("code-1", SETTINGS).fingerprint
    assert other.changes(Content("code-1", SETTINGS)) == ()


def test_an_empty_variable_counts() -> None:
    assert Content.of({"CodeSha256": "c", "Environment": {"Variables": {"A": ""}}}) == Content(
        "c", {"Environment": {"Variables": {"A": ""}}}
    )


def test_an_environment_that_could_not_be_read_holds_no_variables() -> None:
    error = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no"}}
    assert Content.of({"CodeSha256": "c", "Environment": error}) == Content("c", {})


def test_subnets_and_groups_have_no_order_but_layers_have() -> None:
    def vpc(*subnets: str) -> Content:
        return Content.of({"CodeSha256": "c", "VpcConfig": {"SubnetIds": subnets, "SecurityGroupIds": subnets}})

    def layers(*arns: str) -> Content:
        return Content.of({"CodeSha256": "c", "Layers": [{"Arn": arn, "CodeSize": 1} for arn in arns]})

    assert vpc("b", "a") == Content("c", {"VpcConfig": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["a", "b"]}})
    assert vpc("b", "a") == vpc("a", "b")
    assert layers("b", "a") == Content("c", {"Layers": ["b", "a"]})
    assert layers("b", "a") != layers("a", "b")


def test_an_image_is_configured_alike_in_answers_and_requests() -> None:
    answer = {"CodeSha256": "c", "ImageConfigResponse": {"ImageConfig": {"Command": ["run"], "WorkingDirectory": ""}}}
    assert Content.of(answer) == Content("c", {"ImageConfig": {"Command": ["run"]}})
    assert Content.of({"CodeSha256": "c"}).with_settings({"ImageConfig": {"Command": ["run"]}}) == Content.of(answer)
    failed = {"CodeSha256": "c", "ImageConfigResponse": {"Error": {"ErrorCode": "x"}}}
    assert Content.of(failed) == Content("c", {})


def test_what_is_given_changes_and_the_rest_stays() -> None:
    given_ = {
        "MemorySize": 256,
        "LoggingConfig": {"LogFormat": "JSON"},
        "Environment": {"Variables": {"MODE": "safe"}},
        "Layers": ["arn:layer:1"],
        "Description": "no setting",
        "DeadLetterConfig": {"TargetArn": "arn:queue"},
    }
    assert Content("code-1", SETTINGS).with_settings(given_) == Content(
        "code-1",
        {
            **SETTINGS,
            "MemorySize": 256,
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/aws/lambda/f"},
            "Environment": {"Variables": {"MODE": "safe"}},
            "Layers": ["arn:layer:1"],
            "DeadLetterConfig": {"TargetArn": "arn:queue"},
        },
    )


def test_a_setting_is_taken_away_by_giving_it_empty() -> None:
    content = Content("c", {"DeadLetterConfig": {"TargetArn": "arn:queue"}, "Layers": ["l"], "Timeout": 3})
    assert content.with_settings({"DeadLetterConfig": {"TargetArn": ""}, "Layers": []}) == Content("c", {"Timeout": 3})


def test_nested_false_and_nothing_are_dropped_but_zero_stays() -> None:
    config = {"A": False, "B": None, "C": 0, "D": "x", "E": True, "F": ["y", ""], "G": {"H": {"I": ""}, "J": 0}}
    assert Content.of({"CodeSha256": "c", "Deep": config}) == Content(
        "c", {"Deep": {"C": 0, "D": "x", "E": True, "F": ["y", None], "G": {"J": 0}}}
    )


def test_members_are_derived_only_where_they_belong() -> None:
    config = {"CodeSha256": "c", "VpcConfig": {"OptimizationStatus": "x"}, "SnapStart": {"VpcId": "y"}}
    assert Content.of(config) == Content("c", {"VpcConfig": {"OptimizationStatus": "x"}, "SnapStart": {"VpcId": "y"}})


def test_secrets_are_never_shown() -> None:
    content = Content.of(LATEST_ANSWER)
    assert repr(content) == "Content(code_sha256='code-1')"
    assert "s3cret" not in str(content.changes(Content("code-1", {})))


def test_a_fingerprint_is_the_same_everywhere_and_always() -> None:
    # Written into aliases, so it must not change between versions of this library.
    assert Content("code-1", {"Timeout": 3, "Handler": "ä"}).fingerprint == "Ub1mOf7XkghF1ky3"


@given(contents(), contents())
def test_fingerprints_are_equal_exactly_when_contents_are(one: Content, other: Content) -> None:
    assert (one.fingerprint == other.fingerprint) == (one == other)
    assert len(one.fingerprint) == 16
    assert (one.changes(other) == ()) == (one.settings == other.settings)


@given(contents(), st.dictionaries(st.sampled_from(["MemorySize", "Timeout", "Handler"]), st.integers(1, 9)))
def test_giving_the_same_again_changes_nothing(content: Content, given_: Mapping[str, object]) -> None:
    once = content.with_settings(given_)
    assert once.with_settings(given_) == once
    assert once.with_code(content.code_sha256) == once


def _answers(recorded: object) -> list[dict[str, Any]]:
    """Every answer about a version in a recording, with its place."""
    if isinstance(recorded, dict):
        here = [recorded] if {"CodeSha256", "Version"} <= recorded.keys() else []
        return here + [answer for part in recorded.values() for answer in _answers(part)]
    if isinstance(recorded, list):
        return [answer for part in recorded for answer in _answers(part)]
    return []


def _recording(name: str) -> Any:  # data of any shape
    if not _RECORDED.exists():
        pytest.skip(f"no recordings of Lambda's answers at {_RECORDED.parent.name}/{_RECORDED.name}")
    return json.loads(_RECORDED.read_text())[name]["recorded-content"]


@pytest.mark.parametrize(
    ("name", "different"),
    [
        # Creation, redundant updates, description-only updates and publishing: all one content.
        ("TestLambdaFunction::test_redundant_updates", 1),
        ("TestLambdaVersions::test_publish_version_on_create", 1),
        ("TestLambdaVersions::test_version_lifecycle", 1),
        ("TestLambdaVersions::test_publish_with_wrong_revisionid", 1),
        # One update of the environment in between.
        ("TestLambdaAlias::test_alias_lifecycle", 2),
        # One update of the runtime; that of the code shows as the same placeholder.
        ("TestLambdaRevisions::test_function_revisions_basic", 2),
    ],
)
def test_real_answers_about_one_thing_have_one_fingerprint(name: str, different: int) -> None:
    answers = _answers(_recording(name))
    assert len(answers) > 2
    assert len({Content.of(answer).fingerprint for answer in answers}) == different


def test_real_updates_of_one_setting_differ_in_it_alone() -> None:
    recording = _recording("TestLambdaAlias::test_alias_lifecycle")
    first, second = Content.of(recording["publish_v1"]), Content.of(recording["publish_v2"])
    assert first.changes(second) == ("Environment.Variables.testenv",)
    assert Content.of(recording["create_response"]) == first


@pytest.mark.parametrize(
    ("code", "settings", "same"),
    [("one", {"Timeout": 3}, (True, True)), ("two", {"Timeout": 3}, (False, True)), ("one", {}, (True, False))],
)
def test_fingerprints_tell_code_and_settings_apart(
    code: str, settings: dict[str, object], same: tuple[bool, bool]
) -> None:
    then, now = Content("one", {"Timeout": 3}).fingerprint, Content(code, settings).fingerprint
    assert (same_code(then, now), same_settings(then, now)) == same


def test_a_setting_that_is_given_up_is_told_from_one_that_changes() -> None:
    before = Content("a", {"Timeout": 3, "Layers": ["one"], "Environment": {"Variables": {"A.B": "1", "C": "2"}}})
    after = Content("a", {"Timeout": 9, "Environment": {"Variables": {"C": "3", "D": "4"}}})
    assert before.changes(after) == (
        "Environment.Variables.A.B",
        "Environment.Variables.C",
        "Environment.Variables.D",
        "Layers",
        "Timeout",
    )
    assert before.removals(after) == ("Environment.Variables.A.B", "Layers")
    assert before.removals(Content("a", {})) == (
        "Environment.Variables.A.B",
        "Environment.Variables.C",
        "Layers",
        "Timeout",
    )


def test_a_variable_that_changes_is_not_given_up_whatever_dots_its_name_has() -> None:
    before = Content("a", {"Environment": {"Variables": {"A.B": "1"}}})
    after = Content("a", {"Environment": {"Variables": {"A.B": "2"}}})
    assert before.changes(after) == ("Environment.Variables.A.B",)
    assert before.removals(after) == ()
