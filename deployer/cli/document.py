"""What `--output json` prints: one document, whose shape is kept in docs/output.schema.json."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from deployer.cli.exits import Exit

SCHEMA: Final = "deployer/1"


def emit(command: str | None, code: Exit, members: Mapping[str, Any]) -> None:
    """Print the document of one command."""
    document = {"schema": SCHEMA, "command": command, "exit_code": int(code), **members}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    sys.stdout.flush()


def error_data(error: BaseException) -> dict[str, Any]:
    """An error as data: `kind` is its name in the library, `message` what people read."""
    from deployer.cli.complaint import message_of
    from deployer.config.errors import Problem

    data: dict[str, Any] = {"kind": type(error).__name__, "message": message_of(error)}
    for problem in getattr(error, "problems", ()):
        if not isinstance(problem, Problem):
            continue  # one that stands in no file is in the message
        place = {"file": problem.file, "line": problem.line, "key": problem.key, "what": problem.what}
        data.setdefault("problems", []).append(place)
    refusal = getattr(error, "refusal", None)
    if refusal is not None:
        data |= {"reason": str(refusal.reason), "way_out": refusal.way_out}
    return data
