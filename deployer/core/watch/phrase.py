"""How findings are said to people: short, with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deployer.core.percent import Percent
from deployer.core.watch.policy import DurationGate

FAILED: Final = "failed"
THROTTLED: Final = "were throttled"
# The minute in which the step was taken is not judged, so nothing is said of its calls.
NO_CALLS: Final = "no calls of the new version have been measured in any whole minute since the step began"
_TENTH: Final = 0.1
_TEN: Final = 10
_HUNDRED: Final = 100
_MANY: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a version's calls were bad."""

    calls: int
    bad: int

    @property
    def percent(self) -> float | None:
        """None where there were no calls."""
        return _HUNDRED * self.bad / self.calls if self.calls else None


def shares(what: str, new: Share, old: Share, ratio: float) -> str:
    """Both versions' shares of calls that failed or were throttled."""
    allowed = f", of which {ratio:g} times as much is allowed" if ratio > 1 else ""
    theirs = f"{_percent(old)} of the old version's {old.calls:,}" if old.calls else "the old version had none"
    return f"{_percent(new)} of the new version's {new.calls:,} calls {what}, {theirs}{allowed}"


def ceiling(new: Share, allowed: Percent) -> str:
    """The new version's share beside the ceiling."""
    return f"{_percent(new)} of the new version's {new.calls:,} calls failed, {allowed} % are allowed"


def duration_gate(percentile: float) -> str:
    """The name of the gate about a percentile, e.g. "duration p95"."""
    return f"duration p{percentile:g}"


def durations(gate: DurationGate, new: float | None, old: float | None, over: int, periods: int) -> str:
    """Both versions' percentile, and in how many minutes the new one's was over what is allowed."""
    if new is None or old is None:
        return f"p{gate.percentile:g} was never measured for both versions in one minute"
    allowed = f"{gate.ratio:g} times the old version's" if gate.ratio > 1 else "the old version's"
    both = f"{_milliseconds(new)}, of the old version {_milliseconds(old)}"
    return f"p{gate.percentile:g} of the new version is about {both}, over {allowed} in {over} of {periods} minutes"


def with_evidence(said: str, evidence: float, needed: float) -> str:
    """What was measured, and how far the evidence has come."""
    shown = f"over {_MANY:,}" if evidence > _MANY else _number(evidence)
    return f"{said}: evidence {shown} of the {_number(needed)} needed"


def too_few(versions: Sequence[str], least: int) -> str:
    """Why a finding says nothing: which versions were called less often than `least`."""
    which = " and of ".join(f"the {name} version" for name in versions)
    return f"fewer than {least:,} calls of {which}, so it does not say"


def too_few_periods(least: int) -> str:
    """The same, of minutes with durations of both."""
    return f"fewer than {least} minutes to compare, so it does not say"


def _percent(share: Share) -> str:
    percent = share.percent or 0.0
    return f"{percent:.1f} %" if percent >= _TENTH or percent == 0 else f"{percent:.2g} %"


def _milliseconds(value: float) -> str:
    return f"{value:,.0f} ms" if value >= _TEN else f"{value:.2g} ms"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= _TEN else f"{value:.1f}"
