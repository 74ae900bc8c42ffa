"""What a look says of the new version: gate by gate, and altogether."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Judged(StrEnum):
    """The verdict on one gate, or on all."""

    PASS = "pass"  # noqa: S105  # a verdict, no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one gate says. `gate` names it, e.g. "errors", "error ceiling", "duration p95", "throttles", "alarm 5xx".

    `text` says it to people with its numbers. A statistical gate fails when `evidence` (an e-value: 1 says nothing)
    reaches `needed`; both are None for alarms. `new` and `old` are what was compared: shares in percent or
    milliseconds, None where there was nothing.
    """

    gate: str
    judged: Judged
    text: str
    evidence: float | None = None
    needed: float | None = None
    new: float | None = None
    old: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings of one look, and what they come to: the gravest of them.

    FAIL comes before NO_DATA, INCONCLUSIVE and PASS. `invocations` are the new version's since its step began.
    """

    judged: Judged
    findings: tuple[Finding, ...] = ()
    invocations: int = 0

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that say that the new version is worse."""
        return tuple(finding for finding in self.findings if finding.judged is Judged.FAIL)
