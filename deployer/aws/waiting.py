"""Waits that botocore does not know: updates in progress, Pending versions, roles too new, moves of capacity.

botocore retries throttling, 5xx answers and connections; nothing here does that again. Each wait is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import botocore.exceptions
import tenacity

from deployer.aws.clock import Clock
from deployer.aws.failure import CARRIES_ON, AwsFailure, Unsettled, code_of, is_role_not_ready, message_of

T = TypeVar("T")

OnWait = Callable[[str], None]
"""Told in words of a wait that nothing else tells of, once, as it begins."""

_SEE_ROLE: Final = (
    "see that this role exists, is spelled so, and that its trust policy lets lambda.amazonaws.com assume it"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long to wait at most, in seconds, and how often to look."""

    update: float = 300.0
    publish: float = 900.0  # SnapStart snapshots and image optimisation take minutes
    role: float = 60.0
    move: float = 1200.0  # provisioned concurrency moves in 6 to 8 minutes
    first_look: float = 0.25
    last_look: float = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """A clock and bounds, for all that waits."""

    clock: Clock
    bounds: Bounds = Bounds()
    on_wait: OnWait = lambda _words: None

    def until(self, look: Callable[[], T], ready: Callable[[T], bool], seconds: float, doing: str) -> T:
        """Look until `ready`, at growing intervals. Raises Unsettled when `seconds` have passed."""
        retrying = self._retrying(seconds, tenacity.retry_if_not_result(ready))
        try:
            return retrying(look)
        except tenacity.RetryError as error:
            problem = f"not ready after {seconds:.0f} s"
            raise Unsettled(doing, problem, CARRIES_ON) from error

    def for_role(self, role: str, doing: str, call: Callable[[], T]) -> T:
        """Make a call again while Lambda cannot assume `role` (its ARN): one that was just created takes a while.

        Raises AwsFailure, naming the role, when the bound is reached.
        """
        retrying = self._retrying(self.bounds.role, tenacity.retry_if_exception(_role_not_ready))
        retrying.reraise = True
        retrying.before_sleep = lambda state: self._tell_of(role) if state.attempt_number == 1 else None
        try:
            return retrying(call)
        except botocore.exceptions.ClientError as error:
            if not is_role_not_ready(error):
                raise
            problem = f"{message_of(error)} It is {role}, and {self.bounds.role:.0f} s were not enough"
            raise AwsFailure(doing, problem, _SEE_ROLE, code=code_of(error)) from error

    def _tell_of(self, role: str) -> None:
        self.on_wait(f"wait until Lambda can assume {role}, up to {self.bounds.role:.0f} s")

    def _retrying(self, seconds: float, again: tenacity.retry_base) -> tenacity.Retrying:
        deadline = self.clock.monotonic() + seconds
        return tenacity.Retrying(
            retry=again,
            sleep=self.clock.sleep,
            stop=lambda _: self.clock.monotonic() >= deadline,
            wait=tenacity.wait_exponential(multiplier=self.bounds.first_look, max=self.bounds.last_look),
        )


def _role_not_ready(error: BaseException) -> bool:
    return isinstance(error, botocore.exceptions.ClientError) and is_role_not_ready(error)
