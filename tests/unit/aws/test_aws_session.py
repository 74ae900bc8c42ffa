"""How clients are made, and that they belong where the environment says."""

from __future__ import annotations

import pytest

from deployer.aws.failure import NotAllowed, WrongAccount
from deployer.aws.session import Session

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders:LIVE"


@pytest.fixture(autouse=True)
def _somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize("name", ["lambda_client", "s3_client"])
def test_retries_and_timeouts_are_set_explicitly(name: str) -> None:
    config = getattr(Session("eu-central-1"), name).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 8}
    assert (config.connect_timeout, config.read_timeout, config.tcp_keepalive) == (10, 60, True)
    assert config.user_agent_extra.startswith("deployer/")


def test_a_client_is_made_once() -> None:
    session = Session("eu-central-1")
    assert session.lambda_client is session.lambda_client
    assert session.lambda_client.meta.region_name == "eu-central-1"


def test_without_a_region_the_way_out_is_named() -> None:
    with pytest.raises(NotAllowed, match="could not connect to AWS: You must specify a region"):
        _ = Session().lambda_client


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
