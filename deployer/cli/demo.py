"""`deployer demo`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.cli.asked import TO_WRITE
from deployer.cli.exits import Exit
from deployer.cli.paper import encodable, is_coloured

if TYPE_CHECKING:
    from deployer.demo.play import Screen


@click.command("demo", short_help="Watch a release, a canary and a rollback on the embedded Lambda.")
@click.option("--calls", type=click.IntRange(min=1), default=200, show_default=True, help="Calls made after each step.")
@click.option("--seed", type=int, help="Let the alias pick the same versions each time.")
@click.option("--svg", type=TO_WRITE, help="Draw the rollout into this file, too.")
def command(calls: int, seed: int | None, svg: Path | None) -> int:
    """Watch a release, a canary and a rollback on the embedded Lambda.

    An order service is released, changed, canaried with real calls through its alias, broken and rolled back.
    It needs no configuration and no AWS account, and leaves nothing behind.
    """
    from deployer.demo import run
    from deployer.demo.interrupt import Interrupt
    from deployer.demo.picture import Picture

    with ExitStack() as stack:
        screens: list[Screen] = [stack.enter_context(Interrupt()), _screen(stack)]
        if svg is not None:
            screens.append(Picture(svg))
        run(screens, calls=calls, seed=seed)
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
