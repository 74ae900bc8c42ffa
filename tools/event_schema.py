"""Writes docs/event.schema.json anew from the types of the events: `make docs-schema`."""

from __future__ import annotations

import json
from pathlib import Path

from deployer.rollout.event_schema import schema

PAGE = Path(__file__).parent.parent / "docs" / "event.schema.json"


def page() -> str:
    """The schema as it stands in the file."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
