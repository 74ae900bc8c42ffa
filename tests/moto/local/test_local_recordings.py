"""The recorded calls made again, each answer held against what the real Lambda answered.

The recordings hold answers only; the requests are written anew from their names. Each fact stands as a case of this
project's own too, in the other files, so that a clone without the recordings is held to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from .recordings import PATH, Comparison, recordings

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

Answers = Iterator[tuple[str, Any]]
Play = Callable[["Stage"], Answers]

pytestmark = pytest.mark.skipif(
    not PATH.exists(), reason=f"the recorded answers of AWS are not beside this clone ({PATH.name})"
)


# Of 2022; the others are of late 2025.
_YOUNGER = {"test_publish_with_wrong_revisionid": frozenset({"LoggingConfig", "RuntimeVersionConfig", "SnapStart"})}

PLAYS: dict[str, Play] = {}


def play(function: Play) -> Play:
    """Register what makes the calls of one recording, under the recording's name."""
    PLAYS[f"test_{function.__name__}"] = function
    return function


class Stage:
    """What a play needs: a client, a function's name, a role, code, and the recording."""

    def __init__(self, client: LambdaClient, name: str, role: str, code: bytes, recorded: Mapping[str, Any]) -> None:
        self.client: Any = client
        self.name = name
        self.role = role
        self.code = code
        self.recorded = recorded

    def create(self, **more: Any) -> Any:
        """CreateFunction with what the recorded answer shows was asked for."""
        answer = self.recorded.get("create_response") or self.recorded["create_function_response_rev1"]
        answer = answer.get("CreateFunctionResponse", answer)
        given = {
            key: answer[key] for key in ("Runtime", "Handler", "Timeout", "Description", "Environment") if key in answer
        }
        return self.client.create_function(
            FunctionName=self.name, Role=self.role, Code={"ZipFile": self.code}, **given, **more
        )

    def settled(self, **more: Any) -> Any:
        """GetFunction, which the recorded tests call through a waiter after each change."""
        return self.client.get_function(FunctionName=self.name, **more)

    def publish(self, **more: Any) -> Any:
        return self.client.publish_version(FunctionName=self.name, **more)

    def refused(self, operation: str, **given: Any) -> Any:
        """The error answer of a call that must be refused."""
        with pytest.raises(ClientError) as error:
            getattr(self.client, operation)(**{"FunctionName": self.name, **given})
        return error.value.response


@play
def redundant_updates(stage: Stage) -> Answers:
    update = {"FunctionName": stage.name, "Description": "1st update description"}
    yield "create_response", stage.create()
    stage.settled()
    yield "first_update_result", stage.client.update_function_configuration(**update)
    yield "get_fn_config_result", stage.client.get_function_configuration(FunctionName=stage.name)
    yield "get_fn_result", stage.settled()
    yield "redundant_update_result", stage.client.update_function_configuration(**update)
    yield "get_fn_result_after_redundant_update", stage.settled()


@play
def delete_on_nonexisting_version(stage: Stage) -> Answers:
    yield "delete_function_response_non_existent", stage.refused("delete_function")
    yield "delete_function_response_non_existent_with_qualifier", stage.refused("delete_function", Qualifier="1")


@play
def publish_version_on_create(stage: Stage) -> Answers:
    yield "create_response", stage.create(Publish=True)
    yield "get_function_result", stage.settled()
    yield "get_function_version_result", stage.settled(Qualifier="1")
    yield "get_function_latest_result", stage.settled(Qualifier="$LATEST")
    yield "list_versions_result", stage.client.list_versions_by_function(FunctionName=stage.name)
    yield "repeated_publish_response", stage.publish()
    yield "list_versions_result_after_publish", stage.client.list_versions_by_function(FunctionName=stage.name)


@play
def version_lifecycle(stage: Stage) -> Answers:
    def described(text: str) -> Any:
        return stage.client.update_function_configuration(FunctionName=stage.name, Description=text)

    def listed() -> Any:
        return stage.client.list_versions_by_function(FunctionName=stage.name)

    yield "create_response", stage.create()
    yield "get_function_result", stage.settled()
    yield "list_versions_result", listed()
    yield "first_update_response", described("First version :)")
    yield "first_update_get_function", stage.settled()
    yield "first_publish_response", stage.publish(Description="First version description :)")
    yield "first_publish_get_function", stage.settled(Qualifier="1")
    config = stage.client.get_function_configuration(FunctionName=stage.name, Qualifier="1")
    yield "first_publish_get_function_config", config
    yield "second_update_response", described("Second version :))")
    yield "first_publish_get_function_after_update", stage.settled(Qualifier="1")
    stage.settled()
    yield "second_publish_response", stage.publish()
    yield "third_publish_response", stage.publish(Description="Third version description :)))")
    yield "list_versions_result_after_third_publish", listed()
    stage.client.delete_function(FunctionName=stage.name, Qualifier="1")
    yield "list_versions_result_after_deletion_of_first_version", listed()


@play
def publish_with_wrong_revisionid(stage: Stage) -> Answers:
    yield "create_response", stage.create()
    got = stage.settled()
    yield "get_fn_response", got
    yield "publish_wrong_revisionid_exc", stage.refused("publish_version", RevisionId="wrong")
    yield "publish_result", stage.publish(RevisionId=got["Configuration"]["RevisionId"])


@play
def publish_with_wrong_sha256(stage: Stage) -> Answers:
    yield "create_response", stage.create()
    got = stage.settled()
    yield "get_fn_response", got
    wrong = stage.refused("publish_version", CodeSha256="somenonexistentsha256")
    yield "publish_wrong_sha256_exc", wrong
    yield "publish_result", stage.publish(CodeSha256=got["Configuration"]["CodeSha256"])


def _two_versions(stage: Stage, **more: Any) -> Answers:
    yield "create_response", stage.create(**more)
    stage.settled()
    yield "publish_v1", stage.publish()
    variables = {"Variables": {"testenv": "prod"}}
    stage.client.update_function_configuration(FunctionName=stage.name, Environment=variables)
    stage.settled()
    yield "publish_v2", stage.publish()


@play
def alias_lifecycle(stage: Stage) -> Answers:
    client, f = stage.client, {"FunctionName": stage.name}
    arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{stage.name}"
    first, second = {**f, "Name": "aliasname1_1"}, {**f, "Name": "aliasname1_2"}
    third, other = {**f, "Name": "aliasname1_3"}, {**f, "Name": "aliasname2"}
    custom = {"Description": "custom-alias"}
    weighted = {"AdditionalVersionWeights": {"2": 0.2}}
    yield from _two_versions(stage)
    yield "create_alias_1_1", client.create_alias(**first, **custom, FunctionVersion="1", RoutingConfig=weighted)
    yield "get_alias_1_1", client.get_alias(**first)
    yield "get_function_alias_1_1", stage.settled(Qualifier="aliasname1_1")
    yield "get_function_byarn_alias_1_1", client.get_function(FunctionName=f"{arn}:aliasname1_1")
    yield "get_function_alias_notfound_exc", stage.refused("get_function", Qualifier="aliasdoesnotexist")
    absent = stage.refused("get_function", FunctionName=f"{arn}:aliasdoesnotexist")
    yield "get_function_alias_byarn_notfound_exc", absent
    yield "create_alias_1_2", client.create_alias(**second, **custom, FunctionVersion="1")
    yield "get_alias_1_2", client.get_alias(**second)
    yield "create_alias_1_3", client.create_alias(**third, FunctionVersion="1")
    yield "get_alias_1_3", client.get_alias(**third)
    yield "create_alias_2", client.create_alias(**other, **custom, FunctionVersion="2")
    yield "get_alias_2", client.get_alias(**other)
    yield "list_aliases_for_fnname", client.list_aliases(**f)
    cleared = client.update_alias(**first, RoutingConfig={"AdditionalVersionWeights": {}})
    yield "update_alias_1_1", cleared
    yield "get_alias_1_1_after_update", client.get_alias(**first)
    yield "list_aliases_for_fnname_after_update", client.list_aliases(**f)
    yield "update_alias_1_2", client.update_alias(**second)
    yield "get_alias_1_2_after_update", client.get_alias(**second)
    yield "list_aliases_for_fnname_after_update_2", client.list_aliases(**f)
    yield "list_aliases_for_version", client.list_aliases(**f, FunctionVersion="1")
    yield "delete_alias_response", client.delete_alias(**first)
    yield "list_aliases_for_fnname_afterdelete", client.list_aliases(**f)


@play
def notfound_and_invalid_routingconfigs(stage: Stage) -> Answers:
    def refused(version: str = "1", weights: Mapping[str, float] | None = None, **more: Any) -> Any:
        routing = {"AdditionalVersionWeights": weights} if weights is not None else {}
        return stage.refused(
            "create_alias", **{"Name": "custom", "FunctionVersion": version, "RoutingConfig": routing, **more}
        )

    def created(name: str, version: str, **more: Any) -> Any:
        return stage.client.create_alias(FunctionName=stage.name, Name=name, FunctionVersion=version, **more)

    yield from _two_versions(stage, Publish=True)
    yield "routing_config_exc_toomany", refused(weights={"1": 0.5, "2": 0.5})
    yield "routing_config_exc_toohigh", refused(weights={"2": 2.0})
    yield "routing_config_exc_subzero", refused(weights={"2": -1.0})
    yield "routing_config_exc_sameversion", refused(weights={"1": 0.5})
    yield "target_version_doesnotexist", refused("10", {"2": 0.5})
    yield "routing_config_exc_version_doesnotexist", refused(weights={"10": 0.5})
    yield "target_version_exc_version_latest", refused("$LATEST", {"1": 0.5})
    yield "routing_config_exc_version_latest", refused(weights={"$LATEST": 0.5})
    yield "create-alias-latest", created("custom-latest", "$LATEST")
    yield "routing_config_exc_fn_doesnotexist", refused(FunctionName=f"{stage.name}-unknown")
    empty = created("custom-empty-routingconfig", "1", RoutingConfig={"AdditionalVersionWeights": {}})
    yield "create_alias_empty_routingconfig", empty
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    yield "create_alias_response", created("custom", "1", RoutingConfig=weights)
    yield "routing_config_exc_already_exist", refused(weights={"2": 0.5})
    yield "alias_does_not_exist_esc", stage.refused("get_alias", Name="non-existent")


@play
def lambda_provisioned_lifecycle(stage: Stage) -> Answers:
    client, f, one = stage.client, {"FunctionName": stage.name}, {"ProvisionedConcurrentExecutions": 1}
    version, alias = {**f, "Qualifier": "1"}, {**f, "Qualifier": "live"}
    client.create_function(
        **f, Role=stage.role, Code={"ZipFile": stage.code}, Environment={"Variables": {}},
        **{key: stage.recorded["publish_version_result"][key] for key in ("Runtime", "Handler", "Timeout")},
    )  # fmt: skip
    stage.settled()
    yield "publish_version_result", stage.publish()
    yield "create_alias_result", client.create_alias(**f, Name="live", FunctionVersion="1")
    yield "put_provisioned_on_version", client.put_provisioned_concurrency_config(**version, **one)
    conflict = stage.refused("put_provisioned_concurrency_config", **alias, **one)
    yield "put_provisioned_on_alias_versionconflict", conflict
    yield "delete_provisioned_version", client.delete_provisioned_concurrency_config(**version)
    gone = stage.refused("get_provisioned_concurrency_config", **version)
    yield "get_provisioned_version_postdelete", gone
    yield "put_provisioned_on_alias", client.put_provisioned_concurrency_config(**alias, **one)
    conflict = stage.refused("put_provisioned_concurrency_config", **version, **one)
    yield "put_provisioned_on_version_conflict", conflict
    yield "delete_alias_result", client.delete_alias(**f, Name="live")
    gone = stage.refused("get_provisioned_concurrency_config", **alias)
    yield "get_provisioned_alias_postaliasdelete", gone
    yield "list_response_postdeletes", client.list_provisioned_concurrency_configs(**f)


@play
def lambda_permission_fn_versioning(stage: Stage) -> Answers:
    client, f = stage.client, {"FunctionName": stage.name}
    version, alias = {**f, "Qualifier": "1"}, {**f, "Qualifier": "permission-alias"}
    allow = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::bucket"}

    def permitted(sid: str = "s3", **more: Any) -> Any:
        answer = client.add_permission(**{**f, **more}, **allow, StatementId=sid)
        return {**answer, "Statement": json.loads(answer["Statement"])}

    def policy(**more: Any) -> Any:
        answer = client.get_policy(**{**f, **more})
        return {**answer, "Policy": json.loads(answer["Policy"])}

    shown = stage.recorded["publish_version_result"]
    client.create_function(
        **f, Role=stage.role, Code={"ZipFile": stage.code}, Environment={"Variables": {}},
        **{key: shown[key] for key in ("Runtime", "Handler", "Timeout")},
    )  # fmt: skip
    stage.settled()
    yield "add_permission", permitted()
    yield "get_policy", policy()
    yield "publish_version_result", stage.publish()
    yield "get_function_result_after_publishing", stage.settled()
    yield "get_policy_after_publishing_latest", policy()
    yield "get_policy_after_publishing_new_version", stage.refused("get_policy", **version)
    permitted(**version)
    yield "get_policy_version", policy(**version)
    created = client.create_alias(**f, Name="permission-alias", FunctionVersion="1")
    yield "create_alias_response", created
    yield "get_alias", client.get_alias(**f, Name="permission-alias")
    wrong = stage.refused("add_permission", **alias, **allow, StatementId="s3", RevisionId="wrong")
    yield "add_permission_alias_revision_exception", wrong
    permitted(**alias, RevisionId=created["RevisionId"])
    yield "get_policy_alias", policy(**alias)
    yield "get_policy_after_adding_to_new_version", policy()
    permitted("s3_2")
    yield "get_policy_after_adding_2", policy()


@play
def function_revisions_basic(stage: Stage) -> Answers:
    client, f = stage.client, {"FunctionName": stage.name}
    yield "create_function_response_rev1", stage.create()
    second = stage.settled()
    yield "get_function_response_rev2", second
    wrong = stage.refused("update_function_code", ZipFile=stage.code, RevisionId="wrong")
    yield "update_function_revision_exception", wrong
    held = second["Configuration"]["RevisionId"]
    yield "update_function_code_response_rev3", client.update_function_code(**f, ZipFile=stage.code, RevisionId=held)
    fourth = stage.settled()
    yield "get_function_response_rev4", fourth
    wrong = stage.refused("update_function_configuration", Runtime="python3.8", RevisionId="wrong")
    yield "update_function_configuration_revision_exception", wrong
    held = fourth["Configuration"]["RevisionId"]
    updated = client.update_function_configuration(**f, Runtime="python3.8", RevisionId=held)
    yield "update_function_configuration_response_rev5", updated
    yield "get_function_response_rev6", stage.settled()


@play
def non_existent_alias_deletion(stage: Stage) -> Answers:
    yield "create_response", stage.create()
    gone = stage.client.delete_alias(FunctionName=stage.name, Name="non-existent")
    yield "delete_alias_response", gone


@play
def non_existent_alias_update(stage: Stage) -> Answers:
    yield "create_response", stage.create()
    yield "update_alias_response", stage.refused("update_alias", Name="non-existent")


@pytest.mark.parametrize("name", PLAYS)
def test_answers_equal_the_recorded_ones(
    name: str, unchecked_client: LambdaClient, function_name: str, role: str, zipped: Callable[..., bytes]
) -> None:
    recorded = recordings()[name]
    stage = Stage(unchecked_client, function_name, role, zipped(), recorded)
    comparison, given = Comparison(_YOUNGER.get(name, frozenset())), []
    for answer, value in PLAYS[name](stage):
        comparison.same(recorded[answer], value, answer)
        given.append(answer)
    assert given == list(recorded)


def test_every_recording_is_played() -> None:
    assert set(recordings()) == set(PLAYS)
