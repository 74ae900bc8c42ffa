"""When credentials end: those that renew themselves are no matter, those that end are told."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from deployer.aws.credentials import expiry

END = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
KEY = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
TOKEN = f"{KEY}aws_session_token = t\n"
URL = "https://example.awsapps.com/start"
SSO = "sso_account_id = 123456789012\nsso_role_name = r\n"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A person with no settings of AWS at all."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("AWS_CREDENTIAL_EXPIRATION", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def end(profile: str | None = None) -> float | None:
    return expiry(boto3.session.Session(profile_name=profile, region_name="eu-central-1"))


def log_in(home: Path, name: str, **token: Any) -> None:
    """Leave what `aws sso login` leaves."""
    folder = home / ".aws" / "sso" / "cache"
    folder.mkdir(parents=True)
    told = {"accessToken": "a", "expiresAt": "2026-11-18T12:00:00Z", **token}
    digest = hashlib.sha1(name.encode()).hexdigest()  # noqa: S324  # the name that AWS gives the file
    (folder / f"{digest}.json").write_text(json.dumps(told), encoding="utf-8")


def test_without_credentials_nothing_is_known() -> None:
    assert end() is None


@pytest.mark.parametrize(
    ("written", "known"),
    [(None, None), ("2999-11-18T12:00:00Z", datetime(2999, 11, 18, 12, tzinfo=UTC).timestamp())],
)
def test_the_environment_may_tell_the_end(monkeypatch: pytest.MonkeyPatch, written: str | None, known: float) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "x")
    if written:
        monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", written)
    assert end() == known


@pytest.mark.parametrize(
    "line",
    [
        "aws_expiration = 2026-11-18T12:00:00.000Z",
        "expiration = 2026-11-18 12:00:00",
        "x_security_token_expires = 2026-11-18T13:00:00+01:00",
        "aws_credential_expiration = 2026-11-18T12:00:00Z",
        "aws_session_expiration = 2026-11-18T12:00:00+00:00",
    ],
)
def test_the_tool_that_wrote_a_session_token_may_tell_its_end(home: Path, line: str) -> None:
    (home / "credentials").write_text(f"[default]\n{TOKEN}{line}\n", encoding="utf-8")
    assert end() == END.timestamp()


@pytest.mark.parametrize(
    "lines",
    [TOKEN, f"{TOKEN}expiration = soon\n", f"{KEY}expiration = 2026-11-18 12:00:00\n"],
    ids=["nothing written", "nothing that can be read", "a key that does not end"],
)
def test_a_file_that_does_not_tell_is_not_guessed_at(home: Path, lines: str) -> None:
    (home / "credentials").write_text(f"[default]\n{lines}", encoding="utf-8")
    assert end() is None


def test_a_role_is_assumed_as_long_as_its_source_lives(home: Path) -> None:
    (home / "config").write_text(
        "[profile prd]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = hub\n"
        "[profile hub]\nrole_arn = arn:aws:iam::2:role/h\nsource_profile = base\n",
        encoding="utf-8",
    )
    (home / "credentials").write_text(f"[base]\n{TOKEN}aws_expiration = 2026-11-18T12:00:00Z\n", encoding="utf-8")
    assert end("prd") == END.timestamp()


def test_a_role_whose_profile_has_the_keys_too_lives_as_long_as_these(home: Path) -> None:
    role = "role_arn = arn:aws:iam::1:role/r\nsource_profile = prd\n"
    (home / "config").write_text(f"[profile prd]\n{role}", encoding="utf-8")
    (home / "credentials").write_text(f"[prd]\n{TOKEN}expiration = 2026-11-18T12:00:00Z\n", encoding="utf-8")
    assert end("prd") == END.timestamp()


def test_a_role_of_keys_that_do_not_end_does_not_end(home: Path) -> None:
    role = "role_arn = arn:aws:iam::1:role/r\nsource_profile = base\n"
    (home / "config").write_text(f"[profile prd]\n{role}", encoding="utf-8")
    (home / "credentials").write_text(f"[base]\n{KEY}", encoding="utf-8")
    assert end("prd") is None


def test_a_role_by_the_environment_lives_as_long_as_that(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    role = "role_arn = arn:aws:iam::1:role/r\ncredential_source = Environment\n"
    (home / "config").write_text(f"[profile prd]\n{role}", encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2999-11-18T12:00:00Z")
    assert end("prd") == datetime(2999, 11, 18, 12, tzinfo=UTC).timestamp()


def test_a_role_with_mfa_ends_by_itself_as_nobody_is_asked_for_a_code_twice(home: Path) -> None:
    role = "role_arn = arn:aws:iam::1:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n"
    (home / "config").write_text(f"[profile prd]\n{role}", encoding="utf-8")
    (home / "credentials").write_text(f"[base]\n{KEY}", encoding="utf-8")
    assert end("prd") is None  # no code has been asked for yet
    used: Any = SimpleNamespace(
        get_credentials=lambda: SimpleNamespace(method="assume-role", _expiry_time=END), profile_name="prd"
    )
    assert expiry(used) == END.timestamp()


@pytest.mark.parametrize(
    ("token", "known"),
    [({}, END.timestamp()), ({"refreshToken": "r"}, END.timestamp()), ({"expiresAt": "soon"}, None)],
    ids=["told", "not renewed without a session", "not readable"],
)
def test_sso_without_a_session_ends_with_its_token(home: Path, token: dict[str, str], known: float | None) -> None:
    (home / "config").write_text(
        f"[profile prd]\n{SSO}sso_start_url = {URL}\nsso_region = eu-central-1\n", encoding="utf-8"
    )
    log_in(home, URL, **token)
    assert end("prd") == known


@pytest.mark.parametrize(
    ("token", "known"), [({}, END.timestamp()), ({"refreshToken": "r"}, None)], ids=["no refresh token", "renews"]
)
def test_an_sso_session_renews_itself_by_its_refresh_token(
    home: Path, token: dict[str, str], known: float | None
) -> None:
    (home / "config").write_text(
        f"[profile prd]\n{SSO}sso_session = us\n[sso-session us]\nsso_start_url = {URL}\nsso_region = eu-central-1\n",
        encoding="utf-8",
    )
    log_in(home, "us", **token)
    assert end("prd") == known


def test_sso_without_a_token_tells_nothing(home: Path) -> None:
    (home / "config").write_text(
        f"[profile prd]\n{SSO}sso_start_url = {URL}\nsso_region = eu-central-1\n", encoding="utf-8"
    )
    assert end("prd") is None


@pytest.mark.parametrize("expiration", ["", ', "Expiration": "2999-11-18T12:00:00Z"'])
def test_a_process_is_asked_again(home: Path, expiration: str) -> None:
    told = home / "told.json"
    keys = '"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"'
    told.write_text(f'{{"Version": 1, {keys}{expiration}}}', encoding="utf-8")
    (home / "config").write_text(f"[default]\ncredential_process = cat {told}\n", encoding="utf-8")
    assert end() is None
