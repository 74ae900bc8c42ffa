"""Values of environment variables are shown nowhere, not even in the words of AWS that an error keeps."""

import traceback
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from deployer import AwsFailure, Deployer, DeployerError
from deployer.aws.failure import mask


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 1\n", encoding="utf-8")
    return tmp_path


def deployer(local: Any, name: str, code: Path, variables: dict[str, Any]) -> Deployer:
    settings = {
        "Role": local.role("secrets"),
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Environment": {"Variables": variables},
    }
    return Deployer(function_name=name, code=code, settings=settings, region=local.region)


def test_an_environment_that_is_too_large_is_told_without_its_values(
    local: Any, function_name: str, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in local.environment().items():
        monkeypatch.setenv(name, value)
    secret = {"TOKEN": "hunter2-" * 600, "OTHER": "correct horse"}
    with pytest.raises(AwsFailure, match="exceeded the 4KB limit") as caught:
        deployer(local, function_name, code, secret).deploy()
    told = "".join(traceback.format_exception(caught.value))
    assert [value for value in secret.values() if value in told] == []


def test_a_variable_that_is_no_string_is_refused_without_its_value(
    local: Any, function_name: str, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in local.environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(DeployerError) as caught:
        deployer(local, function_name, code, {"PIN": 271828}).plan()
    assert str(caught.value) == "request 'PIN': an environment variable of the function must be a string"


def test_longer_secrets_are_masked_before_the_shorter_ones_within_them() -> None:
    answer: Any = {"Error": {"Code": "Oops", "Message": "sent abcd and abcdefgh to x"}}
    error = botocore.exceptions.ClientError(answer, "UpdateFunctionConfiguration")
    mask(error, ["x", "abcd", "abcdefgh"])
    assert str(error) == "Oops: sent *** and *** to x"
    assert error.response["Error"]["Message"] == "sent *** and *** to x"
