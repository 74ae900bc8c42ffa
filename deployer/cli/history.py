"""`deployer history`.

DeployerError
└── NoFunction     there is no function to have a history
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import Asked, asks
from deployer.core.errors import ErrorInLines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.aws.status import Entry
    from deployer.cli.job import Job
    from deployer.cli.paper import Line
    from deployer.deployer import Deployer

_NOT_FOUND = "ResourceNotFoundException"
_COLUMNS = ("version", "share", "place", "published", "release", "commit", "by", "code")


class NoFunction(ErrorInLines):
    """There is no function of that name, and so no history."""

    def __init__(self, function_name: str) -> None:
        super().__init__(function_name)
        self.function_name = function_name

    @property
    def lines(self) -> tuple[str, ...]:
        """What is wrong, and what to do."""
        return (f"function {self.function_name} does not exist", "  `deploy` creates it; or correct its name")


@click.command("history", short_help="List the published versions and where they come from.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many, counted from the newest.",
)
@asks
def command(asked: Asked, *, limit: int) -> int:
    """List the published versions, newest first: their release marks, their shares, their places on the trail."""
    from deployer.cli.selection import select_nevertheless
    from deployer.cli.survey import Survey

    def look(job: Job) -> tuple[Entry, ...]:
        return tuple(islice(_history(job.deployer), limit))

    return Survey("history", look, _lines, _data).run(asked, select_nevertheless(asked, looking=True))


def _history(deployer: Deployer) -> tuple[Entry, ...]:
    """Raises NoFunction."""
    from deployer.aws.failure import AwsFailure

    try:
        return deployer.history()
    except AwsFailure as error:
        if error.code == _NOT_FOUND:
            raise NoFunction(deployer.function_name) from error
        raise


def _lines(job: Job, entries: tuple[Entry, ...]) -> Iterator[Line]:
    from deployer.cli.paper import legible, line
    from deployer.cli.words import heading, row

    yield heading(job.settings, job.place)
    if not entries:
        yield row("versions", "none are published")
        return
    table = [_COLUMNS, *(tuple(map(legible, _cells(entry))) for entry in entries)]
    widths = [max(len(cells[index]) for cells in table) for index in range(len(_COLUMNS))]
    for cells in table:
        yield line("  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)))


def _cells(entry: Entry) -> tuple[str, ...]:
    from deployer.cli.words import short_sha

    mark = entry.mark
    marked = ("-", "-", "-") if mark is None else (mark.release or "-", mark.commit or "-", mark.by or "-")
    published = entry.published[:19] if mark is None else mark.at.removesuffix("Z")
    share = "-" if entry.share is None else f"{entry.share} %"
    return (str(entry.version), share, _place(entry), published, *marked, short_sha(entry.code_sha256))


def _place(entry: Entry) -> str:
    places = ["deployed last"] if entry.head else []
    if entry.trail is not None:
        places.append(f"trail {entry.trail}")
    return ", ".join(places) or "-"


def _data(entries: tuple[Entry, ...]) -> dict[str, Any]:
    return {"versions": [_entry_data(entry) for entry in entries]}


def _entry_data(entry: Entry) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "version": str(entry.version),
        "share": None if entry.share is None else entry.share.hundredths / 100,
        "trail": entry.trail,
        "head": entry.head,
        "published": entry.published,
        "description": entry.description,
        "mark": None if entry.mark is None else asdict(entry.mark),
        "code_sha256": entry.code_sha256,
    }
