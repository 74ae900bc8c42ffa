"""Aliases: compare-and-swap, what is kept and cleared, and every refusal of a target."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from .test_local_functions import STALE

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

    from .subject import Subject


def weights(**shares: float) -> dict[str, Any]:
    """RoutingConfig with `v2=0.5` for version 2."""
    return {"AdditionalVersionWeights": {version.removeprefix("v"): share for version, share in shares.items()}}


@pytest.fixture
def aliased(function: Subject) -> Subject:
    """A function with versions 1 to 3 and alias `live` on 1."""
    function.versions(3)
    function.alias("1")
    return function


def test_an_alias_is_what_was_asked_for(function: Subject) -> None:
    """Recorded."""
    function.versions(2)
    made = function.alias("1", {"2": 0.2}, Description="custom")
    assert made == {
        "AliasArn": f"{function.arn}:live",
        "Name": "live",
        "FunctionVersion": "1",
        "Description": "custom",
        "RevisionId": made["RevisionId"],
        "RoutingConfig": weights(v2=0.2),
    }
    assert function.got() == made


def test_an_alias_without_weights_shows_no_routing_config(aliased: Subject) -> None:
    """Recorded."""
    assert "RoutingConfig" not in aliased.got()


def test_every_update_gives_a_new_revision_even_without_a_change(aliased: Subject) -> None:
    """Recorded."""
    revisions = [aliased.got()["RevisionId"], *(aliased.move()["RevisionId"] for _ in range(3))]
    assert len(set(revisions)) == 4
    assert aliased.got()["RevisionId"] == revisions[-1]


def test_a_revision_that_is_not_the_latest_is_refused_and_nothing_changes(aliased: Subject) -> None:
    """§2."""
    stale = aliased.got()["RevisionId"]
    aliased.move(FunctionVersion="2", RevisionId=stale)
    before = aliased.got()
    assert aliased.refused("update_alias", Name="live", FunctionVersion="3", RevisionId=stale) == STALE
    assert aliased.got() == before


def test_what_an_update_leaves_out_is_kept(aliased: Subject) -> None:
    """§2."""
    aliased.move(FunctionVersion="2", RoutingConfig=weights(v1=0.75), Description="told")
    kept = [
        aliased.move(FunctionVersion="3"),
        aliased.move(Description="more"),
        aliased.move(RoutingConfig=weights(v1=0.5)),
    ]
    shown = [(one["FunctionVersion"], one["RoutingConfig"], one["Description"]) for one in kept]
    assert shown == [
        ("3", weights(v1=0.75), "told"),
        ("3", weights(v1=0.75), "more"),
        ("3", weights(v1=0.5), "more"),
    ]


def test_promoting_without_clearing_the_weights_is_refused(aliased: Subject) -> None:
    """§2: the trap of the kept weights."""
    aliased.move(RoutingConfig=weights(v2=0.5))
    assert aliased.refused("update_alias", Name="live", FunctionVersion="2") == (
        "InvalidParameterValueException",
        400,
        "Invalid function version 2. Function version 2 is already included in routing configuration.",
    )


@pytest.mark.parametrize("empty", [{"AdditionalVersionWeights": {}}, {}])
def test_an_empty_map_clears_the_weights(aliased: Subject, empty: dict[str, Any]) -> None:
    """Recorded; the shorter form by §2."""
    aliased.move(RoutingConfig=weights(v2=0.5))
    assert "RoutingConfig" not in aliased.move(FunctionVersion="2", RoutingConfig=empty)
    assert "RoutingConfig" not in aliased.got()


def test_a_description_can_be_emptied(aliased: Subject) -> None:
    aliased.move(Description="told")
    assert aliased.move(Description="")["Description"] == ""


@pytest.mark.parametrize("share", [0.0, 1.0, 0.0001])
def test_the_bounds_of_a_weight_belong_to_it(aliased: Subject, share: float) -> None:
    """§2."""
    assert aliased.move(RoutingConfig=weights(v2=share))["RoutingConfig"] == weights(v2=share)


def out_of_range(shown: str) -> str:
    return (
        f"1 validation error detected: Value '{{{shown}}}' at 'routingConfig.additionalVersionWeights' failed to "
        "satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
        "Member must have value greater than or equal to 0.0, Member must not be null]"
    )


LATEST_KEY = (
    "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy "
    "constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must "
    "have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
)

REFUSALS: dict[str, tuple[dict[str, Any], str, int, str]] = {
    "two second versions": (
        {"RoutingConfig": weights(v2=0.5, v3=0.1)},
        "InvalidParameterValueException",
        400,
        "Number of items in AdditionalVersionWeights cannot be greater than 1",
    ),
    "a weight above 1": ({"RoutingConfig": weights(v2=2.0)}, "ValidationException", 400, out_of_range("2=2.0")),
    "a weight below 0": ({"RoutingConfig": weights(v2=-1.0)}, "ValidationException", 400, out_of_range("2=-1.0")),
    "the primary as the second": (
        {"RoutingConfig": weights(v1=0.5)},
        "InvalidParameterValueException",
        400,
        "Invalid function version 1. Function version 1 is already included in routing configuration.",
    ),
    "$LATEST as the second": (
        {"RoutingConfig": {"AdditionalVersionWeights": {"$LATEST": 0.5}}},
        "ValidationException",
        400,
        LATEST_KEY,
    ),
    "$LATEST with weights": (
        {"FunctionVersion": "$LATEST", "RoutingConfig": weights(v2=0.5)},
        "InvalidParameterValueException",
        400,
        "$LATEST is not supported for an alias pointing to more than 1 version",
    ),
    "an absent primary": (
        {"FunctionVersion": "10"},
        "ResourceNotFoundException",
        404,
        "Function not found: ARN:10",
    ),
    "an absent second": (
        {"RoutingConfig": weights(v10=0.5)},
        "ResourceNotFoundException",
        404,
        "Function not found: ARN:10",
    ),
    "an alias as the target": (
        {"FunctionVersion": "live"},
        "ValidationException",
        400,
        (
            "1 validation error detected: Value 'live' at 'functionVersion' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: (\\$LATEST(\\.PUBLISHED)?|[0-9]+)"
        ),
    ),
    "a description too long": (
        {"Description": "x" * 257},
        "ValidationException",
        400,
        (
            f"1 validation error detected: Value '{'x' * 257}' at 'description' failed to satisfy constraint: "
            "Member must have length less than or equal to 256"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("operation", ["create_alias", "update_alias"])
def test_a_target_that_lambda_forbids_is_refused_and_nothing_changes(
    aliased: Subject, operation: str, case: str
) -> None:
    """Recorded, but for the last two, which the service model states (§2)."""
    given, code, status, message = REFUSALS[case]
    before = aliased("list_aliases")
    name = {"update_alias": {"Name": "live"}, "create_alias": {"Name": "new", "FunctionVersion": "1"}}[operation]
    assert aliased.refused(operation, **{**name, **given}) == (code, status, message.replace("ARN", aliased.arn))
    assert aliased("list_aliases") == before


def test_an_alias_may_stand_on_latest_alone(aliased: Subject) -> None:
    """Recorded."""
    assert aliased.move(FunctionVersion="$LATEST")["FunctionVersion"] == "$LATEST"


def test_versions_of_two_roles_do_not_pair(function: Subject, local: LocalLambda) -> None:
    """§2."""
    function.versions(1)
    function.configure(Role=local.role("another"))
    function.publish()
    function.alias("1")
    assert function.refused("update_alias", Name="live", RoutingConfig=weights(v2=0.5)) == (
        "InvalidParameterValueException",
        400,
        "Specified versions must be associated with the same execution role",
    )
    assert function.move(FunctionVersion="2")["FunctionVersion"] == "2"


def test_versions_of_two_dead_letter_queues_do_not_pair(function: Subject) -> None:
    """§2; the message is not on record."""
    function.versions(1)
    function.configure(DeadLetterConfig={"TargetArn": "arn:aws:sqs:eu-central-1:123456789012:dead"})
    function.publish()
    function.alias("1")
    assert function.refused("update_alias", Name="live", RoutingConfig=weights(v2=0.5)) == (
        "InvalidParameterValueException",
        400,
        "Specified versions must be associated with the same dead-letter queue configuration, or none",
    )


@pytest.mark.parametrize("name", ["1", "2024", "a.b", "with space", "x" * 129])
def test_names_that_lambda_forbids_are_refused(function: Subject, name: str) -> None:
    """§2."""
    function.publish()
    refused = function.refused("create_alias", Name=name, FunctionVersion="1")
    assert (refused.code, refused.status) == ("ValidationException", 400)
    assert f"Value '{name}' at 'name' failed to satisfy constraint: Member must" in refused.message


def test_a_name_of_digits_and_dashes_is_fine(function: Subject) -> None:
    """§2."""
    function.publish()
    assert function.alias(Name="2024-01-02")["Name"] == "2024-01-02"


def test_an_alias_that_is_there_is_not_created_again(aliased: Subject) -> None:
    """Recorded."""
    refused = aliased.refused("create_alias", Name="live", FunctionVersion="2")
    assert refused == ("ResourceConflictException", 409, f"Alias already exists: {aliased.arn}:live")


def test_an_absent_alias_is_told_in_the_words_of_each_operation(aliased: Subject) -> None:
    """Recorded."""
    assert [aliased.refused(operation, Name="none") for operation in ("get_alias", "update_alias")] == [
        ("ResourceNotFoundException", 404, f"Cannot find alias arn: {aliased.arn}:none"),
        ("ResourceNotFoundException", 404, f"Alias not found: {aliased.arn}:none"),
    ]
    deleted = aliased.client.delete_alias(FunctionName=aliased.name, Name="none")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_an_alias_of_an_absent_function_is_told_with_the_version(subject: Subject) -> None:
    """Recorded."""
    assert subject.refused("create_alias", Name="live", FunctionVersion="1") == (
        "ResourceNotFoundException",
        404,
        f"Function not found: {subject.arn}:1",
    )


def test_a_function_is_shown_through_an_alias_as_its_primary_version(aliased: Subject) -> None:
    """Recorded."""
    aliased.move(FunctionVersion="2", RoutingConfig=weights(v1=0.75))
    shown = aliased("get_function_configuration", Qualifier="live")
    assert (shown["Version"], shown["FunctionArn"]) == ("2", f"{aliased.arn}:live")


def test_writing_an_alias_leaves_the_revisions_of_function_and_version(aliased: Subject) -> None:
    """§2."""
    revisions = [aliased("get_function_configuration", Qualifier=q)["RevisionId"] for q in ("$LATEST", "1")]
    aliased.move(Description="other")
    assert [aliased("get_function_configuration", Qualifier=q)["RevisionId"] for q in ("$LATEST", "1")] == revisions


def test_aliases_are_listed_by_name_page_by_page_and_by_primary_version(aliased: Subject) -> None:
    """§1c, recorded."""
    aliased.alias("2", {"1": 0.5}, Name="beta")
    aliased.alias("1", Name="alpha")
    first = aliased("list_aliases", MaxItems=2)
    rest = aliased("list_aliases", MaxItems=2, Marker=first["NextMarker"])
    names = [[one["Name"] for one in page["Aliases"]] for page in (first, rest)]
    assert names == [["alpha", "beta"], ["live"]]
    assert [one["Name"] for one in aliased("list_aliases", FunctionVersion="1")["Aliases"]] == ["alpha", "live"]


@pytest.mark.parametrize("local", ["content"], indirect=True)
def test_a_call_waits_while_another_is_between_its_check_and_its_write(aliased: Subject, local: LocalLambda) -> None:
    """One lock of the whole world makes each call one step."""
    waiting = threading.Thread(target=aliased.move, kwargs={"Description": "waited"})
    with local._world.lock:
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(10)
    assert aliased.got()["Description"] == "waited"


# By bare HTTP: 16 times the start of an SDK would be most of this suite's time.
_WRITER = """
import http.client, json, sys
host, path, me = sys.argv[1:]
scope = "AWS4-HMAC-SHA256 Credential=me/20260101/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
connection = http.client.HTTPConnection(host)
connection.request("GET", path, headers={"Authorization": scope})
revision = json.loads(connection.getresponse().read())["RevisionId"]
print("ready", flush=True)
sys.stdin.readline()
body = json.dumps({"Description": me, "RevisionId": revision})
connection.request("PUT", path, body, {"Authorization": scope})
print(connection.getresponse().status)
"""


@pytest.mark.parametrize("local", ["content"], indirect=True)
def test_of_16_processes_that_saw_one_revision_exactly_one_writes(aliased: Subject, local: LocalLambda) -> None:
    """Each step of an alias is one compare-and-swap."""
    host = local.endpoint_url.removeprefix("http://")
    path = f"/2015-03-31/functions/{aliased.name}/aliases/live"
    writers = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _WRITER, host, path, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(16)
    ]
    assert [(writer.stdout and writer.stdout.readline()) for writer in writers] == ["ready\n"] * 16
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    told = [writer.communicate()[0].strip() for writer in writers]
    assert sorted(told) == ["200", *["412"] * 15]
    assert aliased.got()["Description"] == str(told.index("200"))
    writes = [one for one in local.alias_writes if one.function == aliased.name]
    assert [one.operation for one in writes] == ["CreateAlias", "UpdateAlias"]
