"""What the new version has to pass."""

from __future__ import annotations

from deployer.config.merge import Given
from deployer.config.rollout.written import Written
from deployer.config.validate import Invalid
from deployer.core.errors import InvalidPercent
from deployer.core.percent import Percent
from deployer.core.watch.policy import AlarmGate, DurationGate, ErrorGate, Gates, Then, ThrottleGate

_WHOLE = 100


def gates(written: Written) -> Gates:
    """All gates."""
    return Gates(
        errors=_errors(written),
        durations=_durations(written),
        throttles=_throttles(written),
        alarms=_alarms(written),
        alpha=written.value("gates", "false_alarms") / _WHOLE,
        least_invocations=written.value("gates", "least_invocations"),
        on_inconclusive=Then(written.value("gates", "on_inconclusive")),
        on_no_data=Then(written.value("gates", "on_no_data")),
    )


def _errors(written: Written) -> ErrorGate | None:
    ceiling = _ceiling(written)
    compare = written.value("gates", "errors", "compare")
    if not written.value("gates", "errors", "enabled"):
        return None
    if compare or ceiling is not None:
        return ErrorGate(float(written.value("gates", "errors", "ratio")) if compare else None, ceiling)
    given = written.given("gates", "errors", "compare")
    if given is not None and ("gates", "errors", "ceiling") not in written.leaves:
        written.find(given, "leaves nothing to judge errors by; give a ceiling, or say enabled = false")
    return None


def _ceiling(written: Written) -> Percent | None:
    given = written.given("gates", "errors", "ceiling")
    return None if given is None else _percent(written, given)


def _percent(written: Written, given: Given, *within: str) -> Percent | None:
    value = given.value
    for name in within:
        value = value[name]
    try:
        return Percent.of(value)
    except InvalidPercent as error:
        written.find(given, f"{error.value}: {error.reason}", *within)
        return None


def _durations(written: Written) -> tuple[DurationGate, ...]:
    found: dict[Percent, DurationGate] = {}
    for gate in written.items("gates", "durations"):
        percentile = _percent(written, gate, "percentile")
        if percentile is not None and percentile in found:
            written.find(gate, f"{percentile} has a gate already", "percentile")
        elif percentile is not None:
            found[percentile] = DurationGate(percentile.hundredths / _WHOLE, float(gate.value["ratio"]))
    return tuple(found.values())


def _throttles(written: Written) -> ThrottleGate | None:
    """The gate, where the table is given and does not say otherwise."""
    enabled = written.given("gates", "throttles", "enabled")
    if written.given("gates", "throttles") is None or (enabled is not None and not enabled.value):
        return None
    ratio = written.given("gates", "throttles", "ratio")
    return ThrottleGate() if ratio is None else ThrottleGate(float(ratio.value))


def _alarms(written: Written) -> AlarmGate | None:
    names = tuple(name for name in written.value("gates", "alarms") or () if not isinstance(name, Invalid))
    tags = tuple(
        sorted(
            (path[-1], given.value)
            for path, given in written.leaves.items()
            if path[:2] == ("gates", "alarm_tags") and len(path) > 2 and not isinstance(given.value, Invalid)  # noqa: PLR2004  # below the table
        )
    )
    if not names and not tags:
        return None
    return AlarmGate(names, tags, written.value("gates", "mind_red_before"))
