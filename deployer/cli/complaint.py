"""What people are told of an error: on stderr, without a traceback, and without anything secret."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Final

import click

from deployer.cli.exits import is_known
from deployer.cli.paper import Span, Tone, line, write
from deployer.core.errors import DeployerError

DEBUG_VARIABLE: Final = "DEPLOYER_DEBUG"
INTERRUPTED: Final = "interrupted; `status` shows how far it came, and the same command again carries on from there"


def complain(error: BaseException) -> None:
    """Tell of an error; with DEPLOYER_DEBUG set, its traceback too."""
    if os.environ.get(DEBUG_VARIABLE):
        write((line(text) for text in "".join(traceback.format_exception(error)).splitlines()), sys.stderr)
    first, *more = error.lines if isinstance(error, DeployerError) else (message_of(error),)
    write((line(Span("deployer: ", Tone.BAD), first), *(line(text) for text in more)), sys.stderr)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        write((line(f"  see `{error.ctx.command_path} --help`"),), sys.stderr)


def message_of(error: BaseException) -> str:
    """The message for people. What nobody expected is told by its place alone: its text might hold a secret."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and not str(error).strip():
        return type(error).__name__
    if is_known(error):
        return str(error)
    return f"unexpected {type(error).__name__}{_place(error)}; {DEBUG_VARIABLE}=1 shows the traceback"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "deployer" in frame.filename] or frames
    return f" at {ours[-1].filename}:{ours[-1].lineno}" if ours else ""
