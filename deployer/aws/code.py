"""How code is handed to Lambda: as bytes, by way of S3, or as an image; its hash known before anything is written."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import boto3.exceptions
import botocore.exceptions

from deployer.artifact.errors import UnusableCode
from deployer.artifact.model import Artifact, ImageArtifact, S3Artifact, ZipArtifact
from deployer.aws.failure import AwsFailure, code_of, explained, from_answer
from deployer.aws.session import Session

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

_WHOLE: Final = "sha256"  # of an object's own metadata

OnUpload = Callable[[int, int], None]
"""Told how many bytes of how many have gone to S3 so far."""


@dataclass(frozen=True, slots=True)
class ReadyCode:
    """Code that Lambda can take as it is: what has to be in S3 is there, and the bytes are those that were hashed.

    `members` are what CreateFunction (in `Code`) and UpdateFunctionCode take.
    """

    sha256: str
    members: Mapping[str, Any] = field(repr=False)


class Code(Protocol):
    """Code that Lambda can be given. `sha256` is Lambda's CodeSha256 for it."""

    @property
    def sha256(self) -> str:
        """Base64 of the zip's SHA-256, or an image's digest in hex."""
        ...

    @property
    def package_type(self) -> Literal["Zip", "Image"]:
        """What kind of function runs it; a function keeps its kind for life."""
        ...

    def ready(self) -> ReadyCode:
        """Upload what has to go to S3, and check the bytes: all that can fail before anything is written at Lambda."""
        ...


@dataclass(frozen=True, slots=True)
class ImageCode:
    """A container image by digest."""

    artifact: ImageArtifact
    package_type: Literal["Zip", "Image"] = "Image"

    @property
    def sha256(self) -> str:
        """The digest in hex."""
        return self.artifact.code_sha256

    def ready(self) -> ReadyCode:
        """By the image's address."""
        return ReadyCode(self.sha256, {"ImageUri": self.artifact.uri})


@dataclass(frozen=True, slots=True)
class ZipCode:
    """A zip on this machine, small enough to be sent along."""

    artifact: ZipArtifact
    package_type: Literal["Zip", "Image"] = "Zip"

    @property
    def sha256(self) -> str:
        """Of the zip's bytes."""
        return self.artifact.code_sha256

    def ready(self) -> ReadyCode:
        """By the bytes themselves, as they were hashed."""
        return ReadyCode(self.sha256, {"ZipFile": _unchanged(self.artifact)})


@dataclass(frozen=True, slots=True)
class S3Code:
    """A zip in S3, its hash read there."""

    artifact: S3Artifact
    sha256: str
    package_type: Literal["Zip", "Image"] = "Zip"

    def ready(self) -> ReadyCode:
        """By the object's address."""
        return ReadyCode(self.sha256, _address(self.artifact))


@dataclass(frozen=True, slots=True)
class UploadedCode:
    """A zip on this machine that is too large to be sent along: it goes by way of a bucket, under its own hash."""

    artifact: ZipArtifact
    session: Session
    place: S3Artifact
    on_upload: OnUpload
    package_type: Literal["Zip", "Image"] = "Zip"

    @property
    def sha256(self) -> str:
        """Of the zip's bytes."""
        return self.artifact.code_sha256

    def ready(self) -> ReadyCode:
        """By the object's address, once it is there. What is there already is not sent again."""
        client, place = self.session.s3_client, self.place
        doing = f"upload {self.artifact.path.name} to s3://{place.bucket}/{place.key}"
        with explained(doing):
            if not self._there(client):
                self._upload(client, doing)
        return ReadyCode(self.sha256, _address(place))

    def _there(self, client: S3Client) -> bool:
        try:
            head = client.head_object(Bucket=self.place.bucket, Key=self.place.key, ChecksumMode="ENABLED")
        except botocore.exceptions.ClientError as error:
            if code_of(error) in {"404", "NoSuchKey", "403"}:
                return False  # S3 answers 403 for an absent key to whoever may not list the bucket
            raise
        # Of what is sent in parts S3 keeps the parts' checksums alone, so we say the whole's ourselves.
        return (_checksum(head) or head["Metadata"].get(_WHOLE)) == self.sha256

    def _upload(self, client: S3Client, doing: str) -> None:
        # The key promises a hash, so nothing else may come to lie under it.
        _unchanged(self.artifact)
        sent = 0

        def count(more: int) -> None:
            nonlocal sent
            sent += more
            self.on_upload(sent, self.artifact.size)

        extra = {"ChecksumAlgorithm": "SHA256", "Metadata": {_WHOLE: self.sha256}}
        try:
            client.upload_file(str(self.artifact.path), self.place.bucket, self.place.key, extra, count)
        except boto3.exceptions.S3UploadFailedError as error:
            # boto3 hides S3's own answer behind words, and with it whether permissions are missing.
            answer = error.__context__
            if isinstance(answer, botocore.exceptions.ClientError):
                raise from_answer(doing, answer) from error
            raise AwsFailure(doing, str(error)) from error


def code_for(
    artifact: Artifact, session: Session, bucket: str | None, prefix: str = "", *, on_upload: OnUpload
) -> Code:
    """How `artifact` gets to Lambda. Reads S3 where its hash has to come from there; writes nothing.

    Raises UnusableCode when a zip is too large to be sent along and there is no bucket for it.
    """
    match artifact:
        case ImageArtifact():
            return ImageCode(artifact)
        case S3Artifact():
            return _read_s3(artifact, session)
        case ZipArtifact(needs_s3=False):
            return ZipCode(artifact)
        case ZipArtifact():
            if bucket is None:
                problem = f"has {artifact.size} bytes; Lambda takes 52428800 at most unless they come from S3"
                raise UnusableCode(artifact.path, problem, "set `artifact_bucket` to a bucket of the same region")
            name = base64.b64decode(artifact.code_sha256).hex()
            return UploadedCode(artifact, session, S3Artifact(bucket, f"{prefix}{name}.zip"), on_upload)


def _read_s3(artifact: S3Artifact, session: Session) -> S3Code:
    """The hash as S3 keeps it, where the object was stored with one; else of the bytes, read through once."""
    client = session.s3_client
    given: dict[str, Any] = {"VersionId": artifact.version} if artifact.version else {}
    with explained(f"read s3://{artifact.bucket}/{artifact.key}"):
        head = client.head_object(Bucket=artifact.bucket, Key=artifact.key, ChecksumMode="ENABLED", **given)
        # Pinned to the version that was looked at, where the bucket keeps versions.
        pinned = S3Artifact(artifact.bucket, artifact.key, artifact.version or head.get("VersionId"))
        return S3Code(pinned, _checksum(head) or _read_through(client, pinned))


def _checksum(head: HeadObjectOutputTypeDef) -> str | None:
    whole = head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
    checksum = head.get("ChecksumSHA256")
    return checksum if whole and checksum and "-" not in checksum else None


def _read_through(client: S3Client, place: S3Artifact) -> str:
    given: dict[str, Any] = {"VersionId": place.version} if place.version else {}
    digest = hashlib.sha256()
    for chunk in client.get_object(Bucket=place.bucket, Key=place.key, **given)["Body"].iter_chunks(1 << 20):
        digest.update(chunk)
    return base64.b64encode(digest.digest()).decode()


def _unchanged(artifact: ZipArtifact) -> bytes:
    content = artifact.path.read_bytes()
    if _sha256(content) != artifact.code_sha256:
        raise UnusableCode(artifact.path, "has changed since it was looked at", "run the command again")
    return content


def _address(place: S3Artifact) -> dict[str, Any]:
    version = {"S3ObjectVersion": place.version} if place.version else {}
    return {"S3Bucket": place.bucket, "S3Key": place.key, **version}


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
