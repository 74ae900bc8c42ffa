"""`deployer package`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.cli.asked import TO_WRITE, Asked, asks
from deployer.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.artifact import ZipArtifact
    from deployer.cli.paper import Line
    from deployer.cli.selection import Selected
    from deployer.config import Settings


@click.command("package", short_help="Build a function's code once, into a file.")
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=TO_WRITE,
    help="The zip to write; it is replaced whole or not at all.",
)
@asks
def command(asked: Asked, *, out: Path) -> int:
    """Build the code of one function, its dependencies included, into a zip, and show its hash. Needs no AWS.

    The same tree gives the same bytes; `deploy --artifact FILE` releases them, in every environment.
    """
    from deployer.cli import document
    from deployer.cli.paper import write
    from deployer.cli.selection import only, select

    selected = only(select(asked), "package")
    settings = selected.settings
    with selected.reading_code():
        artifact = _build(settings, out)
    data = _data(settings, artifact)
    if asked.json:
        document.emit("package", Exit.DONE, data)
    else:
        write(_lines(selected, artifact))
    return Exit.DONE


def _build(settings: Settings, out: Path) -> ZipArtifact:
    """Raises UnusableCode for code that is built already."""
    from deployer.artifact import UnusableCode, ZipArtifact
    from deployer.deployer import Deployer

    if not Path(settings.code).is_dir():
        raise UnusableCode(settings.code, "is no directory, so there is nothing to build", "deploy it as it is")
    artifact = Deployer.from_settings(settings).artifact(out)
    if not isinstance(artifact, ZipArtifact):
        raise UnusableCode(settings.code, "is built already", "deploy it as it is")
    return artifact


def _data(settings: Settings, artifact: ZipArtifact) -> dict[str, Any]:
    return {
        "function": settings.function,
        "environment": settings.environment,
        "path": str(artifact.path),
        "code_sha256": artifact.code_sha256,
        "size": artifact.size,
        "unzipped_size": artifact.unzipped_size,
    }


def _lines(selected: Selected, artifact: ZipArtifact) -> Iterator[Line]:
    from deployer.cli.place import Place
    from deployer.cli.words import heading, row

    yield heading(selected.settings, Place.named_by(selected.settings))
    yield row("written", str(artifact.path))
    yield row("size", f"{artifact.size:,} bytes, {artifact.unzipped_size:,} unzipped")
    yield row("sha256", artifact.code_sha256)
    yield row("next", f"`{selected.commands.typed('deploy', '--artifact', str(artifact.path))}`")
