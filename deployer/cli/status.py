"""`deployer status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import Asked, asks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.aws.status import Status
    from deployer.cli.paper import Line
    from deployer.config import Settings


@click.command("status", short_help="Show who has which share of the traffic.")
@asks
def command(asked: Asked) -> int:
    """Show the alias of each function: who has which share, since when, by what, and what comes next. One call each."""
    from deployer.cli.selection import select

    selected = select(asked, looking=True)
    from deployer.cli.survey import Survey

    return Survey("status", lambda deployer: deployer.status(), _lines, _data).run(asked, selected)


def _lines(settings: Settings, status: Status) -> Iterator[Line]:
    from deployer.cli import words
    from deployer.cli.moment import moment
    from deployer.core import Transition

    yield words.heading(settings)
    yield from words.traffic("now", status.state)
    known = status.recollection
    if known.record is not None:
        operation = known.record.operation
        yield words.row("since", f"{moment(known.record.since)}, {operation.verb} (run {operation.id})")
    if known.trail:
        yield words.row("before", ", ".join(str(version) for version in known.trail))
    if known.remembered and known.head is not None:
        yield words.row("deployed", f"version {known.head} last")
    if status.damaged:
        yield words.row("attention", "the alias's memory is damaged, or another alias's, and counts as none")
    if status.text:
        yield words.row("text", status.text)
    if isinstance(status.state, Transition) and not known.described:
        yield words.row("attention", "this transition was begun by other means than a deploy of ours")
        yield words.row("next", f"`deployer deploy{' --adopt' if settings.protected else ''}` carries on with it")
    else:
        yield from words.next_step(status.state, known.head, settings.canary_increments)


def _data(status: Status) -> dict[str, Any]:
    from deployer.core.wire import recollection_data, state_data

    memory = {**recollection_data(status.recollection), "damaged": status.damaged}
    return {"state": state_data(status.state), "memory": memory, "text": status.text}
