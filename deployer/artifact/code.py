"""Reads what a person wrote as a function's `code`: a directory, a zip, an S3 address or an image."""

from __future__ import annotations

import re
from pathlib import Path

from deployer.artifact.archive import read_zip
from deployer.artifact.errors import UnusableCode
from deployer.artifact.model import Code, Directory, ImageArtifact, S3Artifact

_S3 = "s3://"
_VERSION = "?versionId="
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}")
_REGISTRY = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,}(:\d+)?/")
_TAG = re.compile(r"[^/:]:[\w][\w.-]*$")


def read_code(value: str, base: Path | None = None) -> Code:
    """What `value` names; relative paths start at `base`, the current directory without one.

    A path that exists is a path, whatever else it looks like. Raises UnusableCode for what is neither there nor an
    address, TooLarge for a zip that Lambda would not unpack.
    """
    if not value.strip():
        raise UnusableCode("code", "is empty", "give a directory, a .zip, s3://bucket/key or an image by digest")
    if value.startswith(_S3):
        return _read_s3(value)
    path = (base or Path()) / Path(value).expanduser()
    if not path.exists() and _looks_like_image(value):
        return _read_image(value)
    return _read_path(path)


def _read_path(path: Path) -> Code:
    if path.is_dir():
        return Directory(path)
    if path.is_symlink() and not path.exists():
        raise UnusableCode(path, "is a symbolic link to nothing", f"it points to {path.readlink()}; mend the link")
    if not path.exists():
        raise UnusableCode(path, "does not exist", _nearest(path))
    if path.suffix.lower() != ".zip":
        raise UnusableCode(path, "is neither a directory nor a .zip", "name the directory it is in, or a .zip")
    return read_zip(path)


def _nearest(path: Path) -> str:
    there = next(parent for parent in path.absolute().parents if parent.exists())
    known = f"of this path {there} exists; check the rest"
    return f"{known}, or write the file first with `deployer package`" if path.suffix == ".zip" else known


def _read_s3(value: str) -> S3Artifact:
    bucket, _, rest = value.removeprefix(_S3).partition("/")
    # A key may itself hold question marks, so the version is what follows the last such mark.
    key, mark, version = rest.rpartition(_VERSION) if _VERSION in rest else (rest, "", "")
    form = "write s3://bucket/key or s3://bucket/key?versionId=V"
    if not _BUCKET.fullmatch(bucket):
        raise UnusableCode(value, f"{bucket!r} is no name of a bucket", form)
    if not key:
        raise UnusableCode(value, "names no key", form)
    if mark and not version:
        raise UnusableCode(value, "has an empty versionId", form)
    return S3Artifact(bucket, key, version or None)


def _looks_like_image(value: str) -> bool:
    if "@sha256:" in value or ".dkr.ecr." in value:
        return True
    return bool(_REGISTRY.match(value) and _TAG.search(value))


def _read_image(value: str) -> ImageArtifact:
    name, at, digest = value.partition("@")
    if at and _DIGEST.fullmatch(at + digest):
        return ImageArtifact(value)
    if at:
        raise UnusableCode(value, "has a malformed digest", "a digest is @sha256: and 64 hexadecimal digits")
    head, slash, last = name.rpartition("/")
    image, _, tag = last.partition(":")
    repository = (head + slash + image).partition("/")[2]
    raise UnusableCode(
        value,
        "names an image by tag; a tag can be moved, and each environment could get another image",
        f"find its digest with `aws ecr describe-images --repository-name {repository} --image-ids "
        f"imageTag={tag or 'latest'} --query 'imageDetails[0].imageDigest' --output text` and write "
        f"{head}{slash}{image}@sha256:…",
    )
