"""`deployer config`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from deployer.cli import document
from deployer.cli.asked import Asked, asks
from deployer.cli.complaint import complain
from deployer.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.cli.paper import Line
    from deployer.config import Explained


@click.command("config", short_help="Show every value of the configuration and where it comes from.")
@asks
def command(asked: Asked) -> int:
    """Show every value of each function in one environment, and the line that it comes from. Needs no AWS.

    Values of environment variables are masked. Functions that another environment may release to as well are shown,
    and told of, with exit code 78: every other command refuses them.
    """
    from deployer.cli.paper import Span, Tone, line, write
    from deployer.config import ConfigError, load

    environment = asked.named_environment
    config = load(asked.config)
    names = tuple(dict.fromkeys(asked.functions or config.functions))
    found = {name: config.explain(environment, name) for name in names}
    shared = ConfigError(problem for name in names for problem in config.shared(environment, name))
    code = Exit.CONFIGURATION if shared.problems else Exit.DONE
    if asked.json:
        functions = [
            {"function": name, "environment": environment, "values": [_data(value) for value in values]}
            for name, values in found.items()
        ]
        error = {"error": document.error_data(shared)} if shared.problems else {}
        project = [_data(value) for value in config.explain_project()]
        document.emit("config", code, {"project": project, "functions": functions, **error})
    else:
        write(
            line(value.key, "  ", _shown(value), "  ", Span(value.where, Tone.DIM))
            for value in config.explain_project()
        )
        for name, values in found.items():
            write(_lines(name, environment, values))
    if shared.problems:
        complain(shared)
    return code


def _lines(name: str, environment: str, values: list[Explained]) -> Iterator[Line]:
    from deployer.cli.paper import Span, Tone, line

    yield line(Span(name, Tone.STRONG), f" in {environment}")
    width = max(len(value.key) for value in values)
    shown = [_shown(value) for value in values]
    room = min(max(len(text) for text in shown), 48)
    for value, text in zip(values, shown, strict=True):
        yield line(f"  {value.key:<{width}}  {text:<{room}}  ", Span(value.where, Tone.DIM))


def _shown(value: Explained) -> str:
    return "-" if value.value is None else json.dumps(value.value, ensure_ascii=False)


def _data(value: Explained) -> dict[str, object]:
    return {"key": value.key, "value": value.value, "where": value.where}
