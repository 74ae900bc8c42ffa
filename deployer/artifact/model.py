"""The kinds of code a function can be given: a zip on this machine, an object in S3, an image by digest.

A directory is code too, but no artifact yet: `package` makes it a zip, once, and the same zip goes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# "Zipped size must be smaller than 52428800 bytes", and the same for 262144000 unzipped, layers included.
DIRECT_UPLOAD_LIMIT = 52_428_800
UNZIPPED_LIMIT = 262_144_000


@dataclass(frozen=True, slots=True)
class Directory:
    """Sources, still to be packaged."""

    path: Path


@dataclass(frozen=True, slots=True)
class ZipArtifact:
    """A deployment zip: sizes in bytes, `code_sha256` as Lambda will tell it (base64 of the zip's SHA-256)."""

    path: Path
    size: int
    code_sha256: str
    unzipped_size: int

    @property
    def needs_s3(self) -> bool:
        """Whether Lambda takes it only by way of S3."""
        return self.size >= DIRECT_UPLOAD_LIMIT


@dataclass(frozen=True, slots=True)
class S3Artifact:
    """A deployment zip in S3. Without a `version` it is whatever lies under the key when Lambda fetches it."""

    bucket: str
    key: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ImageArtifact:
    """A container image, `uri` with its digest: `registry/repository@sha256:<64 hex digits>`."""

    uri: str

    @property
    def code_sha256(self) -> str:
        """The digest in hex, which is what Lambda calls the CodeSha256 of an image."""
        return self.uri.rpartition(":")[2]


Artifact = ZipArtifact | S3Artifact | ImageArtifact
Code = Directory | Artifact
