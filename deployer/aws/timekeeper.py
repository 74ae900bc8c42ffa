"""What time it is at AWS, by its own answers: so that machines whose clocks differ agree on what began when.

AWS takes signatures of clocks that are up to five minutes off; a step dated by such a clock would rest for minutes
less, or more. Every answer tells the time in its `Date` header (RFC 9110, section 6.6.1), in whole seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from math import inf
from typing import TYPE_CHECKING, Any, Final

from deployer.aws.clock import Clock
from deployer.core import Notice, Topic

if TYPE_CHECKING:
    from botocore.client import BaseClient

TOLERANCE: Final = 5.0
"""Seconds that a clock may differ from AWS's and still count: no answer shows it to be wrong by so little."""

_ASKED: Final = "deployer_asked"


@dataclass(slots=True)
class Timekeeper:
    """A Clock: the machine's own, but its `now` is AWS's time where the two differ by more than TOLERANCE."""

    clock: Clock
    # What has to be added to ours, by the answers so far: so many seconds at least, and at most.
    _difference: tuple[float, float] = field(default=(-inf, inf), init=False)

    def now(self) -> float:
        """Unix time in seconds: AWS's, as far as an answer has told it."""
        return self.clock.now() + self.correction

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.clock.sleep(seconds)

    @property
    def correction(self) -> float:
        """Seconds that the machine's clock is behind AWS's, negative where it is ahead; 0 within the tolerance."""
        least, most = self._difference
        # Never beyond what AWS's clock shows: who is early by a second ends a bake early.
        return 0.0 if least <= TOLERANCE and most >= -TOLERANCE else least

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know of a machine whose clock is wrong."""
        if not self.correction:
            return ()
        way = "behind" if self.correction > 0 else "ahead of"
        text = f"this machine's clock is {abs(self.correction):.0f} s {way} AWS's; AWS's counts"
        return (Notice(Topic.CLOCK, text, loud=True),)

    def listen(self, client: BaseClient) -> None:
        """Take the time from each answer that a client gets from now on."""
        # Last, as signing may wait for credentials.
        client.meta.events.register_last("request-created", self._asking)
        client.meta.events.register("response-received", self._answered)

    def _asking(self, request: Any, **_: object) -> None:
        request.context[_ASKED] = self.clock.now()

    def _answered(self, response_dict: Any, context: Any, **_: object) -> None:
        """One of the answers to a call, or None for an attempt that got none."""
        if response_dict is not None and _ASKED in context:
            self.heard(response_dict["headers"].get("Date"), context[_ASKED])

    def heard(self, date: str | None, asked: float) -> None:
        """An answer with that Date has just come, to what was asked at `asked` by the machine's clock.

        It was written somewhen between the two, so a slow answer tells less; what earlier ones told stands as far as it
        agrees. A Date that is missing or cannot be read tells nothing.
        """
        told = None if date is None else _read(date)
        if told is None:
            return
        now = self.clock.now()
        # The header has no fractions of a second.
        least, most = told - now, told + 1 - min(asked, now)
        both = max(least, self._difference[0]), min(most, self._difference[1])
        self._difference = both if both[0] <= both[1] else (least, most)


def _read(date: str) -> float | None:
    """Unix seconds; None for whatever is not written as every server has to write it."""
    try:
        read = parsedate_to_datetime(date).timestamp()
        return read if formatdate(read, usegmt=True) == date else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
