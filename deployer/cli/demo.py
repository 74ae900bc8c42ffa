"""`deployer demo`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from deployer.cli.asked import TO_WRITE
from deployer.cli.exits import Exit
from deployer.cli.paper import encodable, is_coloured

if TYPE_CHECKING:
    from deployer.demo.play import Screen

FIRST: Final = 1
SECOND: Final = 2


@click.command("demo", short_help="Watch a release, a canary and a rollback on the embedded Lambda.")
@click.option(
    "--calls",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Calls made after each step of the first act.",
)
@click.option("--seed", type=int, help="Let the alias pick the same versions each time.")
@click.option("--svg", type=TO_WRITE, help="Draw the rollout into this file, too.")
@click.option("--act", type=click.IntRange(1, 2), help="Play one act alone: 1 by hand, 2 by itself.")
@click.option("--report", type=TO_WRITE, metavar="FILE.html", help="Write the page of a rollout that was rolled back.")
def command(calls: int, seed: int | None, svg: Path | None, act: int | None, report: Path | None) -> int:
    """Watch a release, a canary and a rollback on the embedded Lambda.

    An order service is released, changed, canaried with real calls through its alias, broken and rolled back. Then, in
    a second act, rollouts watch themselves, and two of them go back.
    It needs no configuration and no AWS account, and leaves nothing behind.
    """
    if svg is not None and act == SECOND:
        raise click.BadParameter("it draws the first act", param_hint="--svg")
    if report is not None and act == FIRST:
        raise click.BadParameter("it is about the second act", param_hint="--report")
    from deployer.demo import run
    from deployer.demo.interrupt import Interrupt
    from deployer.demo.picture import Picture

    with ExitStack() as stack:
        screens: list[Screen] = [stack.enter_context(Interrupt()), _screen(stack)]
        if svg is not None:
            screens.append(Picture(svg))
        run(screens, calls=calls, seed=seed, acts=(FIRST, SECOND) if act is None else (act,), report=report)
    return Exit.DONE


def _screen(stack: ExitStack) -> Screen:
    from rich.console import Console

    from deployer.demo.screens import Lines, Terminal

    if is_coloured(sys.stdout):
        return stack.enter_context(Terminal(Console(highlight=False, markup=False, emoji=False)))
    return Lines(_line)


def _line(text: str) -> None:
    # Flushed, so that whoever reads a pipe sees the rollout while it happens.
    sys.stdout.write(encodable(text, sys.stdout.encoding) + "\n")
    sys.stdout.flush()
