"""How code is handed to Lambda: as bytes, from S3, or as an image."""

from __future__ import annotations

from typing import Any, Literal, Protocol


class Code(Protocol):
    """Code whose hash is known before anything is written. `sha256` is Lambda's CodeSha256 for it."""

    @property
    def sha256(self) -> str:
        """Base64 of the zip's SHA-256, or an image's digest in hex."""
        ...

    @property
    def package_type(self) -> Literal["Zip", "Image"]:
        """What kind of function runs it; a function keeps its kind for life."""
        ...

    def for_create(self) -> dict[str, Any]:
        """The members of CreateFunction that carry it. May upload it to S3 first."""
        ...

    def for_update(self) -> dict[str, Any]:
        """The members of UpdateFunctionCode that carry it. May upload it to S3 first."""
        ...
