"""Where a function's code comes from."""

from __future__ import annotations

import os
import re
from pathlib import Path

_S3 = re.compile(r"s3://[A-Za-z0-9._-]{3,63}/[^?#]+(\?versionId=[^&#]+)?")
_DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_REGISTRY = re.compile(r"[A-Za-z0-9.-]+\.dkr\.ecr\.[A-Za-z0-9.-]+/")


def is_image(code: str) -> bool:
    """Whether `code` names a container image."""
    return "@sha256:" in code or _REGISTRY.match(code) is not None


def mistake_in(code: str) -> str | None:
    """What is wrong with the way `code` names its source, or None. Looks at nothing on disk."""
    if not code.strip():
        return "is empty"
    if is_image(code):
        return None if _DIGEST.fullmatch(code) else "an image must be named by its digest: …@sha256:<64 hex digits>"
    if code.startswith("s3://"):
        return None if _S3.fullmatch(code) else "expected s3://bucket/key or s3://bucket/key?versionId=V"
    if _SCHEME.match(code):
        return "expected a directory, a zip file, s3://bucket/key?versionId=V or an image URI with @sha256:…"
    return None


def located(code: str, directory: Path) -> str:
    """`code` with a path made absolute, as seen from `directory`; S3 and image URIs stay as they are."""
    if is_image(code) or code.startswith("s3://"):
        return code
    return os.path.normpath(directory / code)
