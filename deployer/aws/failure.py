"""What can go wrong between us and AWS.

DeployerError
└── AwsFailure            a call did not end well: what was being done, to which function and alias, and what to do
    ├── NotAllowed        credentials or permissions
    ├── Misconfigured     AWS settings of this machine, in variables or in ~/.aws, with which nothing can be called
    ├── WrongAccount      the credentials are of another account or region than the environment names
    ├── Moved             somebody else changed the function or the alias in between
    ├── NotOurs           the alias shows what no release can be made from
    ├── Unsettled         Lambda did not become ready within the bound
    ├── Broken            Lambda says that what we made cannot work (State or LastUpdateStatus Failed)
    ├── HalfWay           `$LATEST` was written, a later step failed, and the alias follows `$LATEST`
    └── Uncertain         the alias was being written, and it cannot be seen whether it moved, or may move yet
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Self, TypeAlias

import botocore.exceptions

from deployer.core.errors import ErrorInLines

_DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
# A shorter value stands in too many innocent words to be taken out of all of them.
_TELLING: Final = 4
MISSING: Final = "ResourceNotFoundException"
_NO_CREDENTIALS: Final = (
    botocore.exceptions.NoCredentialsError,
    botocore.exceptions.PartialCredentialsError,
    botocore.exceptions.CredentialRetrievalError,
    botocore.exceptions.TokenRetrievalError,
    botocore.exceptions.ProfileNotFound,
)
_Errors: TypeAlias = type[Exception] | tuple[type[Exception], ...]
_CORRECT: Final = "correct your AWS settings"
CARRIES_ON: Final = "run the command again: it carries on where it stopped"
AGAIN: Final = "run the command again if you still want it"
_ADVICE: Final = {
    "CodeStorageExceededException": "delete old versions to make room, then run the command again",
    "RequestEntityTooLargeException": "set artifact_bucket, so that the code goes by way of S3",
    "TooManyRequestsException": "the account's API calls are throttled: wait a little and run the command again",
    "ThrottlingException": "the account's API calls are throttled: wait a little and run the command again",
    "ServiceException": "Lambda has trouble: wait a little and run the command again",
}


class AwsFailure(ErrorInLines):
    """A call did not end well while `doing` something."""

    def __init__(self, doing: str, problem: str, advice: str = "", *, code: str = "") -> None:
        super().__init__(doing, problem, advice)
        self.doing = doing
        self.problem = problem
        self.advice = advice
        self.code = code

    @property
    def lines(self) -> tuple[str, ...]:
        """What went wrong, and what to do, if that is known."""
        problem = f"could not {self.doing}: {self.problem}"
        return (problem, f"  {self.advice}") if self.advice else (problem,)

    def advised(self, first: str) -> Self:
        """The same failure, with `first` said before its advice."""
        return type(self)(self.doing, self.problem, "; ".join(filter(None, (first, self.advice))), code=self.code)


class NotAllowed(AwsFailure):
    """Credentials are missing, expired or not sufficient."""


class Misconfigured(AwsFailure):
    """With the AWS settings of this machine nothing can be called, now or later."""


class WrongAccount(AwsFailure):
    """The credentials belong to another account or region than the environment names."""


class Moved(AwsFailure):
    """Somebody else changed the function or the alias since it was looked at."""


class NotOurs(AwsFailure):
    """The alias shows what no release can be made from."""


class Unsettled(AwsFailure):
    """Lambda did not become ready in time."""


class Broken(AwsFailure):
    """Lambda says that what was made cannot work."""


class HalfWay(AwsFailure):
    """`$LATEST` was written, a later step failed, and the alias follows `$LATEST`: part of a release has traffic."""


class Uncertain(AwsFailure):
    """The alias was being written, and it cannot be seen whether it moved, or a request may still move it."""


_KNOWN: Final[tuple[tuple[_Errors, type[AwsFailure], str], ...]] = (
    (
        _NO_CREDENTIALS,
        NotAllowed,
        "log in, or set AWS_PROFILE or the environment's `profile`, and run the command again",
    ),
    (
        botocore.exceptions.NoRegionError,
        Misconfigured,
        f"{_CORRECT}: set the environment's `region`, or AWS_DEFAULT_REGION",
    ),
    (botocore.exceptions.ConfigParseError, Misconfigured, f"{_CORRECT}: mend or remove that file"),
    (
        botocore.exceptions.SSLError,
        Misconfigured,
        f"{_CORRECT}: AWS_CA_BUNDLE or `ca_bundle` names the certificates that are trusted",
    ),
    (
        botocore.exceptions.ParamValidationError,
        AwsFailure,
        "correct that setting: botocore sends no such request",
    ),
    (
        botocore.exceptions.EndpointConnectionError,
        AwsFailure,
        f"see whether the region and the network are right, then {CARRIES_ON}",
    ),
)
"""Errors of botocore's own, the failure that each is, and what to do."""


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn what botocore raises into an AwsFailure that says what was being done."""
    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise from_answer(doing, error) from error
    except botocore.exceptions.BotoCoreError as error:
        raise _known(doing, error) or AwsFailure(doing, _in_one_line(error), CARRIES_ON) from error


@contextmanager
def connecting(doing: str) -> Iterator[None]:
    """The same around the making of a client: as nothing is sent yet, whatever else fails is a setting.

    botocore tells some of them by a bare ValueError, and a file that it may not read by an OSError.
    """
    try:
        yield
    except (botocore.exceptions.BotoCoreError, ValueError, OSError) as error:
        advice = f"{_CORRECT}: variables like AWS_ENDPOINT_URL and AWS_DEFAULT_REGION, or the files in ~/.aws"
        raise _known(doing, error) or Misconfigured(doing, _in_one_line(error), advice) from error


def _known(doing: str, error: Exception) -> AwsFailure | None:
    """The failure of which the kind of error says what to do; None for any other."""
    if isinstance(error, botocore.exceptions.SSLError) and not _is_of_certificates(error):
        return None
    found = (kind(doing, _in_one_line(error), advice) for errors, kind, advice in _KNOWN if isinstance(error, errors))
    return next(found, None)


def _is_of_certificates(error: botocore.exceptions.SSLError) -> bool:
    """Whether it is a matter of settings: a connection that breaks off within the handshake is an SSLError too."""
    words = str(error)
    return "certificate" in words.lower() or "No such file" in words


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())  # some of botocore's have lines of their own


def from_answer(doing: str, error: botocore.exceptions.ClientError) -> AwsFailure:
    """The failure that an error answer of AWS means."""
    code, message = code_of(error), message_of(error)
    problem = f"{code}: {message}"
    if code in _DENIED:
        return NotAllowed(doing, problem, "see `deployer iam-policy` for what each command needs", code=code)
    if is_stale(error):
        return Moved(doing, "somebody else changed it in between", AGAIN, code=code)
    return AwsFailure(doing, problem, _ADVICE.get(code, ""), code=code)


def mask(error: botocore.exceptions.ClientError, secrets: Iterable[str]) -> None:
    """Take secrets out of AWS's own words, for good: of too large an environment Lambda's error repeats all values."""
    answer: Any = error.response
    words = message_of(error).partition("String measured:")[0]
    for secret in sorted((text for text in secrets if len(text) >= _TELLING), key=len, reverse=True):
        words = words.replace(secret, "***")
    answer["Error"]["Message"] = words
    error.args = (f"{code_of(error)}: {words}",)


def code_of(error: botocore.exceptions.ClientError) -> str:
    """AWS's own name of an error."""
    answer: Any = error.response
    return str(answer.get("Error", {}).get("Code", "Unknown"))


def message_of(error: botocore.exceptions.ClientError) -> str:
    """AWS's own words."""
    answer: Any = error.response
    return str(answer.get("Error", {}).get("Message", error))


def is_busy(error: botocore.exceptions.ClientError) -> bool:
    """Whether Lambda refuses because an update is in progress, or the function is still being created.

    Source: recorded test_lambda_concurrent_code_updates; the same code says "already exists", so the text decides.
    """
    words = message_of(error)
    return code_of(error) == "ResourceConflictException" and ("in progress" in words or "Pending" in words)


def is_role_not_ready(error: botocore.exceptions.ClientError) -> bool:
    """Whether the role is too new: IAM takes some seconds until Lambda can assume it."""
    return code_of(error) == "InvalidParameterValueException" and "cannot be assumed by Lambda" in message_of(error)


def is_stale(error: botocore.exceptions.ClientError) -> bool:
    """Whether the RevisionId that guarded the call is no longer the latest."""
    return code_of(error) == "PreconditionFailedException"


def is_other_code(error: botocore.exceptions.ClientError) -> bool:
    """Whether `$LATEST` has other code than the CodeSha256 that guarded a publish (no 412: recorded)."""
    return code_of(error) == "InvalidParameterValueException" and "CodeSHA256" in message_of(error)


def is_final(error: botocore.exceptions.ClientError) -> bool:
    """Whether this refusal was the answer to the only attempt, so that nothing of it can have been done."""
    answer: Any = error.response
    about = answer.get("ResponseMetadata", {})
    return bool(about.get("RetryAttempts") == 0 and about.get("HTTPStatusCode", 500) < 500)  # noqa: PLR2004  # HTTP's


def is_missing(error: botocore.exceptions.ClientError) -> bool:
    """Whether the function, version or alias does not exist."""
    return code_of(error) == MISSING
