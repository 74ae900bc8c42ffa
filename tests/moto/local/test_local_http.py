"""The server below the services: connections, bodies, requests that mean nothing."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import deployer.local
from deployer.local.rules import aliases, api
from deployer.local.server import Server

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

    from .subject import Subject

SIGNED = {
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=me/20260101/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    )
}


@pytest.fixture
def connection(local_by_content: LocalLambda) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(local_by_content.endpoint_url.removeprefix("http://"))) as opened:
        yield opened


def sent(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **more: Any
) -> tuple[int, Any]:
    """Status and JSON of one signed request."""
    connection.request(method, path, body, SIGNED, **more)
    answer = connection.getresponse()
    held = answer.read()
    return answer.status, json.loads(held) if held else None


def test_a_connection_serves_any_number_of_requests(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    socket = connection.sock
    told = [sent(connection, "GET", "/2015-03-31/functions/none")[0] for _ in range(3)]
    assert (told, connection.sock) == ([404, 404, 404], socket)


def test_a_body_in_chunks_is_read_whole(connection: http.client.HTTPConnection) -> None:
    parts = iter([b'{"Handler": "h.h", ', b'"Timeout": 0}'])
    status, told = sent(connection, "PUT", "/2015-03-31/functions/none/configuration", parts, encode_chunked=True)
    assert (status, "'0' at 'timeout'" in told["message"]) == (400, True)


@pytest.mark.parametrize("body", [b"[", b"[1]", b"", b"null"])
def test_a_body_that_is_no_object_has_nothing_of_what_is_needed(
    connection: http.client.HTTPConnection, body: bytes
) -> None:
    status, told = sent(connection, "POST", "/2015-03-31/functions/f/aliases", body)
    assert (status, told["message"]) == (
        400,
        (
            "2 validation errors detected: "
            "Value null at 'name' failed to satisfy constraint: Member must not be null; "
            "Value null at 'functionVersion' failed to satisfy constraint: Member must not be null"
        ),
    )


def test_code_that_is_no_base64_cannot_be_unzipped(connection: http.client.HTTPConnection, role: str) -> None:
    given = {"FunctionName": "x", "Role": role, "Runtime": "python3.12", "Handler": "h.h", "Code": {"ZipFile": "***"}}
    status, told = sent(connection, "POST", "/2015-03-31/functions", json.dumps(given))
    assert (status, told["message"]) == (
        400,
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )


def test_a_marker_from_nowhere_is_refused(function: Subject) -> None:
    assert function.refused("list_versions_by_function", Marker="x") == (
        "InvalidParameterValueException",
        400,
        "Invalid value at 'marker': x",
    )


def test_tags_of_an_absent_function_are_not_found(subject: Subject) -> None:
    with pytest.raises(subject.client.exceptions.ResourceNotFoundException, match=f"Function not found: {subject.arn}"):
        subject.client.list_tags(Resource=subject.arn)


def test_a_path_that_no_operation_has_is_left_to_moto(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/2015-03-31/nothing", headers=SIGNED)
    assert connection.getresponse().status == 404


def test_a_request_that_nobody_signed_is_left_to_moto(local_by_content: LocalLambda) -> None:
    with urllib.request.urlopen(f"{local_by_content.endpoint_url}/moto-api/data.json") as answer:  # noqa: S310 - loopback
        assert answer.status == 200


def test_a_fault_of_the_server_itself_is_its_500(
    function: Subject, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(api, "RULES", {**api.RULES, "GetAlias": broken})
    assert aliases.get_alias is not broken
    assert function.refused("get_alias", Name="live") == (
        "ServiceException",
        500,
        "the embedded Lambda itself failed; see its log",
    )
    assert "RuntimeError: broken" in caplog.text


def test_a_server_that_was_not_started_answers_nothing() -> None:
    server = Server(0)
    with pytest.raises(RuntimeError, match="has not been started"):
        server.app({}, lambda *_: None)  # type: ignore[arg-type] # never looked at
    server.server_close()


def test_stopping_ends_connections_that_rest_and_those_already_gone() -> None:
    with deployer.local.start() as local:
        host = local.endpoint_url.removeprefix("http://")
        resting, gone = http.client.HTTPConnection(host), http.client.HTTPConnection(host)
        for one in (resting, gone):
            sent(one, "GET", "/2015-03-31/functions/none")
        gone.close()
    with closing(resting), pytest.raises((OSError, http.client.RemoteDisconnected)):
        sent(resting, "GET", "/2015-03-31/functions/none")


def test_expressions_and_impossible_times_are_left_to_motos_cloudwatch(local: LocalLambda) -> None:
    cloudwatch: Any = boto3.client("cloudwatch", endpoint_url=local.endpoint_url)
    now = datetime.now(UTC)
    query = [{"Id": "e", "Expression": "1 + 1", "Period": 60}]
    answer = cloudwatch.get_metric_data(MetricDataQueries=query, StartTime=now - timedelta(hours=1), EndTime=now)
    assert [one["Id"] for one in answer["MetricDataResults"]] == ["e"]
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors"}
    query = [{"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}]
    with pytest.raises(cloudwatch.exceptions.ClientError, match="EndTime must be greater than StartTime"):
        cloudwatch.get_metric_data(MetricDataQueries=query, StartTime=now, EndTime=now - timedelta(hours=1))


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("lambda", "GET", "/2015-03-31/functions/none"),
        ("lambda", "GET", "/2015-03-31/nothing"),
        ("s3", "GET", "/"),
        ("cloudformation", "POST", "/?Action=Nothing"),
    ],
    ids=["Lambda", "unknown", "moto", "CloudFormation"],
)
def test_every_answer_tells_the_time_of_the_server_once(service: str, method: str, path: str) -> None:
    signed = {name: value.replace("/lambda/", f"/{service}/") for name, value in SIGNED.items()}
    with deployer.local.start(clock=lambda: 1_795_000_000.9) as local:
        host = local.endpoint_url.removeprefix("http://")
        with closing(http.client.HTTPConnection(host)) as connection:
            connection.request(method, path, headers=signed)
            assert connection.getresponse().headers.get_all("Date") == ["Wed, 18 Nov 2026 11:06:40 GMT"]
