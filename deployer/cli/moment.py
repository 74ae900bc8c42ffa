"""Times for people: UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(seconds: int) -> str:
    """Unix seconds as ISO 8601; years that no calendar has stay a number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(seconds)
