"""Options of the commands that drive rollouts."""

from __future__ import annotations

import click

from deployer.cli.asked import TO_WRITE, Callback

every_option = click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=10.0,
    show_default=True,
    help="How often to look.",
)


def kept_options(function: Callback) -> Callback:
    """Give a command the options that say where events and the report of them go."""
    decorated: Callback = click.option(
        "--report", metavar="FILE.html", type=TO_WRITE, help="Write the rollout as one page, of all that --events has."
    )(function)
    return click.option(
        "--events", metavar="FILE.jsonl", type=TO_WRITE, help="Append what happens to this file, one event a line."
    )(decorated)
