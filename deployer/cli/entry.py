"""Where the process begins: signals end it in order from here on, also while the rest is being imported."""

from __future__ import annotations

import sys

from deployer.cli.exits import Exit
from deployer.cli.signals import Terminated, heed_termination


def entry() -> int:
    """Run the command line and answer its exit code."""
    try:
        heed_termination()
        from deployer.cli.main import main

        return main()
    except KeyboardInterrupt as stopped:
        # Before anything was begun, or while the end of it was being told.
        sys.stderr.write("deployer: interrupted\n")
        return Exit.TERMINATED if isinstance(stopped, Terminated) else Exit.INTERRUPTED
