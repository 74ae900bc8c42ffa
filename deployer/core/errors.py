"""What can be wrong with what the core is given.

    DeployerError                 the root of every error of this library
    ├── ErrorInLines              the root of those with a message of several lines
    └── InvalidValue              a value that no release can be made from
        ├── InvalidVersion        not `$LATEST` and not a published number
        ├── InvalidPercent        not a percentage with up to two decimals
        ├── InvalidIncrements     not strictly rising between 0 and 100
        ├── InvalidRouting        an alias state that Lambda forbids
        └── InvalidRequest        a request that contradicts itself

Errors hold values; the message is made from them. Refusals are no errors: `plan` answers with them.
"""

from __future__ import annotations


class DeployerError(Exception):
    """Root of every error this library raises on purpose."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The message line by line: a line break within one of them belongs to a value."""
        return (str(self),)


class ErrorInLines(DeployerError):
    """One whose message is made of its `lines`: what is wrong, and below it what to do."""

    def __str__(self) -> str:
        return "\n".join(self.lines)


class InvalidValue(DeployerError, ValueError):
    """`value` cannot be used, for `reason`."""

    what = "value"

    def __init__(self, value: object, reason: str) -> None:
        super().__init__(value, reason)
        self.value = value
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.what} {self.value!r}: {self.reason}"


class InvalidVersion(InvalidValue):
    """Neither `$LATEST` nor the number of a published version."""

    what = "version"


class InvalidPercent(InvalidValue):
    """Not a percentage from 0 to 100 with up to two decimals."""

    what = "percentage"


class InvalidIncrements(InvalidValue):
    """Not a strictly rising list of percentages between 0 and 100."""

    what = "canary_increments"


class InvalidRouting(InvalidValue):
    """A state of an alias that Lambda forbids."""

    what = "routing"


class InvalidRequest(InvalidValue):
    """A request that contradicts itself."""

    what = "request"
