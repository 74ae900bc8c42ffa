"""A limit of time for what cannot be stopped: it runs in a thread of its own, and is given up.

Whatever it still does after that goes on unheard, and ends with the process at the latest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from deployer.core.errors import DeployerError

T = TypeVar("T")


class TimeIsUp(DeployerError):
    """It was not done within `seconds`, and so was `ended`."""

    def __init__(self, seconds: float, ended: str = "given up") -> None:
        super().__init__(seconds, ended)
        self.seconds = seconds
        self.ended = ended

    def __str__(self) -> str:
        return f"not done within {self.seconds:g} s, and {self.ended}"


class Quit(DeployerError):
    """It wanted to end the whole process, as `sys.exit` does."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        return f"ended by {type(self.error).__name__}({self.error})"


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` returns or raises, or TimeIsUp. Raises Quit where it would have ended the process."""
    returned: list[T] = []
    raised: list[Exception] = []

    def run() -> None:
        try:
            returned.append(call())
        except Exception as error:  # noqa: BLE001  # raised again below, where somebody waits for it
            raised.append(error)
        except BaseException as error:  # noqa: BLE001  # it ends a thread of ours, and nothing else
            raised.append(Quit(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    # In this order: what ends at the last moment counts.
    for value in returned:
        return value
    for error in raised:
        raise error
    raise TimeIsUp(seconds)
