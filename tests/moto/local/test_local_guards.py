"""The guards of this suite itself: nothing beyond loopback, no credentials of whoever runs it."""

from __future__ import annotations

import os
import socket

import boto3
import pytest


def test_a_connection_beyond_loopback_fails() -> None:
    with (
        socket.socket() as reaching,
        pytest.raises(pytest.fail.Exception, match=r"connection to \('192\.0\.2\.1', 80\)"),
    ):
        reaching.connect(("192.0.2.1", 80))


def test_a_name_beyond_loopback_is_not_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"look-up of 'example\.org'"):
        socket.create_connection(("example.org", 80))


def test_a_client_without_an_endpoint_reaches_nobody() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"look-up of 'lambda\.eu-central-1\.amazonaws\.com'"):
        boto3.client("lambda").list_functions()


def test_only_dummies_of_aws_are_in_the_environment() -> None:
    assert {name: os.environ[name] for name in os.environ if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
