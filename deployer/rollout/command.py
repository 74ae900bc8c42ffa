"""A command of the user's: without a shell, in a session of its own, and killed with all that it started in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from deployer.core.errors import DeployerError
from deployer.rollout.limit import TimeIsUp

_SHOWN: Final = 65_536  # bytes of output that people get to see
_QUOTED: Final = 300  # characters of it in the message


class CommandFailed(DeployerError):
    """The command ended with `status`, negative for a signal; `last` is the end of what it wrote."""

    def __init__(self, status: int, last: str) -> None:
        super().__init__(status, last)
        self.status = status
        self.last = last

    def __str__(self) -> str:
        how = f"ended with status {self.status}" if self.status >= 0 else f"was killed by {_signal(-self.status)}"
        return f"the command {how}: {self.last}" if self.last else f"the command {how}"


class CannotRun(DeployerError):
    """The command could not be started, for `problem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return f"the command could not be started: {self.problem}"


@dataclass(frozen=True, slots=True)
class Launch:
    """A program with its arguments, run in `folder`, with `told` at its stdin, for `limit` seconds at most."""

    arguments: Sequence[str]
    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    told: bytes = b""
    limit: float = 60.0


def run_command(launch: Launch) -> None:
    """Run it; all that it writes is shown on our stderr when it has ended, so that it spoils no JSON on stdout.

    Raises CommandFailed unless its status is 0, CannotRun, and TimeIsUp when it was killed after its limit. It is
    killed too when we are interrupted.
    """
    with tempfile.TemporaryFile() as output:
        try:
            status = _status(launch, output)
        finally:
            _show(output)
        if status:
            raise CommandFailed(status, _last(output))


def _status(launch: Launch, output: IO[bytes]) -> int:
    with _started(launch, output) as process:
        try:
            process.communicate(launch.told, timeout=launch.limit)
        except subprocess.TimeoutExpired as error:
            raise TimeIsUp(launch.limit, "killed") from error
        finally:
            # Not yet waited for where communicate failed, so its number is still its own.
            if process.returncode is None:
                _kill(process)
        return process.returncode


def _started(launch: Launch, output: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603  # the user's own command, as a list and without a shell
            list(launch.arguments),
            cwd=launch.folder,
            env=dict(launch.environ),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise CannotRun(error.strerror or str(error)) from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The command and all that it started, as far as these are of its session."""
    with suppress(ProcessLookupError, PermissionError):  # all gone already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _show(output: IO[bytes]) -> None:
    text = _end_of(output, _SHOWN)
    if text:
        with suppress(OSError):  # nobody looks any more
            sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
            sys.stderr.flush()


def _last(output: IO[bytes]) -> str:
    return " ".join(_end_of(output, 4 * _QUOTED).split())[-_QUOTED:]


def _end_of(output: IO[bytes], most: int) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - most))
    return output.read(most).decode(errors="replace")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
