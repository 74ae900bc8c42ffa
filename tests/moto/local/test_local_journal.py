"""The logs of calls and alias writes, from this process and from others, and the settings by HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config

import deployer.local
from deployer.local import LocalSettings
from deployer.local.journal import Routing

from .subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.local.local_lambda import LocalLambda


@pytest.fixture
def own() -> Iterator[LocalLambda]:
    """A server of its own, since its logs are looked at whole."""
    with deployer.local.start() as running:
        yield running


@pytest.fixture
def quiet(own: LocalLambda, zipped: Callable[..., bytes]) -> Subject:
    """Function `f` with versions 1 and 2, and empty logs."""
    config = Config(user_agent_extra="app/release-7", retries={"total_max_attempts": 1})
    client = boto3.client("lambda", endpoint_url=own.endpoint_url, config=config)
    subject = Subject(client, "f", own.role(), zipped)
    subject.create()
    subject.versions(2)
    return subject


def asked(local: LocalLambda, path: str, body: dict[str, Any] | None = None, method: str = "GET") -> Any:
    """The JSON behind a control path."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{local.endpoint_url}/_deployer/{path}", data=data, method=method)  # noqa: S310 - loopback
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read() or b"null")


def test_every_call_is_logged_in_order_with_who_what_and_how_it_ended(own: LocalLambda, quiet: Subject) -> None:
    before = len(own.calls)
    quiet.alias("1")
    quiet.refused("update_alias", Name="live", RevisionId="stale")
    boto3.client("s3", endpoint_url=own.endpoint_url).list_buckets()
    boto3.client("sts", endpoint_url=own.endpoint_url).get_caller_identity()
    boto3.client("cloudwatch", endpoint_url=own.endpoint_url).describe_alarms()
    logged = own.calls[before:]
    assert [(one.service, one.operation, one.function, one.client, one.status, one.error) for one in logged] == [
        ("lambda", "CreateAlias", "f", "release-7", 201, None),
        ("lambda", "UpdateAlias", "f", "release-7", 412, "PreconditionFailedException"),
        ("s3", "ListBuckets", None, None, 200, None),
        ("sts", "GetCallerIdentity", None, None, 200, None),
        ("cloudwatch", "DescribeAlarms", None, None, 200, None),
    ]
    assert [one.number for one in own.calls] == list(range(1, len(own.calls) + 1))
    assert [one.time for one in own.calls] == sorted(one.time for one in own.calls)
    assert all("Boto3/" in one.user_agent for one in logged)


def test_the_function_of_a_creation_is_logged_too(own: LocalLambda, quiet: Subject) -> None:
    assert [(one.operation, one.function) for one in own.calls][:1] == [("CreateFunction", "f")]


def test_accepted_alias_writes_are_logged_with_before_and_after(own: LocalLambda, quiet: Subject) -> None:
    made = quiet.alias("1", Description="made")
    moved = quiet.move(FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {"1": 0.75}})
    quiet.refused("update_alias", Name="live", RevisionId="stale")
    quiet("delete_alias", Name="live")
    writes = own.alias_writes
    assert [(one.operation, one.before, one.after, one.description) for one in writes] == [
        ("CreateAlias", None, Routing("1", {}), "made"),
        ("UpdateAlias", Routing("1", {}), Routing("2", {"1": 0.75}), "made"),
        ("DeleteAlias", Routing("2", {"1": 0.75}), None, "made"),
    ]
    assert [one.revision_id for one in writes[:2]] == [made["RevisionId"], moved["RevisionId"]]
    assert {(one.function, one.alias) for one in writes} == {("f", "live")}
    assert all("app/release-7" in one.user_agent for one in writes)


def test_another_process_reads_both_logs(own: LocalLambda, quiet: Subject) -> None:
    quiet.alias("1")
    assert asked(own, "calls")["calls"][-1]["operation"] == "CreateAlias"
    written = asked(own, "alias-writes")["alias_writes"]
    assert [(one["alias"], one["before"], one["after"]) for one in written] == [
        ("live", None, {"version": "1", "weights": {}})
    ]


def test_settings_are_read_and_changed_from_another_process(own: LocalLambda, quiet: Subject) -> None:
    assert asked(own, "settings") == LocalSettings().as_json()
    changed = asked(own, "settings", {"pending_polls": 3, "dedupe": "touch"}, "POST")
    assert changed == LocalSettings(pending_polls=3, dedupe="touch").as_json()
    assert own.settings == LocalSettings(pending_polls=3, dedupe="touch")
    with pytest.raises(HTTPError) as refused:
        asked(own, "settings", {"polls": 3}, "POST")
    with refused.value as answer:
        assert (answer.code, json.loads(answer.read())["message"].split(":")[0]) == (
            400,
            "setting of the embedded Lambda 'polls'",
        )
    assert own.settings.pending_polls == 3


def test_a_reset_forgets_functions_logs_and_the_other_services(own: LocalLambda, quiet: Subject) -> None:
    quiet.alias("1")
    own.configure(pending_polls=1)
    assert asked(own, "reset", {}, "POST") is None
    assert (own.calls, own.alias_writes) == ((), ())
    assert quiet.refused("get_function").status == 404
    roles = boto3.client("iam", endpoint_url=own.endpoint_url).list_roles()["Roles"]
    assert [role["Arn"] for role in roles] == [own.role()]
    assert own.settings.pending_polls == 1


def test_an_unknown_control_path_is_told(own: LocalLambda) -> None:
    with pytest.raises(HTTPError) as refused:
        asked(own, "nothing")
    with refused.value as answer:
        assert answer.code == 404


def test_logs_can_be_read_while_others_write(own: LocalLambda, quiet: Subject) -> None:
    quiet.alias("1")

    def write() -> None:
        for _ in range(25):
            quiet.move(Description="again")

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    seen = [len(own.alias_writes) for _ in range(50)]
    for writer in writers:
        writer.join()
    assert seen == sorted(seen)
    assert [one.number for one in own.alias_writes] == list(range(1, 102))


def test_two_servers_of_one_process_share_no_functions(own: LocalLambda, quiet: Subject) -> None:
    with deployer.local.start() as other:
        client = boto3.client("lambda", endpoint_url=other.endpoint_url)
        assert client.list_functions()["Functions"] == []
        assert other.calls[0].number == 1


def test_it_runs_in_the_foreground_and_prints_the_environment_of_its_clients() -> None:
    arguments = ["--pending-polls", "2", "--dedupe", "touch", "--provisioned-init-fails", "--seed", "4"]
    with subprocess.Popen(
        [sys.executable, "-m", "deployer.local", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        environment = json.loads(process.stdout.readline())
        with urllib.request.urlopen(f"{environment['AWS_ENDPOINT_URL']}/_deployer/settings") as answer:  # noqa: S310 - loopback
            settings = json.loads(answer.read())
        process.terminate()
        assert process.communicate() == ("", "")
    assert process.returncode == 0
    wanted = LocalSettings(pending_polls=2, dedupe="touch", provisioned_init_fails=True, seed=4)
    assert settings == wanted.as_json()


def test_wrong_options_of_the_foreground_end_it_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deployer.local", "--pending-polls", "-1"], capture_output=True, text=True, check=False
    )
    told = "setting of the embedded Lambda 'pending_polls=-1': is a whole number, not negative\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
