"""What people are told of an error: on stderr, without a traceback, and without anything secret."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, Final

import click

from deployer.cli.exits import is_known
from deployer.cli.paper import Span, Tone, line, write
from deployer.core.errors import DeployerError

if TYPE_CHECKING:
    from deployer.cli.commands import Commands

DEBUG_VARIABLE: Final = "DEPLOYER_DEBUG"
INTERRUPTED: Final = (
    "interrupted; `status` shows how far it came: while the alias has not moved, the same command again carries on "
    "from there; once it has, the next `deploy` is the next step"
)

_ELSEWHERE: Final = {
    "--dry-run": "`deployer plan` shows what a deploy would do, and writes nothing",
    "-y": "write --yes",
}


def complain(error: BaseException, commands: Commands | None = None) -> None:
    """Tell of an error, commands in it as they are typed; with DEPLOYER_DEBUG set, its traceback too."""
    if os.environ.get(DEBUG_VARIABLE):
        write((line(text) for text in "".join(traceback.format_exception(error)).splitlines()), sys.stderr)
    first, *more = _lines(error)
    if commands is not None:
        first, *more = map(commands.whole, (first, *more))
    write((line(Span("deployer: ", Tone.BAD), first), *(line(text) for text in more)), sys.stderr)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        write((line(f"  see `{error.ctx.command_path} --help`"),), sys.stderr)


def _lines(error: BaseException) -> tuple[str, ...]:
    if not isinstance(error, DeployerError):
        return (message_of(error),)
    if len(error.lines) > 1 and len(getattr(error, "problems", ())) == len(error.lines):
        # Whoever looks for file:line at the beginning of a line finds all of them.
        return (f"{len(error.lines)} things are wrong with the configuration", *error.lines)
    return error.lines


def message_of(error: BaseException) -> str:
    """The message for people. What nobody expected is told by its place alone: its text might hold a secret."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, click.NoSuchOption) and (instead := _instead(error)):
        return f"No such option {error.option_name!r}; {instead}"
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and not str(error).strip():
        return type(error).__name__
    if is_known(error):
        return str(error)
    return f"unexpected {type(error).__name__}{_place(error)}; {DEBUG_VARIABLE}=1 shows the traceback"


def _instead(error: click.NoSuchOption) -> str | None:
    """What there is instead of an option that other tools have, in commands that write."""
    writes = error.ctx is not None and any("--yes" in option.opts for option in error.ctx.command.params)
    return _ELSEWHERE.get(error.option_name) if writes else None


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "deployer" in frame.filename] or frames
    return f" at {ours[-1].filename}:{ours[-1].lineno}" if ours else ""
