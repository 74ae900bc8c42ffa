"""`python -m deployer.local`: an embedded Lambda in the foreground, until SIGTERM or SIGINT.

Prints one line of JSON, the environment variables for its clients, once it answers. This is for programs, and needs no
command line; `deployer local` is for people.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from deployer.local import InvalidSetting, LocalSettings, LocalUnavailable
from deployer.local.foreground import serve

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; exit code 0 after a signal, 1 when it cannot start, 2 for wrong options."""
    given = _parser().parse_args(arguments)
    try:
        settings = LocalSettings(**{field.name: getattr(given, field.name) for field in fields(LocalSettings)})
        serve(settings, given.port, _tell)
    except (InvalidSetting, LocalUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _tell(local: LocalLambda) -> None:
    sys.stdout.write(json.dumps(local.environment()) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deployer.local", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a free one when 0 (the default)")
    for field in fields(LocalSettings):
        option: dict[str, Any] = {"type": int if field.name == "seed" else type(field.default)}
        if isinstance(field.default, bool):
            option = {"action": "store_true"}
        parser.add_argument(f"--{field.name.replace('_', '-')}", default=field.default, **option)
    return parser


if __name__ == "__main__":
    sys.exit(main())
