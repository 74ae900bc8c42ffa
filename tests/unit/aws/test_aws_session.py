"""How clients are made, and that they belong where the environment says."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from deployer.aws import session as session_module
from deployer.aws.alias import Alias
from deployer.aws.failure import Misconfigured, NotAllowed, WrongAccount
from deployer.aws.session import Session

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders:LIVE"


@pytest.fixture(autouse=True)
def _somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


CLIENTS = (
    "lambda_client",
    "s3_client",
    "cloudformation_client",
    "cloudwatch_client",
    "tagging_client",
)


@pytest.mark.parametrize("name", CLIENTS)
def test_retries_and_timeouts_are_set_explicitly(name: str) -> None:
    config = getattr(Session("eu-central-1"), name).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 8}
    assert (config.connect_timeout, config.read_timeout, config.tcp_keepalive) == (10, 60, True)
    assert config.user_agent_extra.startswith("deployer/")


@pytest.mark.parametrize("name", ["sns_client", "events_client"])
def test_whoever_is_only_told_keeps_nobody_waiting(name: str) -> None:
    config = getattr(Session("eu-central-1"), name).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (config.connect_timeout, config.read_timeout) == (3, 5)


def test_an_invocation_is_sent_once_and_waited_for_as_long_as_it_may_take() -> None:
    config: Any = Session("eu-central-1").invoking_client(905.0).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (config.connect_timeout, config.read_timeout, config.tcp_keepalive) == (10, 905.0, True)


def test_a_client_is_made_once() -> None:
    session = Session("eu-central-1")
    assert session.lambda_client is session.lambda_client
    assert session.lambda_client.meta.region_name == "eu-central-1"


def misconfigured(session: Session) -> str:
    told = set[str]()
    for name in CLIENTS:
        with pytest.raises(Misconfigured) as caught:
            getattr(session, name)
        told.add(str(caught.value))
    (one,) = told  # the same, whichever client is asked for
    return one


def test_without_a_region_the_way_out_is_named() -> None:
    assert misconfigured(Session()) == (
        "could not connect to AWS: You must specify a region.\n"
        "  correct your AWS settings: set the environment's `region`, or AWS_DEFAULT_REGION"
    )


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"AWS_ENDPOINT_URL": "foo"}, "Invalid endpoint: foo"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:abc"}, "Port could not be cast to integer value as 'abc'"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:99999"}, "Port out of range 0-65535"),
        ({"AWS_DEFAULT_REGION": "eu central"}, "Provided region_name 'eu central' doesn't match a supported format."),
    ],
    ids=["no address", "port no number", "port too high", "region with a space"],
)
def test_settings_that_no_call_can_be_made_with_are_told(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], problem: str
) -> None:
    for name, value in {"AWS_DEFAULT_REGION": "eu-central-1", **variables}.items():
        monkeypatch.setenv(name, value)
    assert misconfigured(Session()) == (
        f"could not connect to AWS: {problem}\n  correct your AWS settings: "
        "variables like AWS_ENDPOINT_URL and AWS_DEFAULT_REGION, or the files in ~/.aws"
    )


@pytest.mark.parametrize("variables", [{}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}], ids=["AWS", "own address"])
def test_a_region_that_is_empty_is_none(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in {"AWS_DEFAULT_REGION": "", **variables}.items():
        monkeypatch.setenv(name, value)
    assert misconfigured(Session()).startswith("could not connect to AWS: You must specify a region.")


@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_a_damaged_file_of_settings_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    path = tmp_path / "settings"
    path.write_text("[default\nregion = eu-central-1\n", encoding="utf-8")
    monkeypatch.setenv(variable, str(path))
    assert misconfigured(Session("eu-central-1")) == (
        f"could not connect to AWS: Unable to parse config file: {path}\n"
        "  correct your AWS settings: mend or remove that file"
    )


def test_a_client_that_cannot_be_made_to_see_the_account_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "near")
    with pytest.raises(Misconfigured, match="STS regional endpoints option near is invalid"):
        Session("eu-central-1", "123456789012").guard_absent()


def test_certificates_that_are_not_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(session_module, "ATTEMPTS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(
            Misconfigured, match="No such file or directory\n  correct your AWS settings: AWS_CA_BUNDLE"
        ):
            Alias(Session("eu-central-1").lambda_client, "orders", "LIVE").read()


def test_a_session_tells_when_its_credentials_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2999-01-01T00:00:00Z")
    assert Session("eu-central-1").credentials_end == 32472144000.0
    with pytest.raises(NotAllowed, match="could not see when the credentials with profile prd end"):
        _ = Session("eu-central-1", profile="prd").credentials_end


def test_a_profile_that_is_not_there_is_named() -> None:
    with pytest.raises(NotAllowed) as caught:
        _ = Session("eu-central-1", profile="prd").s3_client
    assert str(caught.value).startswith("could not connect to AWS with profile prd: The config profile (prd)")


@pytest.mark.parametrize(
    "session",
    [
        Session(),
        Session("eu-central-1"),
        Session(account="123456789012"),
        Session("eu-central-1", "123456789012"),
    ],
)
def test_an_arn_of_the_right_place_passes(session: Session) -> None:
    session.guard(ARN)
    session.guard(ARN.removesuffix(":LIVE"))


@pytest.mark.parametrize(
    ("session", "text"),
    [
        (Session(account="999999999999"), "names account 999999999999, but the credentials lead to 123456789012"),
        (Session("us-east-1"), "names region us-east-1, but the credentials lead to eu-central-1"),
    ],
)
def test_an_arn_of_another_place_ends_the_command(session: Session, text: str) -> None:
    with pytest.raises(WrongAccount, match=text):
        session.guard(ARN)


def test_without_a_named_account_nobody_asks_whose_the_credentials_are() -> None:
    Session("eu-central-1").guard_absent()
