"""What botocore raises becomes a failure that says what was being done, and what to do about it."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError

from deployer.aws import failure
from deployer.aws.failure import AwsFailure, Misconfigured, Moved, NotAllowed, explained
from deployer.core import DeployerError


def refused(code: str, message: str = "no", **about: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": about}
    return ClientError(answer, "UpdateAlias")


def failed(error: Exception) -> AwsFailure:
    with pytest.raises(AwsFailure) as caught, explained("read orders"):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (
            refused("AccessDeniedException"),
            NotAllowed,
            "AccessDeniedException: no\n  see `deployer iam-policy` for what each command needs",
        ),
        (
            refused("ExpiredTokenException"),
            NotAllowed,
            "ExpiredTokenException: no\n  see `deployer iam-policy` for what each command needs",
        ),
        (
            refused("PreconditionFailedException"),
            Moved,
            "somebody else changed it in between\n  run the command again if you still want it",
        ),
        (
            refused("TooManyRequestsException"),
            AwsFailure,
            (
                "TooManyRequestsException: no\n"
                "  the account's API calls are throttled: wait a little and run the command again"
            ),
        ),
        (
            refused("CodeStorageExceededException"),
            AwsFailure,
            "CodeStorageExceededException: no\n  delete old versions to make room, then run the command again",
        ),
        (
            refused("RequestEntityTooLargeException"),
            AwsFailure,
            "RequestEntityTooLargeException: no\n  set artifact_bucket, so that the code goes by way of S3",
        ),
        (refused("ValidationException"), AwsFailure, "ValidationException: no"),
        (
            botocore.exceptions.NoCredentialsError(),
            NotAllowed,
            (
                "Unable to locate credentials\n"
                "  log in, or set AWS_PROFILE or the environment's `profile`, and run the command again"
            ),
        ),
        (
            botocore.exceptions.ProfileNotFound(profile="prd"),
            NotAllowed,
            (
                "The config profile (prd) could not be found\n"
                "  log in, or set AWS_PROFILE or the environment's `profile`, and run the command again"
            ),
        ),
        (
            botocore.exceptions.NoRegionError(),
            Misconfigured,
            (
                "You must specify a region.\n"
                "  correct your AWS settings: set the environment's `region`, or AWS_DEFAULT_REGION"
            ),
        ),
        (
            botocore.exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1"),
            AwsFailure,
            'Read timeout on endpoint URL: "http://127.0.0.1"\n  run the command again: it carries on where it stopped',
        ),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1"),
            AwsFailure,
            (
                'Could not connect to the endpoint URL: "http://127.0.0.1"\n  see whether the region and the network '
                "are right, then run the command again: it carries on where it stopped"
            ),
        ),
        (
            botocore.exceptions.SSLError(
                endpoint_url="http://127.0.0.1", error=OSError(2, "No such file or directory")
            ),
            Misconfigured,
            (
                "SSL validation failed for http://127.0.0.1 [Errno 2] No such file or directory\n"
                "  correct your AWS settings: AWS_CA_BUNDLE or `ca_bundle` names the certificates that are trusted"
            ),
        ),
        (
            botocore.exceptions.SSLError(
                endpoint_url="http://127.0.0.1", error=OSError("UNEXPECTED_EOF_WHILE_READING")
            ),
            AwsFailure,
            (
                "SSL validation failed for http://127.0.0.1 UNEXPECTED_EOF_WHILE_READING\n"
                "  run the command again: it carries on where it stopped"
            ),
        ),
        (
            botocore.exceptions.ParamValidationError(report="Unknown parameter in input: Tags\nUnknown parameter: X"),
            AwsFailure,
            (
                "Parameter validation failed: Unknown parameter in input: Tags Unknown parameter: X\n"
                "  correct that setting: botocore sends no such request"
            ),
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_error_becomes_a_failure_with_a_way_out(error: Exception, kind: type[AwsFailure], text: str) -> None:
    seen = failed(error)
    assert type(seen) is kind
    assert str(seen) == f"could not read orders: {text}"
    assert seen.lines == tuple(str(seen).split("\n"))
    assert isinstance(seen, DeployerError)


@pytest.mark.parametrize(
    ("advice", "advised"), [("", "traffic is untouched"), ("mend it", "traffic is untouched; mend it")]
)
def test_where_the_traffic_stands_comes_before_the_advice(advice: str, advised: str) -> None:
    seen = NotAllowed("read orders", "AccessDenied: no", advice, code="AccessDenied").advised("traffic is untouched")
    assert (type(seen), seen.code) == (NotAllowed, "AccessDenied")
    assert str(seen) == f"could not read orders: AccessDenied: no\n  {advised}"


def test_what_is_no_error_of_aws_is_left_alone() -> None:
    with pytest.raises(KeyError), explained("read orders"):
        raise KeyError("x")


def test_an_answer_without_words_is_shown_as_it_is() -> None:
    bare = ClientError({}, "GetAlias")
    assert failure.code_of(bare) == "Unknown"
    assert "GetAlias" in failure.message_of(bare)


@pytest.mark.parametrize(
    ("message", "busy"),
    [
        ("The operation cannot be performed at this time. An update is in progress for resource: x", True),
        ("The function is currently in the following state: Pending", True),
        ("Function already exist: orders", False),
    ],
)
def test_a_conflict_is_told_by_its_words(message: str, *, busy: bool) -> None:
    assert failure.is_busy(refused("ResourceConflictException", message)) is busy
    assert not failure.is_busy(refused("ServiceException", message))


@pytest.mark.parametrize(
    ("about", "final"),
    [
        ({"RetryAttempts": 0, "HTTPStatusCode": 412}, True),
        ({"RetryAttempts": 0, "HTTPStatusCode": 403}, True),
        ({"RetryAttempts": 1, "HTTPStatusCode": 412}, False),
        ({"RetryAttempts": 0, "HTTPStatusCode": 500}, False),
        ({}, False),
    ],
)
def test_a_refusal_is_final_when_it_was_the_first_answer_and_no_trouble_of_the_server(
    about: dict[str, Any], *, final: bool
) -> None:
    assert failure.is_final(refused("PreconditionFailedException", **about)) is final
