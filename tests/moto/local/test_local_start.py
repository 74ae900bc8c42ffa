"""Starting, stopping, and refusing to start."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

import deployer.local
from deployer.local import ExtraMissing, InvalidSetting, LocalSettings, PortTaken, WrongMoto


def test_moto_is_exactly_the_version_whose_gaps_are_known() -> None:
    assert importlib.metadata.version("moto") == deployer.local.PINNED_MOTO, (
        "moto moved: run tests/moto/local/test_vanilla_moto.py, drop the patches that it shows to be needless, "
        "then pin the new version in pyproject.toml and deployer.local.PINNED_MOTO together"
    )


def test_importing_the_package_loads_nothing_of_its_extra() -> None:
    script = (
        "import sys, deployer.local; "
        "print([m for m in ('moto', 'flask', 'werkzeug', 'boto3', 'botocore') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_another_moto_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "5.3.0")
    with pytest.raises(WrongMoto) as refused:
        deployer.local.start()
    assert str(refused.value) == (
        "The embedded Lambda is made for moto 5.2.5 exactly, and moto 5.3.0 is installed: "
        "pip install '.[local]' in a clone of deployer"
    )


def test_a_missing_extra_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(ExtraMissing) as refused:
        deployer.local.start()
    assert str(refused.value) == "The embedded Lambda needs moto: pip install '.[local]' in a clone of deployer"


def test_a_missing_part_of_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "flask" else object())
    with pytest.raises(ExtraMissing, match=r"needs flask: pip install '.\[local\]' in a clone"):
        deployer.local.start()


def test_a_taken_port_is_told_with_its_number() -> None:
    with deployer.local.start() as first:
        port = int(first.endpoint_url.rpartition(":")[2])
        with pytest.raises(PortTaken, match=rf"cannot listen on 127\.0\.0\.1:{port} \(Address already in use\)"):
            deployer.local.start(port=port)


def test_stopping_frees_the_port_closes_connections_and_may_be_repeated() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        local = deployer.local.start()
        client = boto3.client("lambda", endpoint_url=local.endpoint_url, region_name=local.region)
        client.list_functions()
        local.stop()
        local.stop()
        with pytest.raises(EndpointConnectionError):
            client.list_functions()
        port = int(local.endpoint_url.rpartition(":")[2])
        with deployer.local.start(port=port) as again:
            assert again.endpoint_url == local.endpoint_url


def test_its_environment_is_enough_for_a_client_of_another_process() -> None:
    with deployer.local.start(LocalSettings(region="us-west-2")) as local:
        script = (
            "import boto3; c = boto3.client('lambda'); "
            "print(c.meta.endpoint_url, c.meta.region_name, c.list_functions()['Functions'])"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=local.environment()
        )
    assert done.stdout == f"{local.endpoint_url} us-west-2 []\n"
    assert done.stderr == ""


def test_a_role_is_ready_from_the_start_and_after_a_reset(zipped: Callable[..., bytes]) -> None:
    with deployer.local.start() as local:
        client = boto3.client("lambda", endpoint_url=local.endpoint_url, region_name=local.region)

        def create(role: str) -> str:
            return client.create_function(
                FunctionName=f"of-{role}",
                Role=f"arn:aws:iam::123456789012:role/{role}",
                Runtime="python3.13",
                Handler="index.handler",
                Code={"ZipFile": zipped()},
            )["Role"]

        assert create("lambda") == "arn:aws:iam::123456789012:role/lambda"
        local.reset()
        assert create("lambda") == local.role()
        with pytest.raises(ClientError, match="The role defined for the function cannot be assumed by Lambda"):
            create("other")


def test_a_profile_that_is_not_there_is_no_concern_of_the_server() -> None:
    script = (
        "import os, boto3, deployer.local\n"
        "with deployer.local.start() as local:\n"
        "    del os.environ['AWS_PROFILE']\n"
        "    region = {'endpoint_url': local.endpoint_url, 'region_name': local.region}\n"
        "    metrics, machines = boto3.client('cloudwatch', **region), boto3.client('ec2', **region)\n"
        "    os.environ['AWS_PROFILE'] = 'nobody'\n"
        "    print(metrics.list_metrics()['Metrics'], machines.describe_instances()['Reservations'])\n"
        "    print(os.environ['AWS_PROFILE'])\n"
    )
    environment = {**os.environ, "AWS_PROFILE": "nobody"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert (done.stdout, done.stderr) == ("[] []\nnobody\n", "")


def test_nothing_is_printed_while_it_serves(capfd: pytest.CaptureFixture[str]) -> None:
    with deployer.local.start() as local:
        boto3.client("lambda", endpoint_url=local.endpoint_url, region_name=local.region).list_functions()
        boto3.client("sts", endpoint_url=local.endpoint_url, region_name=local.region).get_caller_identity()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dedupe": "luck"}, "'dedupe=luck': is one of content, touch"),
        ({"pending_polls": -1}, "'pending_polls=-1': is a whole number, not negative"),
        ({"role_refusals": 1.5}, "'role_refusals=1.5': is a whole number, not negative"),
        ({"provisioned_polls": True}, "'provisioned_polls=True': is a whole number, not negative"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        LocalSettings(**changes)
    assert str(refused.value) == f"setting of the embedded Lambda {message}"


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        InvalidSetting, match="'polls': there is no such setting; known: dedupe, metric_delay, pending_polls"
    ):
        LocalSettings().changed({"polls": 1})
